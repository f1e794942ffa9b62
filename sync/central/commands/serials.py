"""Serials of badges and cards that are no longer valid: revoked, restored, listed."""

from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Unit, Why, by_operator
from sync.central.commands.printing import AsCsv, show
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.serials import restore_serial, revoke_serial, serials_of
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

serials_app = typer.Typer(help="Badges and cards that are no longer valid.", no_args_is_help=True)

Serial = Annotated[str, typer.Argument(help="The serial on the card, such as K7QX2M4P.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(serials_app, name="serials")


@serials_app.command("list")
def serials_list(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """The serials that a unit has revoked itself."""
    with reading(existing_database(data, database)) as connection:
        serials = serials_of(connection, unit)
    show(("Số thẻ",), [(serial,) for serial in serials], as_csv)


@serials_app.command("revoke")
def serials_revoke(data: Data, serial: Serial, why: Why, unit: Unit = "", database: Database = None) -> None:
    """Let terminals of a unit and those below it refuse a badge or card."""
    with acting(existing_database(data, database), by_operator()) as act:
        revoke_serial(act, unit, serial, why)
    typer.echo(f"+ {serial}")


@serials_app.command("restore")
def serials_restore(data: Data, serial: Serial, why: Why, unit: Unit = "", database: Database = None) -> None:
    """Let a badge or card be accepted again."""
    with acting(existing_database(data, database), by_operator()) as act:
        restore_serial(act, unit, serial, why)
    typer.echo(f"- {serial}")
