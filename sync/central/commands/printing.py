"""What a command lists: as a table for a person, or as CSV for a spreadsheet."""

import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.tables.csv_table import write_csv

AsCsv = Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")]


def show(
    header: Sequence[str], rows: Iterable[Sequence[str]], as_csv: bool, *, unbroken: Collection[str] = ()
) -> None:
    """Print the rows. unbroken: columns of a table whose cells stay on one line."""
    if as_csv:
        write_csv(sys.stdout, header, rows, end="\n")
        return
    table = Table()
    for name in header:
        table.add_column(name, overflow="fold", no_wrap=name in unbroken)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
