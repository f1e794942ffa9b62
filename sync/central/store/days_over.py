"""Days that are over: what others than administrators may see, and the order in which they are given it.

A viewer who asks again and again learns from a row when it came, and from its neighbours in which order
people came: with the queue numbers of an office that is a name. So below the role `admin` a response is given
out once the day on which it arrived and its own day are both over in Viet Nam, by the centre's clock. That is
when it is *published*: it gets a place in `published`, shuffled among all that are published with it.

    arrives at 10:00                        published with its day, at midnight
    arrives days later                      published at the midnight after it arrived
    its day lies ahead (a wrong clock)      waits until that is over
    stored while its day was closed         published at the next midnight
    nobody asked for days, or an upgrade    published day by day, each shuffled by itself

Promises:
- between two midnights nothing is published, whatever arrives; only what is removed for good goes at once;
- the order within what is published together is drawn at random: it says nothing of arrival;
- places are given in the order of closings and never twice: a pull that goes on behind the last row it was
  given meets every row there will ever be, each once, also late ones;
- what the counts (`rollups.closes`) and `voided` call closed changes in the same transaction: pulls,
  counts and summaries are of the same responses;
- a row names its counter only where at least FEWEST of those published with it came there on that day.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from sync.central.store import rollups
from sync.central.store.database import one_at_a_time, reading
from sync.central.store.locks import Lock, hold
from sync.central.store.schema import facts, published, responses, voided, waiting
from sync.contract.plan import VIET_NAM

FEWEST = 5
_NAME = "published"
Changing = Callable[[], AbstractContextManager[Connection]]


class _Closed(Struct, frozen=True):
    """day: the day on which days were last closed. mark: behind this all responses were looked at.

    A transaction on PostgreSQL, a position on SQLite, as in arrival.py.
    """

    day: str = ""
    mark: int = 0


_closed = msgspec.json.Decoder(_Closed)


class Days:
    """Closes the days that are over, once a day, for the first that asks.

    Args:
        engine: to look whether it is done.
        changing: a write transaction, where it is not.
        now: the time, with its offset.

    """

    def __init__(self, engine: Engine, changing: Changing, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._changing = changing
        self._now = now
        self._done: date | None = None

    def close(self) -> None:
        """Publish what is of days that are over, unless that was done today."""
        today = self._now().astimezone(VIET_NAM).date()
        if self._done == today:
            return
        with reading(self._engine) as connection:
            done = _read(connection)
        if done is None or done.day != today.isoformat():
            with self._changing() as connection:
                close_days(connection, today)
        self._done = today


def close_days(connection: Connection, today: date) -> None:
    """Publish what is of days before `today` in the open write transaction, unless that was done today."""
    one_at_a_time(connection)
    # Nobody stores meanwhile: rows and counts are closed at one and the same moment.
    hold(connection, Lock.LINE)
    before = _read(connection)
    if before is not None and before.day == today.isoformat():
        return
    mark = _queue(connection, today, before.mark if before else 0)
    over = select(waiting.c.day).where(waiting.c.day < today.isoformat()).distinct().order_by(waiting.c.day)
    for day in connection.execute(over).scalars().all():
        _publish(connection, day)
    connection.execute(
        update(voided).where(voided.c.closes != "", voided.c.closes < today.isoformat()).values(closes="")
    )
    rollups.close(connection, today.isoformat())
    value = msgspec.json.encode(_Closed(today.isoformat(), mark)).decode()
    if before is None:
        connection.execute(insert(facts).values(name=_NAME, value=value))
    else:
        connection.execute(update(facts).where(facts.c.name == _NAME).values(value=value))


def _read(connection: Connection) -> _Closed | None:
    text = connection.execute(select(facts.c.value).where(facts.c.name == _NAME)).scalar()
    return _closed.decode(text) if text else None


def _queue(connection: Connection, today: date, mark: int) -> int:
    """Let all that arrived before `today` wait for its own day; where to look on from the next time."""
    r = responses.c
    at = r.xid if connection.dialect.name == "postgresql" else r.position
    midnight = int(datetime.combine(today, time(), VIET_NAM).timestamp() * 1000)
    new = select(r.id, r.position, r.unit, r.counter, r.day).where(
        at >= mark,
        r.received_at < midnight,
        ~exists().where(published.c.id == r.id),
        ~exists().where(waiting.c.id == r.id),
    )
    connection.execute(insert(waiting).from_select(["id", "position", "unit", "counter", "day"], new))
    of_today = select(func.min(at)).where(at >= mark, r.received_at >= midnight)
    newest = select(func.max(at)).where(at >= mark)
    found = connection.execute(of_today).scalar() or connection.execute(newest).scalar()
    return int(found or mark)


def _publish(connection: Connection, day: str) -> None:
    """Give all that wait for this day their places."""
    w = waiting.c
    came: ColumnElement[Any] = func.count().over(partition_by=(w.unit, w.counter))
    shuffled = (
        select(w.id, w.position, w.unit, case((came >= FEWEST, w.counter), else_=""), w.day)
        .where(w.day == day)
        .order_by(func.random())
    )
    columns = ["id", "position", "unit", "counter", "day"]
    connection.execute(insert(published).from_select(columns, shuffled))
    connection.execute(delete(waiting).where(w.day == day))


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Forget the places of these responses, which are about to be removed."""
    for table in (published, waiting):
        connection.execute(delete(table).where(table.c.id.in_(ids)))
