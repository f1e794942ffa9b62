"""Which rows count, and how a row refers to an earlier one, so that everyone computes the summary's figures.

    counts     false where a later response voided this one, and for the voiding response itself
    voids      the position of the row that this one takes back
    corrects   the position of the row whose answers this one holds, under the right tag

A position is a row's key in every format; an id holds the millisecond of a visit. Below the role `admin` it
is the row's place among what is published, see days_over.py. Both positions are empty where the earlier row
has not arrived (or not been published) yet, or is removed.

A filter by days uses the day of a visit: a voiding response has the day of the row that it voids, so that a
program that pulls the same days again gets it.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, Text, and_, case, exists, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from sync.central.office.corrections import DEVICE
from sync.central.store.schema import published, responses, voided

_UUID = 36


class _Ascii(FunctionElement[str]):
    """Bytes as text; only ASCII is kept unchanged."""

    type = Text()
    inherit_cache = True


class Find(FunctionElement[int]):
    """The place at which bytes begin within others, counted from 1; 0 if they do not occur."""

    inherit_cache = True


@compiles(_Ascii, "sqlite")
def _ascii_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


@compiles(_Ascii, "postgresql")
def _ascii_postgres(element: Any, compiler: Any, **options: Any) -> str:
    return f"encode({compiler.process(element.clauses, **options)}, 'escape')"


@compiles(Find, "sqlite")
def _find_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    within, wanted = (compiler.process(each, **options) for each in element.clauses)
    return f"instr({within}, {wanted})"


@compiles(Find, "postgresql")
def _find_postgres(element: Any, compiler: Any, **options: Any) -> str:
    within, wanted = (compiler.process(each, **options) for each in element.clauses)
    return f"position({wanted} in {within})"


def _part(start: ColumnElement[int], size: int) -> ColumnElement[str]:
    return _Ascii(func.substr(responses.c.body, start, size))


# Canonical bytes: the quotes of a text are escaped, so this mark is never a part of one.
_FORM_MARK = f'"by":"{DEVICE}","form_no":"'.encode()
_FORM_AT = Find(responses.c.body, literal(_FORM_MARK, LargeBinary))

_earlier = responses.alias("earlier")
_earlier_published = published.alias("earlier_published")
_is_void = responses.c.outcome == "voided"
_CORRECTED_ID = _part(_FORM_AT + len(_FORM_MARK), _UUID)
_is_correction = and_(responses.c.device == DEVICE, ~_is_void, _FORM_AT > 0)


class Counting(Struct, frozen=True):
    """counts, voids, corrects as above; day: the one that a filter compares."""

    counts: ColumnElement[bool]
    voids: ColumnElement[int | None]
    corrects: ColumnElement[int | None]
    day: ColumnElement[str]


def _counting(
    is_voided: ColumnElement[bool], earlier: Callable[[Any, Any], Any], position: ColumnElement[int]
) -> Counting:
    """earlier: a column of the earlier response with that id, if the role may know it."""
    day = earlier(_earlier.c.day, responses.c.voids)
    return Counting(
        counts=and_(~_is_void, ~is_voided).label("counts"),
        voids=case((_is_void, earlier(position, responses.c.voids))).label("voids"),
        corrects=case((_is_correction, earlier(position, _CORRECTED_ID))).label("corrects"),
        day=case((_is_void, func.coalesce(day, responses.c.day)), else_=responses.c.day),
    )


def _stored(column: ColumnElement[Any], id: ColumnElement[str]) -> ColumnElement[Any]:
    return select(column).where(_earlier.c.id == id).scalar_subquery()


def _published(column: ColumnElement[Any], id: ColumnElement[str]) -> ColumnElement[Any]:
    query = select(column).where(_earlier_published.c.id == id)
    if column.table is _earlier:
        query = query.where(_earlier.c.id == _earlier_published.c.id)
    return query.scalar_subquery()


_voided = exists().where(voided.c.id == responses.c.id)
AT_ONCE = _counting(_voided, _stored, _earlier.c.position)
"""For roles that see all rows that have arrived."""
PUBLISHED = _counting(_voided.where(voided.c.closes == ""), _published, _earlier_published.c.place)
"""For roles that see published rows, see days_over.py: they reveal nothing about rows not published yet."""
