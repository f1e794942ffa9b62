"""The options that the commands of a centre have in common."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sync.central.office.audit.acts import By
from sync.central.office.audit.chain import operator
from sync.central.office.central_env import DATA, DATABASE
from sync.contract.days import read_day
from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now

# Both are taken from /etc/hailong/central.env where `setup` wrote it, see sync/host/central_env.py.
Data = Annotated[Path, typer.Option("--data", envvar=DATA, help="The data folder.")]
Database = Annotated[
    str | None,
    typer.Option("--database", envvar=DATABASE, help="A PostgreSQL URL; else SQLite in the data folder."),
]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.")]
Unit = Annotated[str, typer.Option(help="A unit's code: it holds there and below; else the whole centre.")]
OneUnit = Annotated[str, typer.Option("--unit", help="A unit's code.")]
Why = Annotated[str, typer.Option("--why", help="The reason, such as a document; kept in the audit log.")]
# Use with `typer.Option(parser=typed_day)`: typer needs the parser at each option.
Day = date | None


def typed_day(text: str) -> date:
    """A day that a person typed on a command line, as 01/11/2026 or 2026-11-01."""
    day = read_day(text)
    if day is None:
        raise typer.BadParameter(f"'{text}' không phải ngày: viết 01/11/2026 hoặc 2026-11-01")
    return day


def today() -> date:
    """The day it is in Viet Nam."""
    return local_now().astimezone(VIET_NAM).date()


def by_operator() -> By:
    """The operator who runs this command, and the time now."""
    return By(operator(), local_now())
