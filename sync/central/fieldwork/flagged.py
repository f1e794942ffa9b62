"""Visits that look wrong, listed for a person to look at; see `sync.contract.flags` for what is flagged.

    hailong-central flags --data centre/ --first 01/03/2026 --last 31/03/2026 > luot.csv
    hailong-central flags --data centre/ --first 01/03/2026 --last 31/03/2026 --officers > can-bo.csv

print one table as CSV each: visits with their flags, and officers with theirs. Nothing is changed or left out
of any figure for a flag.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from sync.central.database import open_database, reading
from sync.central.options import Data, Database, typed_day
from sync.central.pulling.pull import load_surveys
from sync.central.schema import responses, voided
from sync.central.setup import database_url
from sync.contract.canonical import decode_response
from sync.contract.flags import Flag, Hours, flag_officers, flag_visits, same_form
from sync.contract.problem import ProblemError, problem
from sync.contract.response import Response
from sync.tables.office_csv import write_csv

# same_form: ids of the other responses that have this form's number.
VISIT_COLUMNS = ("id", "day", "device", "seq", "officer", "flags", "same_form")
OFFICER_COLUMNS = ("officer", "flags")


def stored_between(connection: Connection, first: str, last: str) -> list[Response]:
    """The responses of these days (YYYY-MM-DD, both included), in the order of their arrival."""
    query = (
        select(responses.c.body)
        .where(responses.c.day >= first, responses.c.day <= last)
        .order_by(responses.c.position)
    )
    return [decode_response(bytes(body)) for (body,) in connection.execute(query)]


def visit_rows(
    connection: Connection, found: Sequence[Response], hours: Sequence[Hours] = ()
) -> list[tuple[object, ...]]:
    """The flagged ones of these responses, under VISIT_COLUMNS."""
    visits = flag_visits(found, list(load_surveys(connection).values()), hours)
    twice = same_form(found, set(connection.execute(select(voided.c.id)).scalars()))
    return [
        (
            response.id,
            response.started_at.date().isoformat(),
            response.device,
            response.seq,
            (response.tag.officer if response.tag else None) or "",
            " ".join(sorted(visits.get(response.id, frozenset()) | _twice(response, twice))),
            " ".join(twice.get(response.id, ())),
        )
        for response in found
        if response.id in visits or response.id in twice
    ]


def _twice(response: Response, twice: Mapping[str, object]) -> frozenset[Flag]:
    return frozenset({Flag.FORM_TWICE}) if response.id in twice else frozenset()


def officer_rows(found: Sequence[Response]) -> list[tuple[object, ...]]:
    """The flagged officers of these responses, under OFFICER_COLUMNS."""
    return [(officer, " ".join(sorted(flags))) for officer, flags in sorted(flag_officers(found).items())]


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
    hours = _hours(opening)
    if last < first:
        detail = f"{first:%d/%m/%Y} > {last:%d/%m/%Y}"
        raise ProblemError(problem("HL5023", where="--first, --last", detail=detail))
    if database is None and not (data / "central.db").exists():
        raise ProblemError(problem("HL5005", where=str(data)))
    with reading(open_database(database_url(data, database))) as connection:
        found = stored_between(connection, first.isoformat(), last.isoformat())
        if officers:
            write_csv(sys.stdout, OFFICER_COLUMNS, officer_rows(found))
        else:
            write_csv(sys.stdout, VISIT_COLUMNS, visit_rows(connection, found, hours))


def _hours(opening: str) -> list[Hours]:
    """Monday to Friday; raises ProblemError HL1003."""
    try:
        spans = [span.split("-") for span in opening.split(",") if span]
        return [Hours((0, 1, 2, 3, 4), _time(start), _time(end)) for start, end in spans]
    except ValueError as error:
        raise ProblemError(problem("HL1003", where="--opening", detail="07:30-11:30,13:30-17:00")) from error


def _time(text: str) -> time:
    return time.fromisoformat(text.strip())
