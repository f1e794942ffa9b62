"""Counters of a unit: added, listed, changed, removed."""

from collections.abc import Sequence
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, OneUnit, Unit, Why, by_operator, today
from sync.central.commands.printing import AsCsv, show
from sync.central.commands.texts import text_of
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.counters import add_counter, change_counter, remove_counter
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.scope import read_configured
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.catalogue import Counter, Device

counters_app = typer.Typer(help="Counters: where a unit's terminals are.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The counter's id, such as quay-1.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(counters_app, name="counters")


@counters_app.command("list")
def counters_list(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """Every counter of a unit and the units below it, with its devices."""
    with reading(existing_database(data, database)) as connection:
        configured = read_configured(connection, unit, today())
    rows = [
        (each.id, each.name.get("vi", ""), each.unit, _devices(configured.devices, each))
        for each in configured.counters
    ]
    show(("Mã", "Tên", "Đơn vị", "Máy"), rows, as_csv, unbroken=("Mã",))


@counters_app.command("add")
def counters_add(
    data: Data,
    counter: Id,
    unit: OneUnit,
    name: Annotated[str, typer.Option(help="In Vietnamese.")],
    why: Why,
    name_en: Annotated[str, typer.Option(help="In English.")] = "",
    database: Database = None,
) -> None:
    """Add a counter to a unit."""
    added = checked(Counter, "counters", id=counter, unit=unit, name=text_of(name, name_en))
    with acting(existing_database(data, database), by_operator()) as act:
        add_counter(act, added, why)
    typer.echo(f"+ {counter}: {name}, {unit}")


@counters_app.command("change")
def counters_change(
    data: Data,
    counter: Id,
    unit: OneUnit,
    why: Why,
    name: Annotated[str, typer.Option(help="Another name in Vietnamese.")] = "",
    name_en: Annotated[str, typer.Option(help="Another name in English.")] = "",
    database: Database = None,
) -> None:
    """Give a counter another name."""
    with acting(existing_database(data, database), by_operator()) as act:
        after = change_counter(act, unit, counter, why, name=text_of(name, name_en))
    typer.echo(f"~ {counter}: {after.name.get('vi', '')}, {unit}")


@counters_app.command("remove")
def counters_remove(data: Data, counter: Id, unit: OneUnit, why: Why, database: Database = None) -> None:
    """Remove a counter; its responses stay."""
    with acting(existing_database(data, database), by_operator()) as act:
        remove_counter(act, unit, counter, why)
    typer.echo(f"- {counter}, {unit}")


def _devices(devices: Sequence[Device], counter: Counter) -> str:
    place = (counter.unit, counter.id)
    return ", ".join(device.id for device in devices if (device.unit, device.counter) == place)
