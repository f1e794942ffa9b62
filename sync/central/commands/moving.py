"""Where devices are: added with an id of the office's choice, and moved. Adds to the commands of devices."""

from typing import Annotated

import typer

from sync.central.commands.devices import devices_app
from sync.central.commands.options import Data, Database, OneUnit, Why, by_operator
from sync.central.office.audit.acts import acting
from sync.central.office.cases import give_keys
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.sources import add_device, move_device
from sync.central.store.facts import existing_database
from sync.contract.catalogue import Device

Id = Annotated[str, typer.Argument(help="The device's id, such as may-01.")]
Counter = Annotated[str, typer.Option(help="The counter it is at, such as quay-1.")]


def register(app: typer.Typer) -> None:
    """Add these commands to those of devices."""
    del app  # they are of a group that is there already
    devices_app.command("add")(devices_add)
    devices_app.command("move")(devices_move)


def devices_add(
    data: Data,
    device: Id,
    unit: OneUnit,
    why: Why,
    counter: Counter = "",
    kind: Annotated[str, typer.Option(help="terminal, desk or web.")] = "terminal",
    database: Database = None,
) -> None:
    """Add a device under an id of your own; `enrol-token --unit` makes one by itself."""
    added = checked(Device, "devices", id=device, kind=kind, unit=unit, counter=counter)
    with acting(existing_database(data, database), by_operator()) as act:
        add_device(act, added, why)
        give_keys(act, data / "keys")
    typer.echo(f"+ {device}: {unit} {counter}")


def devices_move(
    data: Data, device: Id, unit: OneUnit, why: Why, counter: Counter = "", database: Database = None
) -> None:
    """Put a device at another unit or counter; it gets that unit's configuration by itself."""
    with acting(existing_database(data, database), by_operator()) as act:
        after = move_device(act, device, why, unit=unit, counter=counter)
        give_keys(act, data / "keys")
    typer.echo(f"~ {device}: {after.unit} {after.counter}")
