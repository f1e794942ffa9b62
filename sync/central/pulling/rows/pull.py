"""Pulls: which responses an administrator gets, in the order of a role, in pieces of bounded memory.

views.py defines that order, and what a cursor promises. A token at a unit sees only its subtree.

Rows are read in order, and those that don't match are filtered out. parts.py chooses which rows are read: so
a day, a month, or the first pull of a small ward, is quick among a million other rows.

A pull is a window of places that is fixed before its first byte is sent, and read in short transactions:
however slow a reader is, no transaction stays open, and rows that arrive meanwhile are for the next pull.

Below the role `admin` a row is given out when the day on which it arrived is over, in an order that does not
depend on arrival (days_over.py). It has its day, but not its minute; no officer, no case, no timing, no text;
no device and no number there; no id, because an id begins with the millisecond in which it was made; and its
counter only if the unit has several.

What staff said about their own office is in no pull, see store/singly.py.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, or_, select

from sync.central.office.units.stored import visible
from sync.central.pulling.rows.parts import Part, Window, parts_of
from sync.central.pulling.rows.views import ADMIN, View, place_of
from sync.central.store.arrival import Place
from sync.central.store.database import BINARY, along_the_index, reading
from sync.central.store.membership import to_pull
from sync.central.store.schema import published, responses, unit_spans
from sync.central.store.singly import shown_singly
from sync.contract.plan import Plan

PAGE_LIMIT = 10_000
CHUNK = 2_000
FEW = 16  # units whose orders of arrival are merged
MOST_DAYS = 366  # days that are looked for one by one
AHEAD = 250  # rows read ahead from each

# Rows with the columns of a Question.
Rows = Sequence[Any]
Columns = Sequence[ColumnElement[Any]]
Conditions = Sequence[ColumnElement[bool]]
Units = Sequence[str] | None


# --- filters ------------------------------------------------------------------------------------------------


class Filters(Struct, frozen=True):
    """Which responses to read; "" is all of them.

    scope: the unit whose subtree the caller may see; None is everything. unit: requested, with its subtree.
    first, last: days as YYYY-MM-DD, both included; see totals.py for rows that void another. plan: only
    what counts for it, see store/membership.py. oneself: the officer that the caller is, whose rows are left
    out; linked: ids that are left out too, from `corrections.naming`. until: only what arrived by then, in
    milliseconds since 1970.
    """

    scope: str | None = None
    unit: str = ""
    survey: str = ""
    plan: Plan | None = None
    procedure: str = ""
    officer: str = ""
    outcome: str = ""
    channel: str = ""
    first: str = ""
    last: str = ""
    oneself: str = ""
    linked: frozenset[str] = frozenset()
    until: int | None = None

    def conditions(self, view: View = ADMIN) -> list[ColumnElement[bool]]:
        """The same, for the rows of a view."""
        c, day = responses.c, view.counting.day
        found = [shown_singly()]
        found += [
            c[name] == value
            for name in ("survey", "procedure", "officer", "outcome", "channel")
            if (value := getattr(self, name))
        ]
        if self.plan:
            found.append(to_pull(self.plan))
        if self.first:
            found.append(self.first <= day)
        if self.last:
            found.append(self.last >= day)
        if self.unit:
            found.append(or_(c.unit == self.unit, visible(self.unit)))
        if self.scope is not None:
            found.append(visible(self.scope))
        if self.oneself:
            found.append(not_about(self.oneself))
        if self.until is not None:
            found.append(c.received_at <= self.until)
        if self.linked:
            found.append(c.id.not_in(sorted(self.linked)))
        return found

    def few_units(self, connection: Connection) -> tuple[str, ...] | None:
        """All units whose rows can match, if they are few; None if they are many, or all."""
        found: tuple[str, ...] | None = None
        for root in filter(None, (self.unit, self.scope)):
            query = select(unit_spans.c.unit).where(unit_spans.c.root == root).distinct().limit(FEW + 1)
            units = {*connection.execute(query).scalars(), root}
            if len(units) <= FEW and (found is None or len(units) < len(found)):
                found = tuple(sorted(units))
        return found

    def days(self) -> tuple[str, ...]:
        """All requested days; empty if they have no first or last one, or are more than MOST_DAYS."""
        if not (self.first and self.last):
            return ()
        first = date.fromisoformat(self.first)
        days = (date.fromisoformat(self.last) - first).days + 1
        return (
            tuple((first + timedelta(days=n)).isoformat() for n in range(days)) if days <= MOST_DAYS else ()
        )


def not_about(officer: str) -> ColumnElement[bool]:
    """The condition for rows that are not about this officer."""
    return or_(responses.c.officer.is_(None), responses.c.officer != officer)


# --- rows ---------------------------------------------------------------------------------------------------


def newest(connection: Connection, view: View, after: Place) -> Place:
    """The place of the newest row that may be given out now, or `after` if there is none after it."""
    query = (
        select(*view.place)
        .select_from(view.rows if view.admin else published)
        .where(view.behind(connection, after))
        .order_by(*(column.desc() for column in view.order(connection)))
        .limit(1)
    )
    row: Any = connection.execute(query).first()
    return place_of(row) if row else after


class Question(Struct, frozen=True):
    """What to read: columns, which include those of View.place, under conditions.

    units, days: from `few_units` and `days` of the filters.
    """

    view: View
    conditions: Conditions
    columns: Columns
    units: Units = None
    days: Sequence[str] = ()


def read_page(connection: Connection, question: Question, after: Place, limit: int) -> tuple[Window, Rows]:
    """Up to `limit` rows after `after`.

    If fewer match, the window ends at the newest row, so that the next pull need not read these again.
    """
    # Read first: a row that arrives between the two queries is then after the window, not skipped in it.
    last = newest(connection, question.view, after)
    rows = _rows(connection, question, _parts(connection, question), Window(after, last), limit)
    if len(rows) < limit:
        return Window(after, last), rows
    return Window(after, place_of(rows[-1]), place_of(rows[-1]) < last), rows


def read_latest(connection: Connection, question: Question, before: Place | None, limit: int) -> Rows:
    """Up to `limit` rows before `before`, or the newest, from the last one back."""
    last = newest(connection, question.view, Place())
    if before is not None:
        last = min(last, Place(before.xid, before.position - 1))
    window = Window(Place(), last)
    return _rows(connection, question, _parts(connection, question), window, limit, back=True)


def chunks(engine: Engine, question: Question, window: Window) -> Iterator[Rows]:
    """All rows of the window, CHUNK at a time, each read in a transaction of its own."""
    parts: Sequence[Part] | None = None
    while window.after < window.last:
        with reading(engine) as connection:
            if parts is None:
                parts = _parts(connection, question)
            rows = _rows(connection, question, parts, window, CHUNK)
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        window = Window(place_of(rows[-1]), window.last)


def _parts(connection: Connection, question: Question) -> Sequence[Part]:
    along_the_index(connection)
    return parts_of(connection, question.view, question.units, question.days)


def _rows(
    connection: Connection,
    question: Question,
    parts: Sequence[Part],
    window: Window,
    limit: int,
    *,
    back: bool = False,
) -> Rows:
    """back: from the end of the window, in the reverse order."""
    along_the_index(connection)
    view = question.view
    order = tuple(column.desc() if back else column.asc() for column in view.order(connection))
    queries = []
    for part in parts:
        after, last = max(window.after, part.span.after), min(window.last, part.span.last)
        if after < last:
            queries.append(
                select(*question.columns)
                .select_from(view.rows)
                .where(
                    view.behind(connection, after),
                    view.up_to(connection, last),
                    *question.conditions,
                    *part.conditions,
                )
                .order_by(*order)
                .limit(limit)
            )
    if len(queries) == 1:
        return connection.execute(queries[0], execution_options=BINARY).all()
    ahead = {**BINARY, "yield_per": AHEAD}
    orders: list[Any] = [connection.execute(query, execution_options=ahead) for query in queries]
    try:
        return list(islice(merge(*orders, key=place_of, reverse=back), limit))
    finally:
        for each in orders:
            each.close()
