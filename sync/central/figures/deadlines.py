"""What plans ask for by a certain day: regular reports, steps, tasks, and the ends of windows. Pure.

Of a regular report it is known whether it was drafted and sent, so it stays due after its day; of everything
else it is not, so only what is still ahead is named.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from sync.central.figures.said import Value, say
from sync.central.figures.today import HORIZON, Due
from sync.central.figures.working_days import last_worked
from sync.contract.opening import Opening, SpecialDay
from sync.contract.plan import Plan, report_days

REGULAR = "bao-cao-thang"
"""The kind of a regular report, see reports/kinds/monthly.py."""
_MONTH = 28  # days: the shortest month
_YEAR = timedelta(days=366)


class Reported(Struct, frozen=True):
    """A regular report, drafted for a plan. number: its own. last: its last day. sent: or published."""

    plan: str
    last: date
    number: int
    sent: bool


def deadlines(
    plans: Iterable[Plan],
    today: date,
    opening: Sequence[Opening],
    special_days: Sequence[SpecialDay],
    reported: Sequence[Reported] = (),
) -> tuple[Due, ...]:
    """What is due from `today` to HORIZON days later, the earliest working day first.

    Also regular reports due in the HORIZON days before, but none from before the plan was issued that nobody
    drafted. opening, special_days: of the office that has to do it. reported: its regular reports.
    """
    first, until = today - timedelta(days=HORIZON), today + timedelta(days=HORIZON)
    found = []
    for plan in plans:
        for name, day, regular in _asked_by(plan, first, until):
            report = _report_of(plan, day, reported) if regular else None
            late = regular and (report is not None or plan.issued is None or plan.issued <= day)
            if (first if late else today) <= day <= until:
                found.append(
                    Due(
                        name=name,
                        day=day,
                        working=last_worked(day, opening, special_days) or day,
                        plan=plan.id,
                        regular=regular,
                        report=report.number if report else 0,
                        sent=report is not None and report.sent,
                    )
                )
    return tuple(sorted(found, key=lambda due: (due.working, due.day, due.plan)))


def next_deadline(
    plan: Plan, today: date, opening: Sequence[Opening], special_days: Sequence[SpecialDay]
) -> Due | None:
    """What this plan asks for first from `today` on, within a year; whatever was done of it."""
    asked = list(_asked_by(plan, today, today + _YEAR))
    ahead = [(day, name, regular) for name, day, regular in asked if today <= day <= today + _YEAR]
    if not ahead:
        return None
    day, name, regular = min(ahead, key=lambda each: each[0])
    working = last_worked(day, opening, special_days) or day
    return Due(name=name, day=day, working=working, plan=plan.id, regular=regular)


def _report_of(plan: Plan, day: date, reported: Sequence[Reported]) -> Reported | None:
    """The report that is due on `day`: the one whose last day is that day, or within the month before.

    Of several of one period the one that was sent: a revision that is still a draft takes nothing back.
    """
    month = timedelta(days=_MONTH)
    there = [each for each in reported if each.plan == plan.id and day - month < each.last <= day]
    return max(there, key=lambda each: (each.last, each.sent, each.number), default=None)


def _asked_by(plan: Plan, first: date, last: date) -> Iterator[tuple[Value, date, bool]]:
    for day in report_days(plan, first, last):
        yield say("báo cáo định kỳ, {plan}", plan=plan.title), day, True
    ends = {plan.window(group)[1] for group in plan.groups}
    ends |= {each.ends for group in plan.groups for each in group.top_ups}
    for day in sorted(each for each in ends if each is not None):
        yield say("ngày cuối thu phiếu, {plan}", plan=plan.title), day, False
    for step in plan.steps:
        if step.last_day is not None:
            yield step.name, step.last_day, False
    for task in plan.tasks:
        if task.last_day is not None:
            yield task.name, task.last_day, False
