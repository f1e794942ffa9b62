"""What a response, and the visits of a device on one day, give reason to raise. Pure.

    low           somebody wrote, and chose one of the lowest levels
    burst         more visits of a device within BURST than people can be served in between
    streak        visits of a device with the same answers, one after the other
    after-hours   visits outside opening hours, and not in the hours in which their plan collects

A visit more never takes a pattern away, so that it is raised whatever part of its visits arrives first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from sync.central.figures.flags import Flag, flag_visits, runs
from sync.central.office.alerts.alarms import Alarm
from sync.central.office.alerts.thresholds import RuleKind, Threshold
from sync.central.store.cells import columns
from sync.contract.assignment import OfficeHours
from sync.contract.plan import Plan
from sync.contract.response import Response
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey

PatternKind = Literal["burst", "streak", "after-hours"]
BURST = timedelta(minutes=5)
_ALWAYS = OfficeHours()


def is_low(cells: str, survey: Survey, bound: int) -> bool:
    """Whether one of the answers is among the `bound` lowest levels, all below the middle of the scale."""
    levels = sorted(level.value for level in survey.levels)
    low = {str(level) for level in levels[: min(bound, len(levels) // 2)]}
    return any(
        cell in low and cell != str(NOT_APPLICABLE) and isinstance(survey.question(question), Rating)
        for question, cell in zip(columns(survey), cells.split(","), strict=False)
    )


def patterns(
    visits: Iterable[Response],
    *,
    unit: str,
    day: date,
    threshold: Callable[[RuleKind], Threshold],
    hours: OfficeHours = _ALWAYS,
    plans: Iterable[Plan] = (),
) -> Iterator[Alarm]:
    """The alarms of the visits of one device on one day. hours: when its office is open; none: always."""
    asked = [each for each in visits if each.channel == "kiosk" and each.void is None]
    asked.sort(key=lambda each: (each.started_at, each.seq))
    outside: list[Response] = []
    if threshold("after-hours").used:
        flagged = flag_visits(asked, (), hours, plans)
        outside = [each for each in asked if Flag.OUT_OF_HOURS in flagged.get(each.id, ())]
    kinds: tuple[tuple[PatternKind, Sequence[Response]], ...] = (
        ("burst", densest(asked)),
        ("streak", max(runs(asked), key=len, default=[])),
        ("after-hours", outside),
    )
    for kind, together in kinds:
        limit = threshold(kind)
        if limit.used and together and len(together) >= limit.bound:
            yield _alarm(kind, together, unit=unit, day=day)


def densest(visits: Sequence[Response]) -> Sequence[Response]:
    """The most of these visits, in the order in which they began, that began within BURST."""
    best: Sequence[Response] = ()
    first = 0
    for last, visit in enumerate(visits):
        while visit.started_at - visits[first].started_at > BURST:
            first += 1
        if last - first + 1 > len(best):
            best = visits[first : last + 1]
    return best


def _alarm(kind: PatternKind, visits: Sequence[Response], *, unit: str, day: date) -> Alarm:
    officers = {each.tag.officer for each in visits if each.tag and each.tag.officer}
    began = min(each.started_at for each in visits)
    return Alarm(
        kind=kind,
        subject=visits[0].device,
        unit=unit,
        day=day,
        episode=day.isoformat(),
        since=began,
        officers=frozenset(officers),
        n=len(visits),
    )
