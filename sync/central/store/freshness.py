"""A value that changes with every committed change of the figures of some days.

Figures of days that are over change when days close and by administrative acts. An act that records nothing
can't commit, so the last line of the audit log and the last closing show every such change; names, units,
surveys and lists of results change by acts alone.

Figures of all days also change with every response of these days that arrives, and with every one that voids
such a response, whose own day may be another. Nothing else of what arrives changes them: a month that is over
has the same revision for hours, however much is sent meanwhile.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSON

from sync.central.store.schema import audit, facts, responses, voided

# More days than these are not looked up one by one: whatever arrives then changes their revision.
MOST_DAYS = 400


class Revision(Struct, frozen=True):
    """acts: of what acts and closings change. arrived: of what arrives; () where only days over count."""

    acts: tuple[Any, ...]
    arrived: tuple[Any, ...] = ()


def read_revision(connection: Connection, first: date, last: date, *, over: bool) -> Revision:
    """The revision of the figures of these days, or only of what is over of them. Read it before the figures.

    Args:
        connection: to the database; figures have to be read in the same transaction.
        first, last: both days are included.
        over: only of what everybody may see, see days_over.py.

    """
    acts = tuple(connection.execute(_ACTS).one())
    if over:
        return Revision(acts)
    dialect = connection.dialect.name
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    if len(days) > MOST_DAYS:
        return Revision(acts, tuple(connection.execute(_ANYTHING[dialect]).one()))
    return Revision(acts, tuple(connection.execute(_OF_DAYS[dialect], _parameters(days)).one()))


def _parameters(days: Sequence[str]) -> dict[str, object]:
    return {"days": list(days), "first": days[0], "last": days[-1]}


# published: the last closing, see days_over.py. epoch: raised by a restore. rollups: the rules of counting.
_FACTS = ("epoch", "published", "rollups")
# What was looked at is noted in the audit log, too, and changes nothing.
_LOOKED = "pull"
_ACTS = select(
    select(audit.c.number)
    .where(audit.c.act != _LOOKED)
    .order_by(audit.c.number.desc())
    .limit(1)
    .scalar_subquery(),
    *(select(facts.c.value).where(facts.c.name == name).scalar_subquery() for name in _FACTS),
)
# Which transactions are visible.
_SNAPSHOT = cast(func.pg_current_snapshot(), Text)
_ANYTHING: dict[str, Select[Any]] = {
    # Positions are given in the order of commits.
    "sqlite": select(func.max(responses.c.position)),
    "postgresql": select(_SNAPSHOT),
}


def _newest(mark: ColumnElement[int], days: Any) -> ColumnElement[int]:
    """The greatest mark of the responses of `days`: one look-up in an index for each of them."""
    of_a_day = select(func.max(mark)).where(responses.c.day == days.c.value).scalar_subquery()
    return func.coalesce(select(func.max(of_a_day)).select_from(days).scalar_subquery(), literal(0))


def _on_postgres() -> ColumnElement[str]:
    """The newest transaction that stored a response of these days.

    Transactions commit out of order. Where none that runs is older than it, whatever becomes visible later is
    newer; otherwise every transaction may change what is seen.
    """
    days = func.json_array_elements_text(bindparam("days", type_=JSON)).table_valued("value", name="days")
    newest = _newest(responses.c.xid, days)
    oldest = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    return case((newest < oldest, cast(newest, Text)), else_=_SNAPSHOT)


# A response that is voided keeps a line here until an act removes it, so their number only grows by arrivals.
_VOIDED = (
    select(func.count())
    .select_from(voided)
    .where(voided.c.day.between(bindparam("first"), bindparam("last")))
    .scalar_subquery()
)
_OF_DAYS: dict[str, Select[Any]] = {
    "sqlite": select(
        _newest(
            responses.c.position,
            func.json_each(bindparam("days", type_=JSON)).table_valued("value", name="days"),
        ),
        _VOIDED,
    ),
    "postgresql": select(_on_postgres(), _VOIDED),
}
