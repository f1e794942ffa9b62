"""What keeps a plan from being closed, by name. Pure.

A plan is closed once nobody has anything to do for it any more. What is asked is in one struct; who adds
another kind of work adds a field to it, a kind to `Cause`, and a line to `what_blocks`.

A letter that nobody answered within the plan's days keeps nothing open: no office can make an organisation
answer, and where the plan lacks its form, that is named already. It is noted, on the page and in the minutes.
One that was made and never sent is work of the office.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from sync.central.figures.progress import Lacking, UnitProgress
from sync.contract.plan import Plan

Cause = Literal[
    "window",
    "units",
    "unit",
    "forms",
    "late",
    "task",
    "obstacle",
    "rechecks",
    "recheck-person",
    "recheck-all",
    "batch",
    "letters",
    "unanswered",
]


class Work(Struct, frozen=True, kw_only=True):
    """All that closing a plan asks about.

    rows: its progress, see progress.py. lacking: units that it names and the tree lacks. tasks: names of
    those not done. obstacles: how many nobody has answered and closed. rechecks: how many were done of those
    wanted; None where the plan asks for none. unreachable: how many fewer are wanted, because who was met at
    a unit left no telephone number. short: interviewers with too few of them: name, done, wanted.
    again: interviewers whose forms all have to be asked again: name, forms.
    batches: names of boxes and batches that are still open. late:
    forms that arrived today, which nobody gets before the day is over. unsent: letters that were made and not
    sent; unanswered: that were sent, neither answered nor brought back.
    """

    today: date
    rows: Sequence[UnitProgress] = ()
    lacking: Sequence[Lacking] = ()
    tasks: Sequence[str] = ()
    obstacles: int = 0
    rechecks: int | None = None
    unreachable: int = 0
    batches: Sequence[str] = ()
    short: Sequence[tuple[str, int, int]] = ()
    again: Sequence[tuple[str, int]] = ()
    late: int = 0
    unsent: int = 0
    unanswered: int = 0


class Blocking(Struct, frozen=True, kw_only=True):
    """One thing that keeps a plan open.

    name: of the task, unit or batch; group: of the plan, "" for all. there, wanted: numbers, where it is one.
    until: of the window.
    """

    cause: Cause
    name: str = ""
    group: str = ""
    there: int = 0
    wanted: int = 0
    until: date | None = None


def what_blocks(plan: Plan, work: Work) -> tuple[Blocking, ...]:
    """Everything that keeps the plan from being closed, in the order in which an office does it."""
    return (
        *_window(plan, work.today),
        *_units(work.lacking),
        *_forms(work.rows),
        *((Blocking(cause="late", there=work.late),) if work.late else ()),
        *(Blocking(cause="batch", name=name) for name in work.batches),
        *((Blocking(cause="letters", there=work.unsent),) if work.unsent else ()),
        *_rechecks(plan.rechecks - work.unreachable, work.rechecks),
        *(
            Blocking(cause="recheck-person", name=name, there=done, wanted=wanted)
            for name, done, wanted in work.short
        ),
        *(Blocking(cause="recheck-all", name=name, there=forms) for name, forms in work.again),
        *(Blocking(cause="task", name=name) for name in work.tasks),
        *((Blocking(cause="obstacle", there=work.obstacles),) if work.obstacles else ()),
    )


def what_is_noted(plan: Plan, work: Work) -> tuple[Blocking, ...]:
    """What an office has to know when it closes a plan, and keeps nothing open; none within its window."""
    if not work.unanswered or any(_window(plan, work.today)):
        return ()
    return (Blocking(cause="unanswered", there=work.unanswered),)


def _window(plan: Plan, today: date) -> Iterator[Blocking]:
    ends = [plan.window(group)[1] for group in plan.groups]
    ends += [each.ends for group in plan.groups for each in group.top_ups]
    last = max((day for day in ends if day is not None), default=None)
    if last is not None and today <= last:
        yield Blocking(cause="window", until=last)


def _units(lacking: Sequence[Lacking]) -> Iterator[Blocking]:
    for each in lacking:
        if each.unit:
            yield Blocking(cause="unit", name=each.unit, group=each.group)
        else:
            yield Blocking(
                cause="units", name=each.kind, group=each.group, there=each.there, wanted=each.units
            )


def _forms(rows: Sequence[UnitProgress]) -> Iterator[Blocking]:
    for row in rows:
        if row.missing:
            yield Blocking(cause="forms", name=row.unit, group=row.group, there=row.forms, wanted=row.wanted)


def _rechecks(wanted: int, done: int | None) -> Iterator[Blocking]:
    if done is not None and done < wanted:
        yield Blocking(cause="rechecks", there=done, wanted=wanted)
