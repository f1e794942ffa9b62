"""Procedures that are offered at a unit and below it: added, listed, changed, removed."""

from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Unit, Why, by_operator
from sync.central.commands.printing import AsCsv, show
from sync.central.commands.texts import text_of
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.procedures import (
    add_procedure,
    change_procedure,
    procedures_at,
    remove_procedure,
)
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.catalogue import Procedure

procedures_app = typer.Typer(help="Procedures: what a unit and those below it offer.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The national code, such as 1.001193.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(procedures_app, name="procedures")


@procedures_app.command("list")
def procedures_list(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """The procedures that a unit has of its own; without --unit those of the whole centre."""
    with reading(existing_database(data, database)) as connection:
        procedures = procedures_at(connection, unit)
    rows = [(each.code, each.name.get("vi", ""), each.field) for each in procedures]
    show(("Mã", "Tên", "Lĩnh vực"), rows, as_csv, unbroken=("Mã",))


@procedures_app.command("add")
def procedures_add(
    data: Data,
    procedure: Code,
    name: Annotated[str, typer.Option(help="In Vietnamese.")],
    why: Why,
    unit: Unit = "",
    name_en: Annotated[str, typer.Option(help="In English.")] = "",
    field: Annotated[str, typer.Option(help="Lĩnh vực, such as Hộ tịch.")] = "",
    database: Database = None,
) -> None:
    """Offer a procedure at a unit and those below it."""
    added = checked(Procedure, "procedures", code=procedure, name=text_of(name, name_en), field=field)
    with acting(existing_database(data, database), by_operator()) as act:
        add_procedure(act, unit, added, why)
    typer.echo(f"+ {procedure}: {name}")


@procedures_app.command("change")
def procedures_change(
    data: Data,
    procedure: Code,
    why: Why,
    unit: Unit = "",
    name: Annotated[str, typer.Option(help="Another name in Vietnamese.")] = "",
    name_en: Annotated[str, typer.Option(help="Another name in English.")] = "",
    field: Annotated[str | None, typer.Option(help="Another field.")] = None,
    database: Database = None,
) -> None:
    """Change a procedure's name or field."""
    with acting(existing_database(data, database), by_operator()) as act:
        after = change_procedure(act, unit, procedure, why, name=text_of(name, name_en), field=field)
    typer.echo(f"~ {after.code}: {after.name.get('vi', '')}, {after.field}")


@procedures_app.command("remove")
def procedures_remove(
    data: Data, procedure: Code, why: Why, unit: Unit = "", database: Database = None
) -> None:
    """Offer a procedure no longer; responses about it stay."""
    with acting(existing_database(data, database), by_operator()) as act:
        remove_procedure(act, unit, procedure, why)
    typer.echo(f"- {procedure}")
