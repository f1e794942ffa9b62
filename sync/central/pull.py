"""The way out: responses in the order of arrival, as JSON items or as a table.

arrival.py says what that order is, and what a cursor promises. A token at a unit sees its subtree alone.

Below the role `admin` a row carries its day, not its minute; no officer, no case, no timing, and no text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from sync.central.arrival import Place, behind, cursor_text, order, place_of
from sync.central.judge import columns
from sync.central.schema import bundles, responses, surveys
from sync.central.unit_store import visible
from sync.contract.catalogue import Catalogue
from sync.contract.problem import ProblemError
from sync.contract.response import Sealed
from sync.contract.sealing import Words, open_words
from sync.contract.survey import SEALED_KINDS, Survey
from sync.contract.text import pick

PAGE_LIMIT = 10_000


class Item(Struct, frozen=True, omit_defaults=True):
    """One response as a pull gives it. response: its canonical bytes, or less below the role `admin`."""

    cursor: str
    received_at: int
    response: msgspec.Raw
    words: Words = {}


class Page(Struct, frozen=True):
    """Responses in the order of arrival. next: the cursor for the page behind; more: it is not empty."""

    items: tuple[Item, ...]
    next: str
    more: bool


def rows_after(
    connection: Connection, place: Place, limit: int, unit: str | None = None
) -> Sequence[Row[Any]]:
    """Up to `limit` rows of `responses` behind `place`, in the order of arrival; `unit`: of its subtree."""
    query = (
        select(responses)
        .where(behind(connection, place), visible(unit))
        .order_by(*order(connection))
        .limit(limit)
    )
    return connection.execute(query).all()


def json_page(
    rows: Sequence[Row[Any]], *, epoch: int, after: Place, limit: int, admin: bool, keys: Mapping[str, bytes]
) -> Page:
    """The rows as a page of JSON items; `keys` open what citizens wrote, for administrators only."""
    items = tuple(
        Item(
            cursor=cursor_text(epoch, place_of(row)),
            received_at=row.received_at if admin else 0,
            response=msgspec.Raw(row.body if admin else _reduced(row)),
            words=_words(row, keys) if admin else {},
        )
        for row in rows
    )
    last = place_of(rows[-1]) if rows else after
    return Page(items, cursor_text(epoch, last), len(rows) == limit)


def _reduced(row: Row[Any]) -> bytes:
    answers = msgspec.json.decode(row.body, type=dict[str, Any]).get("answers", {})
    return msgspec.json.encode(
        {
            "id": row.id,
            "device": row.device,
            "seq": row.seq,
            "survey": {"id": row.survey, "version": row.survey_version},
            "plan": row.plan,
            "unit": row.unit,
            "counter": row.counter,
            "procedure": row.procedure,
            "channel": row.channel,
            "outcome": row.outcome,
            "answers": answers,
            "day": row.day,
        }
    )


def _words(row: Row[Any], keys: Mapping[str, bytes]) -> Words:
    """What the citizen wrote, where there is something and its key is at hand."""
    if row.sealed_box is None or row.sealed_key not in keys:
        return {}
    try:
        return open_words(Sealed(row.sealed_key, row.sealed_box), keys)
    except ProblemError:
        return {}


class Names(Struct, frozen=True):
    """What codes mean, for the table: from the newest bundle and every survey ever issued."""

    surveys: dict[tuple[str, int], Survey]
    procedures: dict[str, str]
    officers: dict[str, str]


def load_surveys(connection: Connection) -> dict[tuple[str, int], Survey]:
    """Every survey in every version."""
    return {
        (row.id, row.version): msgspec.json.decode(row.body, type=Survey)
        for row in connection.execute(select(surveys))
    }


def load_names(connection: Connection, surveys: dict[tuple[str, int], Survey]) -> Names:
    """The names of procedures and officers as the newest bundle has them, in Vietnamese."""
    row = connection.execute(select(bundles.c.files).order_by(bundles.c.version.desc()).limit(1)).first()
    if row is None:
        return Names(surveys, {}, {})
    files = msgspec.json.decode(row.files, type=dict[str, str])
    catalogue = msgspec.toml.decode(files["catalogue.toml"], type=Catalogue)
    return Names(
        surveys,
        {procedure.code: pick(procedure.name, "vi") for procedure in catalogue.procedures},
        {officer.id: officer.name for officer in catalogue.officers},
    )


def csv_table(
    rows: Iterable[Row[Any]], names: Names, *, admin: bool, keys: Mapping[str, bytes]
) -> Iterator[str]:
    """A header, then the rows as RFC 4180 CSV: one response a row, one column a question of any survey here.

    Cells that hold a person's own words are guarded so that no spreadsheet takes them for a formula.
    """
    asked, written = _question_columns(names.surveys.values())
    out = io.StringIO()
    writer = csv.writer(out)
    # A survey may well ask about "officer" or "outcome": a question's column says that it is one.
    questions = [f"answers.{question}" for question in asked]
    texts = [f"words.{question}" for question in written] if admin else []
    writer.writerow([*_HEAD, *(_ADMIN_HEAD if admin else ()), *questions, *texts])
    places = {
        key: [asked.index(question) for question in columns(survey)] for key, survey in names.surveys.items()
    }
    for row in rows:
        answers = [""] * len(asked)
        key = (row.survey, row.survey_version)
        for place, value in zip(places[key], row.cells.split(","), strict=False):
            answers[place] = value
        writer.writerow(
            [
                row.position,
                row.id,
                row.device,
                row.seq,
                row.survey,
                row.survey_version,
                row.plan or "",
                row.unit,
                row.counter,
                row.procedure or "",
                guard(names.procedures.get(row.procedure, "")),
                row.channel,
                row.outcome,
                row.day,
                *(
                    (
                        row.officer or "",
                        guard(names.officers.get(row.officer, "")),
                        row.started_at,
                        row.finished_at,
                    )
                    if admin
                    else ()
                ),
                *answers,
                *(_written_cells(_words(row, keys), written) if admin else ()),
            ]
        )
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    if out.tell():
        yield out.getvalue()


_HEAD = (
    "position",
    "id",
    "device",
    "seq",
    "survey",
    "survey_version",
    "plan",
    "unit",
    "counter",
    "procedure",
    "procedure_name",
    "channel",
    "outcome",
    "day",
)
_ADMIN_HEAD = ("officer", "officer_name", "started_at", "finished_at")


def _question_columns(surveys: Iterable[Survey]) -> tuple[list[str], list[str]]:
    """Columns of answers and columns of words over all surveys, each question once, in order."""
    asked: dict[str, None] = {}
    written: dict[str, None] = {}
    for survey in surveys:
        for question in survey.questions:
            (written if isinstance(question, SEALED_KINDS) else asked)[question.id] = None
    return list(asked), list(written)


def _written_cells(words: Words, written: Sequence[str]) -> Iterator[str]:
    for question in written:
        value = words.get(question, "")
        yield guard(value if isinstance(value, str) else "; ".join(value.values()))


def guard(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text
