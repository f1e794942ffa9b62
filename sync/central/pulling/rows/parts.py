"""Which rows are read for a question about days or units: disjoint parts that together have all that match.

    few days       the rows of each day
    more days      the span from the first to the last place that a row of these days has: nearly all rows in
                   it are of these days, because a row arrives soon after it is made
    few units      the rows of each unit, in that span

A row that voids another is pulled with the day of that one (see totals.py), whatever its own: such rows of
other days are a part of their own.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import JSON, ColumnElement, Connection, Text, cast, func, literal, select

from sync.central.pulling.rows.views import View
from sync.central.store.arrival import Place
from sync.central.store.schema import responses, voided

FEW_DAYS = 8  # days whose orders of arrival are merged
_LAST = Place(2**62, 2**62)


class Window(Struct, frozen=True):
    """The rows after `after` up to `last`. more: there were rows after `last` when it was opened."""

    after: Place
    last: Place
    more: bool = False


EVERYTHING = Window(Place(), _LAST)


class Part(Struct, frozen=True):
    """Rows in a span of places that fit conditions."""

    conditions: Sequence[ColumnElement[bool]] = ()
    span: Window = EVERYTHING


def parts_of(
    connection: Connection, view: View, units: Sequence[str] | None, days: Sequence[str]
) -> list[Part]:
    """The parts to read for these units (None: of any unit) and days (empty: of any day)."""
    if 0 < len(days) <= FEW_DAYS:
        parts = [Part([view.day == day]) for day in days]
    else:
        span = _span(connection, view, days) if days else EVERYTHING
        within = [view.day.between(days[0], days[-1])] if days else []
        named = [[view.unit == unit] for unit in units] if units is not None else [[]]
        parts = [Part([*within, *unit], span) for unit in named]
    keys = _voiding(connection, view, days) if days else ()
    return [*parts, *([Part([view.key.in_(keys)])] if keys else [])]


def _span(connection: Connection, view: View, days: Sequence[str]) -> Window:
    """The places of all rows of these days: two look-ups in an index for each day."""
    on_postgres = connection.dialect.name == "postgresql"
    listed = literal(msgspec.json.encode(days).decode(), Text)
    asked = (
        func.json_array_elements_text(cast(listed, JSON)) if on_postgres else func.json_each(listed)
    ).table_valued("value", name="asked")
    at: Any = view.order(connection)[0]
    of_day = view.day == asked.c.value
    query = select(
        func.min(select(func.min(at)).where(of_day).correlate(asked).scalar_subquery()),
        func.max(select(func.max(at)).where(of_day).correlate(asked).scalar_subquery()),
    ).select_from(asked)
    first, last = connection.execute(query).one()
    if first is None:
        return Window(Place(), Place())
    if at is view.key:
        return Window(Place(0, first - 1), Place(0, last))
    return Window(Place(first, -1), Place(last, _LAST.position))


def _voiding(connection: Connection, view: View, days: Sequence[str]) -> Sequence[int]:
    """The keys of rows of other days that void a row of these."""
    between = (days[0], days[-1])
    targets = select(voided.c.id).where(voided.c.day.between(*between))
    others = select(view.key).select_from(view.rows)
    others = others.where(responses.c.voids.in_(targets), ~view.day.between(*between))
    return connection.execute(others).scalars().all()
