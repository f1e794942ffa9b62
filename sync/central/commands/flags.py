"""Visits that look wrong, listed for a person to look at; see figures/flags.py for what is flagged.

    hailong-central flags --data centre/ --first 01/03/2026 --last 31/03/2026 > luot.csv
    hailong-central flags --data centre/ --first 01/03/2026 --last 31/03/2026 --officers > can-bo.csv

print one table as CSV each: visits with their flags, and officers with theirs. A flag changes no figure, and
leaves nothing out of one.
"""

import sys
from datetime import date, time
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, typed_day
from sync.central.figures.flag_table import (
    OFFICER_COLUMNS,
    VISIT_COLUMNS,
    officer_rows,
    stored_between,
    visit_rows,
)
from sync.central.office.plans import every_plan
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url
from sync.contract.assignment import OfficeHours
from sync.contract.opening import WEEKDAYS, Opening
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATA_FOLDER_MISSING, DAYS_REVERSED
from sync.contract.problem.files import ENTRY_INVALID
from sync.tables.csv_table import write_csv


def register(app: typer.Typer) -> None:
    """Add the command `flags` to the centre's command line."""
    app.command("flags")(flags)


def flags(
    data: Data,
    first: Annotated[date, typer.Option(parser=typed_day, help="The first day, as 01/11/2026.")],
    last: Annotated[date, typer.Option(parser=typed_day, help="The last day.")],
    opening: Annotated[
        str, typer.Option(help="Opening hours on working days, such as 07:30-11:30,13:30-17:00.")
    ] = "",
    officers: Annotated[bool, typer.Option("--officers", help="Officers instead of visits.")] = False,
    database: Database = None,
) -> None:
    """List visits, or officers, that look wrong, as CSV, for a person to look at."""
    hours = OfficeHours(tuple(_hours(opening)))
    if last < first:
        detail = f"{first:%d/%m/%Y} > {last:%d/%m/%Y}"
        raise ProblemError(DAYS_REVERSED(where="--first, --last", detail=detail))
    if database is None and not (data / "central.db").exists():
        raise ProblemError(DATA_FOLDER_MISSING(where=str(data)))
    with reading(open_database(database_url(data, database))) as connection:
        days = (first.isoformat(), last.isoformat())
        if officers:
            write_csv(sys.stdout, OFFICER_COLUMNS, officer_rows(connection, *days), end="\n")
        else:
            found = stored_between(connection, *days)
            plans = [issued.plan for issued in every_plan(connection).values()]
            write_csv(sys.stdout, VISIT_COLUMNS, visit_rows(connection, found, hours, plans), end="\n")


def _hours(opening: str) -> list[Opening]:
    """Monday to Friday; raises ProblemError HL1003."""
    try:
        spans = [span.split("-") for span in opening.split(",") if span]
        return [Opening(WEEKDAYS[:5], _time(start), _time(end)) for start, end in spans]
    except ValueError as error:
        raise ProblemError(ENTRY_INVALID(where="--opening", detail="07:30-11:30,13:30-17:00")) from error


def _time(text: str) -> time:
    return time.fromisoformat(text.strip())
