"""Units: a tree with dates."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, by_operator
from sync.central.office.audit.acts import acting
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import import_units, load_units
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

units_app = typer.Typer(help="Units: a tree with dates.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(units_app, name="units")


@units_app.command("import")
def units_import(
    data: Data,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: code, name, parent, valid_from, valid_to …")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    database: Database = None,
) -> None:
    """Import a list of units, all of it or nothing; every error is named with its line and column."""
    sheet = read_sheet(file, MEANING)
    with acting(existing_database(data, database), by_operator()) as act:
        found = import_units(act, sheet)
        if dry_run:
            act.undo()
    for line in found.lines():
        typer.echo(line, err=bool(found.problems))
    if found.problems:
        raise typer.Exit(1)


@units_app.command("list")
def units_list(data: Data, database: Database = None) -> None:
    """Every unit in every period."""
    with reading(existing_database(data, database)) as connection:
        found = load_units(connection)
    table = Table("Mã", "Tên", "Loại", "Cấp trên", "Từ ngày", "Đến ngày")
    for unit in found:
        first, last = unit.valid_from or "", unit.valid_to or ""
        table.add_row(unit.code, unit.name["vi"], unit.kind, unit.parent or "", str(first), str(last))
    Console().print(table)
