"""Officers of a unit: added, listed, changed, removed."""

from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, OneUnit, Unit, Why, by_operator, today
from sync.central.commands.printing import AsCsv, show
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.officers import add_officer, change_officer, remove_officer
from sync.central.office.configuration.scope import read_configured
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.catalogue import Officer

officers_app = typer.Typer(help="Officers: who serves at a unit's counters.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The officer's id, such as cb-01.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(officers_app, name="officers")


@officers_app.command("list")
def officers_list(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """Every officer of a unit and the units below it."""
    with reading(existing_database(data, database)) as connection:
        officers = read_configured(connection, unit, today()).officers
    show(
        ("Mã", "Tên", "Chức danh", "Đơn vị"),
        [(each.id, each.name, each.title, each.unit) for each in officers],
        as_csv,
        unbroken=("Mã",),
    )


@officers_app.command("add")
def officers_add(
    data: Data,
    officer: Id,
    unit: OneUnit,
    name: Annotated[str, typer.Option(help="As citizens see it.")],
    why: Why,
    title: Annotated[str, typer.Option(help="Such as Công chức Tư pháp - Hộ tịch.")] = "",
    database: Database = None,
) -> None:
    """Add an officer to a unit."""
    added = checked(Officer, "officers", id=officer, name=name, unit=unit, title=title)
    with acting(existing_database(data, database), by_operator()) as act:
        add_officer(act, added, why)
    typer.echo(f"+ {added.id}: {added.name}, {added.unit}")


@officers_app.command("change")
def officers_change(
    data: Data,
    officer: Id,
    why: Why,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    title: Annotated[str | None, typer.Option(help="Another title.")] = None,
    unit: Annotated[str | None, typer.Option(help="Another unit.")] = None,
    database: Database = None,
) -> None:
    """Change an officer's name, title or unit."""
    with acting(existing_database(data, database), by_operator()) as act:
        after = change_officer(act, officer, why, name=name, title=title, unit=unit)
    typer.echo(f"~ {after.id}: {after.name}, {after.title}, {after.unit}")


@officers_app.command("remove")
def officers_remove(data: Data, officer: Id, why: Why, database: Database = None) -> None:
    """Remove an officer; responses about them stay."""
    with acting(existing_database(data, database), by_operator()) as act:
        remove_officer(act, officer, why)
    typer.echo(f"- {officer}")
