"""The rows of a role: all that have arrived, in the order of arrival, or published ones in a shuffled order.

    admin               every row at once; a cursor as in arrival.py
    analyst             rows of days that are over, shuffled, without device, number and arrival, see
                        days_over.py; a cursor is `<epoch>-0-<place>`, and changes when days close

The two kinds of cursors can be distinguished, because no transaction has the number 0. A cursor of the other
kind (the token's role was changed, or the centre was upgraded) is answered like one of another epoch: HL4014,
with a safe place to begin again.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, literal, tuple_

from sync.central.pulling.rows.totals import AT_ONCE, PUBLISHED, Counting
from sync.central.store import arrival
from sync.central.store.arrival import Place, StaleCursorError, cursor_text, parse_cursor
from sync.central.store.schema import published, responses

FOR_ALL = (
    *("survey", "survey_version", "plan", "unit", "procedure", "channel", "respondent"),
    *("outcome", "day"),
)
"""The columns of `responses` that every role may pull, in every format; counters are those of the view."""

FOR_ADMINISTRATORS = ("id", "device", "seq", "officer", "started_at", "finished_at", "clock_offset")
"""More of them, which identify an officer, a minute or an order of arrival, see pull.py."""


class View(Struct, frozen=True):
    """The rows that a role may see, and how they are named and ordered for it.

    rows: what to select from. place: its columns position and xid. key: the position in a form for filters.
    """

    admin: bool
    rows: Any
    key: ColumnElement[int]
    place: tuple[ColumnElement[Any], ...]
    counter: ColumnElement[str]
    unit: ColumnElement[str]
    day: ColumnElement[str]
    counting: Counting

    def behind(self, connection: Connection, place: Place) -> ColumnElement[bool]:
        """The condition for rows after `place` that may be given out now."""
        if self.admin:
            return arrival.behind(connection, place)
        return self.key > place.position

    def up_to(self, connection: Connection, place: Place) -> ColumnElement[bool]:
        """The condition for rows up to `place`, included."""
        if not self.admin or connection.dialect.name != "postgresql":
            return self.key <= place.position
        return tuple_(responses.c.xid, responses.c.position) <= tuple_(place.xid, place.position)

    def order(self, connection: Connection) -> tuple[ColumnElement[Any], ...]:
        """The columns to order rows by."""
        return arrival.order(connection) if self.admin else (self.key,)

    def parse(self, after: str, epoch: int) -> Place:
        """The place of a cursor; raises ProblemError HL4013 or StaleCursorError."""
        shuffled = after.count("-") == 2 and after.split("-")[1].strip("0") == ""
        if self.admin:
            place = parse_cursor(after, epoch)
            if shuffled:
                raise StaleCursorError(f"{epoch}-0")
            return place
        try:
            place = parse_cursor(after, epoch)
        except StaleCursorError as error:
            raise StaleCursorError(self.cursor(epoch, Place())) from error
        if after and not shuffled:
            raise StaleCursorError(self.cursor(epoch, Place()))
        return place

    def cursor(self, epoch: int, place: Place) -> str:
        """The cursor of a place."""
        return cursor_text(epoch, place) if self.admin else f"{epoch}-0-{place.position}"


def place_of(row: Row[Any]) -> Place:
    """The place after a row that was read with `View.place`."""
    return Place(row.xid, row.position)


ADMIN = View(
    admin=True,
    rows=responses,
    key=responses.c.position,
    place=(responses.c.position, responses.c.xid),
    counter=responses.c.counter,
    unit=responses.c.unit,
    day=responses.c.day,
    counting=AT_ONCE,
)
OTHERS = View(
    admin=False,
    rows=published.join(
        responses,
        # SQLite finds a response by its position; PostgreSQL by its id, which determines its partition.
        and_(responses.c.id == published.c.id, responses.c.position == published.c.position),
    ),
    key=published.c.place,
    place=(published.c.place.label("position"), literal(0).label("xid")),
    counter=published.c.counter,
    unit=published.c.unit,
    day=published.c.day,
    counting=PUBLISHED,
)
