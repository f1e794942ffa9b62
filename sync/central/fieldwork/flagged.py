"""Visits that look wrong, listed for a person to look at; see `sync.contract.flags` for what is flagged.

    python -m sync.central flags --data centre/ --first 2026-03-01 --last 2026-03-31

prints two tables as CSV: visits with their flags, then officers with theirs. Nothing is changed or left out
of any figure for a flag.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, time
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from sync.central.database import open_database, reading
from sync.central.options import Data, Database, typed_day
from sync.central.pulling.pull import load_surveys
from sync.central.schema import responses
from sync.central.setup import database_url
from sync.contract.canonical import decode_response
from sync.contract.flags import Hours, flag_officers, flag_visits
from sync.contract.problem import ProblemError, problem
from sync.contract.response import Response

VISIT_COLUMNS = ("id", "day", "device", "seq", "officer", "flags")
OFFICER_COLUMNS = ("officer", "flags")


def stored_between(connection: Connection, first: str, last: str) -> list[Response]:
    """The responses of these days (YYYY-MM-DD, both included), in the order of their arrival."""
    query = (
        select(responses.c.body)
        .where(responses.c.day >= first, responses.c.day <= last)
        .order_by(responses.c.position)
    )
    return [decode_response(bytes(body)) for (body,) in connection.execute(query)]


def tables(connection: Connection, first: str, last: str, hours: Sequence[Hours] = ()) -> tuple[str, str]:
    """Flagged visits and flagged officers of these days, as CSV."""
    found = stored_between(connection, first, last)
    visits = flag_visits(found, list(load_surveys(connection).values()), hours)
    rows = [
        (
            response.id,
            response.started_at.date().isoformat(),
            response.device,
            response.seq,
            (response.tag.officer if response.tag else None) or "",
            " ".join(sorted(visits[response.id])),
        )
        for response in found
        if response.id in visits
    ]
    officers = sorted(flag_officers(found).items())
    return _csv(VISIT_COLUMNS, rows), _csv(
        OFFICER_COLUMNS, [(id, " ".join(sorted(each))) for id, each in officers]
    )


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


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
    database: Database = None,
) -> None:
    """List visits and officers that look wrong, as CSV, for a person to look at."""
    hours = _hours(opening)
    if last < first:
        detail = f"{first:%d/%m/%Y} > {last:%d/%m/%Y}"
        raise ProblemError(problem("HL5023", where="--first, --last", detail=detail))
    if database is None and not (data / "central.db").exists():
        raise ProblemError(problem("HL5005", where=str(data)))
    with reading(open_database(database_url(data, database))) as connection:
        visits, officers = tables(connection, first.isoformat(), last.isoformat(), hours)
    typer.echo(visits)
    typer.echo(officers, nl=False)


def _hours(opening: str) -> list[Hours]:
    """Monday to Friday; raises ProblemError HL1003."""
    try:
        spans = [span.split("-") for span in opening.split(",") if span]
        return [Hours((0, 1, 2, 3, 4), _time(start), _time(end)) for start, end in spans]
    except ValueError as error:
        raise ProblemError(problem("HL1003", where="--opening", detail="07:30-11:30,13:30-17:00")) from error


def _time(text: str) -> time:
    return time.fromisoformat(text.strip())
