"""From where on something is raised: the usual thresholds, and those that a unit decided for its subtree.

A decision is never changed: the next one counts for what arrives after it. So what a response raises depends
on the response alone, whenever it is looked at.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.units.tree import CENTRE
from sync.central.store.alert_tables import alert_rules
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import unit_spans
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ALERT_RULE_WRONG

RuleKind = Literal["low", "burst", "streak", "after-hours", "silent", "deadline"]
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)


class Limits(Struct, frozen=True):
    """The usual bound of a rule, and between which numbers an office may choose it."""

    usual: int
    least: int
    most: int


LIMITS: Mapping[RuleKind, Limits] = {
    "low": Limits(2, 1, 2),
    "burst": Limits(8, 3, 60),
    "streak": Limits(5, 3, 60),
    "after-hours": Limits(3, 1, 60),
    "silent": Limits(30, 10, 1440),
    "deadline": Limits(1, 0, 10),
}
"""low: how many of the lowest levels are raised where somebody wrote. burst: visits of one device within
`patterns.BURST`. streak: visits with the same answers, one after the other. after-hours: visits of a day.
silent: minutes. deadline: working days before it. Choices of this project, not of any regulation.
"""


class Threshold(Struct, frozen=True):
    """The bound of a rule; used: whether anything is raised by it."""

    bound: int
    used: bool = True


class Thresholds(Struct, frozen=True):
    """All decisions. decided: by unit and rule, the newest first, each with its moment in milliseconds since
    1970. above: the deciding units that a unit belongs to, the nearest first.
    """

    decided: Mapping[tuple[str, str], tuple[tuple[int, Threshold], ...]] = {}
    above: Mapping[str, tuple[str, ...]] = {}

    def of(self, unit: str, kind: RuleKind, at: int) -> Threshold:
        """The threshold for what arrives at a unit at this moment."""
        for root in self.above.get(unit, (CENTRE,)):
            for since, threshold in self.decided.get((root, kind), ()):
                if since <= at:
                    return threshold
        return Threshold(LIMITS[kind].usual)


def read_thresholds(connection: Connection, today: date) -> Thresholds:
    """All decisions, for the tree of today."""
    decided: defaultdict[tuple[str, str], list[tuple[int, Threshold]]] = defaultdict(list)
    for row in connection.execute(select(alert_rules).order_by(alert_rules.c.since.desc())):
        decided[row.unit, row.kind].append((row.since, Threshold(row.bound, bool(row.used))))
    roots = {unit for unit, _ in decided}
    c, day = unit_spans.c, today.isoformat()
    query = select(c.root, c.unit).where(c.root.in_(sorted(roots)), c.first_day <= day, day <= c.last_day)
    above: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        above[row.unit].add(row.root)
    # The deeper of two units above has more deciding units above itself.
    nearest = {
        unit: (*sorted(units, key=lambda root: (-len(above[root]), root)), CENTRE)
        for unit, units in above.items()
    }
    return Thresholds({key: tuple(values) for key, values in decided.items()}, nearest)


def in_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def change_threshold(act: Act, unit: str, kind: RuleKind, threshold: Threshold) -> None:
    """Let a threshold count for the unit and those below it from now on; raises ProblemError HL5178."""
    limits = LIMITS[kind]
    if not limits.least <= threshold.bound <= limits.most:
        raise ProblemError(ALERT_RULE_WRONG(where=kind, detail=f"từ {limits.least} đến {limits.most}"))
    connection, r = act.connection, alert_rules.c
    one_at_a_time(connection)
    since = in_milliseconds(act.now)
    values = {"used": int(threshold.used), "bound": threshold.bound}
    same = (r.unit == unit) & (r.kind == kind) & (r.since == since)
    if not connection.execute(update(alert_rules).where(same).values(values)).rowcount:
        connection.execute(insert(alert_rules).values(unit=unit, kind=kind, since=since, **values))
    act.note("alert-rule", unit, f"{kind} {threshold.bound}{'' if threshold.used else ' off'}")
