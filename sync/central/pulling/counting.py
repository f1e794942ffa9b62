"""Which rows count, and what a row says of an earlier one, so that everyone computes the summary's figures.

    counts     false where a later response voided this one, and for the voiding response itself
    voids      the position of the row that this one takes back
    corrects   the position of the row whose answers this one holds, under the right tag

A position is a row's key in every format and for every role; an id holds the millisecond of a visit. Both
positions are empty where the earlier row has not arrived yet, or is removed.

A filter by days asks about the day of a visit: a voiding response has the day of the row that it voids, or
who pulls the same days again would never hear of it.
"""

from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Text, and_, case, exists, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from sync.central.corrections import DEVICE
from sync.central.schema import responses, voided

_UUID = 36


class _Ascii(FunctionElement[str]):
    """Bytes as text; only ASCII stays as it is."""

    type = Text()
    inherit_cache = True


class Find(FunctionElement[int]):
    """Where bytes begin in others, counted from 1; 0 where they are not there."""

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


# Canonical bytes have their keys in order, so `void` is a response's last member and `response` its last.
# The quotes of a text are escaped there: this mark is never a part of one.
_VOID_MARK = '"response":"'
_END = func.length(responses.c.body) - _UUID - 2
_VOID_ID = case((_part(_END - len(_VOID_MARK), len(_VOID_MARK)) == _VOID_MARK, _part(_END, _UUID)))
_FORM_MARK = f'"by":"{DEVICE}","form_no":"'.encode()
_FORM_AT = Find(responses.c.body, literal(_FORM_MARK, LargeBinary))

_earlier = responses.alias("earlier")
_is_void = responses.c.outcome == "voided"


def _of_voided(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return select(column).where(_earlier.c.id == _VOID_ID).scalar_subquery()


COUNTS: ColumnElement[bool] = and_(~_is_void, ~exists().where(voided.c.id == responses.c.id)).label("counts")
VOIDS: ColumnElement[int | None] = case((_is_void, _of_voided(_earlier.c.position))).label("voids")
CORRECTS: ColumnElement[int | None] = case(
    (
        and_(responses.c.device == DEVICE, ~_is_void, _FORM_AT > 0),
        select(_earlier.c.position)
        .where(_earlier.c.id == _part(_FORM_AT + len(_FORM_MARK), _UUID))
        .scalar_subquery(),
    )
).label("corrects")
DAY: ColumnElement[str] = case(
    (_is_void, func.coalesce(_of_voided(_earlier.c.day), responses.c.day)), else_=responses.c.day
)
