"""Days that are over: which responses others than administrators may see, and in which order.

A viewer who polls learns when a row arrived, and from neighbouring rows in which order people came: with the
queue numbers of an office that identifies a person. So roles below `admin` get a response only once the day
on which it arrived and its own day are both over in Viet Nam, by the centre's clock. Then it is *published*:
it gets a place in `published`, shuffled among all that are published with it.

    arrives at 10:00                        published with its day, at midnight
    arrives days later                      published at the midnight after it arrived
    its day lies ahead (a wrong clock)      waits until that is over
    stored while its day was closed         published at the next midnight
    no request for days, or an upgrade      published day by day, each shuffled by itself

Promises:
- between two midnights nothing is published, whatever arrives; only permanent removal takes effect at once;
- the order of rows that are published together is random: it shows nothing of their arrival;
- places are given in the order of closings and never twice: a pull that continues after the last row it got
  will get every row there will ever be, each once, also late ones;
- what the counts (`rollups.closes`) and `voided` treat as closed changes in the same transaction: pulls,
  counts and summaries cover the same responses;
- a row names its counter only if at least FEWEST of those published with it came there on that day.
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
    """day: the day on which days were last closed. mark: all responses up to this one were examined.

    A transaction on PostgreSQL, a position on SQLite, as in arrival.py.
    """

    day: str = ""
    mark: int = 0


_closed = msgspec.json.Decoder(_Closed)


class Days:
    """Closes the days that are over, once a day, at the first request.

    Args:
        engine: to check whether it is done.
        changing: a write transaction, if it is not.
        now: the time, with its offset.

    """

    def __init__(self, engine: Engine, changing: Changing, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._changing = changing
        self._now = now
        self._done: date | None = None

    def close(self) -> None:
        """Publish the responses of days that are over, unless that was done today."""
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
    """Publish responses of days before `today` in the open write transaction, unless that was done today."""
    one_at_a_time(connection)
    # No batch is stored meanwhile: rows and counts are closed at the same moment.
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
    """Queue all that arrived before `today` for its own day; returns the mark to continue from next time."""
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
    """Give all responses that wait for this day their places."""
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
    """Delete the places of these responses, which are about to be removed."""
    for table in (published, waiting):
        connection.execute(delete(table).where(table.c.id.in_(ids)))
