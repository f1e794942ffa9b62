"""The options that the commands of a centre have in common."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option("--data", help="The data folder.")]
Database = Annotated[
    str | None, typer.Option("--database", help="A PostgreSQL URL; else SQLite in the data folder.")
]
