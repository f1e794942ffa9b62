"""Which drafts wait for somebody's approval, and since when.

A draft waits from the moment at which its figures reach into the last day of its period: approved before, it
would freeze a part of the period. Given back with a remark, it waits again once somebody has written in it or
read its figures again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.reports.asked import Asked
from sync.central.reports.issuing.acts import WRITING
from sync.central.reports.kinds.described import Kind
from sync.central.reports.records.stored import HistoryStep, history_of, read_report, revised_by
from sync.central.store.issuing import report_steps, reports
from sync.contract.plan import VIET_NAM

_READING = ("draft", "revise", "refresh")
"""Steps that read the figures."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A draft that waits. since: when it began to. writers: who may not approve it, as the audit log names
    people."""

    id: int
    asked: Asked
    since: datetime
    writers: frozenset[str]


def awaiting_approval(connection: Connection, kinds: Mapping[str, Kind[Any]]) -> list[Waiting]:
    """All drafts that wait, those that do so longest first."""
    r, s = reports.c, report_steps.c
    query = (
        select(report_steps, r.kind, r.unit, r.first_day, r.last_day, r.plan, r.plan_group, r.revises)
        .join(reports, r.id == s.report)
        .where(r.state == "draft")
        .order_by(s.position)
    )
    by_report: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        by_report[row.report].append(row)
    found = []
    for id, rows in by_report.items():
        kind = kinds.get(rows[0].kind)
        asked = _asked(rows[0])
        steps = [_step(row) for row in rows]
        since = waits_since(steps, asked.last, ahead=kind is not None and kind.ahead)
        if kind is None or since is None:
            continue
        earlier = _earlier(connection, id) if rows[0].revises else []
        writers = {step.who for step in chain(steps, earlier) if step.step in WRITING}
        found.append(Waiting(id=id, asked=asked, since=since, writers=frozenset(writers)))
    return sorted(found, key=lambda each: (each.since, each.id))


def waits_since(steps: Iterable[HistoryStep], last: date, *, ahead: bool) -> datetime | None:
    """When a draft began to wait; None if it does not yet, or not any more. Pure.

    steps: all that was done with it, in its order. last: of its period. ahead: its kind is written before.
    """
    since: datetime | None = None
    reached = ahead
    for step in steps:
        if step.step in _READING:
            reached = ahead or step.at.astimezone(VIET_NAM).date() >= last
        if step.step == "return":
            since = None
        elif since is None and reached and step.step in (*WRITING, *_READING):
            since = step.at
    return since


def _earlier(connection: Connection, id: int) -> list[HistoryStep]:
    """What was done with the documents whose words this one began with."""
    report = read_report(connection, id)
    return history_of(connection, [each.id for each in revised_by(connection, report)])


def _asked(row: Any) -> Asked:
    return Asked(
        kind=row.kind,
        unit=row.unit,
        first=date.fromisoformat(row.first_day),
        last=date.fromisoformat(row.last_day),
        plan=row.plan,
        group=row.plan_group,
    )


def _step(row: Any) -> HistoryStep:
    at = datetime.fromisoformat(row.at)
    return HistoryStep(step=row.step, who=row.who, at=at, revision=row.revision, note=row.note)
