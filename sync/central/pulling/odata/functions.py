"""The functions of a filter in SQL. Texts and numbers are bound, never written into SQL.

A function of a column gives a value to compare (`year(day) eq 2026`, `tolower(unit) eq 'x'`); a test of a
text is true or false (`contains(unit,'mot')`). For a column that is null both are null, as in OData and SQL.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, cast, func, literal

from sync.central.pulling.rows.totals import Find


class Function(Struct, frozen=True):
    """takes, gives: OData types. make: applies the function to a column."""

    takes: str
    gives: str
    make: Callable[[ColumnElement[Any]], ColumnElement[Any]]


def _part(start: int, size: int) -> Callable[[ColumnElement[Any]], ColumnElement[Any]]:
    """A part of a day, which is stored as YYYY-MM-DD, as a number."""
    return lambda column: cast(func.substr(column, start, size), Integer)


FUNCTIONS: dict[str, Function] = {
    "tolower": Function("Edm.String", "Edm.String", func.lower),
    "toupper": Function("Edm.String", "Edm.String", func.upper),
    "trim": Function("Edm.String", "Edm.String", func.trim),
    "length": Function("Edm.String", "Edm.Int64", func.length),
    "year": Function("Edm.Date", "Edm.Int64", _part(1, 4)),
    "month": Function("Edm.Date", "Edm.Int64", _part(6, 2)),
    "day": Function("Edm.Date", "Edm.Int64", _part(9, 2)),
}


def _contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    # Not LIKE: on SQLite it ignores the case of letters, and OData does not.
    found: ColumnElement[bool] = Find(column, literal(text)) > 0
    return found


def _starts(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return func.substr(column, 1, len(text)) == text


def _ends(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    size = len(text)
    long_enough = func.length(column) >= size
    return long_enough & (func.substr(column, func.length(column) - size + 1, size) == text)


TESTS: dict[str, Callable[[ColumnElement[Any], str], ColumnElement[bool]]] = {
    "contains": _contains,
    "startswith": _starts,
    "endswith": _ends,
}
