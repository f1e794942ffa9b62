"""A period against the one before it, and figures month by month. Pure: two or more summaries in.

Promises, each with a test:
- both periods are shown with their n, and a difference only where both have at least `minimum` answers;
- what one of two summaries hides is compared with nothing: a difference never shows what the cells do not;
- answers to questions that no longer mean the same are not compared;
- a month without an answer has no share, and is not left out.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from sync.central.figures.summary import SMALLEST, Summary, SummaryRow
from sync.central.figures.summary_query import SummaryReply
from sync.contract.meaning import comparable
from sync.contract.survey import Survey

_DAY = timedelta(days=1)


class Period(Struct, frozen=True):
    """Days; both ends are counted."""

    first: date
    last: date

    @property
    def months(self) -> int:
        """How many whole months these are; 0 if they are not."""
        ends = monthrange(self.last.year, self.last.month)[1]
        if self.first.day != 1 or self.last.day != ends:
            return 0
        return 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1


def before(period: Period) -> Period:
    """The period before: as many whole months, else as many days; of one day, the same day a week earlier."""
    last = period.first - _DAY
    if period.months:
        return Period(month_before(period.first, period.months), last)
    length = (period.last - period.first).days
    if length == 0:
        week = period.first - 7 * _DAY
        return Period(week, week)
    return Period(last - timedelta(days=length), last)


def month_before(day: date, months: int = 1) -> date:
    """The first day of the month that is this many months before that of `day`."""
    months = 12 * day.year + day.month - 1 - months
    return date(months // 12, months % 12 + 1, 1)


def last_months(day: date, months: int) -> tuple[Period, ...]:
    """The month of `day` and those before it, the oldest first."""
    firsts = [month_before(day, back) for back in reversed(range(months))]
    return tuple(
        Period(first, date(first.year, first.month, monthrange(first.year, first.month)[1]))
        for first in firsts
    )


class Compared(Struct, frozen=True, kw_only=True):
    """One rating under one value of each axis in two periods.

    now, then: the rows of the two summaries; None where there is none. points: by how much the share rose,
    with one decimal as text; None where it can't be said.
    """

    survey: str
    question: str
    by: Mapping[str, str]
    now: SummaryRow | None
    then: SummaryRow | None
    points: str | None


def compared(
    now: SummaryReply,
    then: SummaryReply,
    surveys: Mapping[tuple[str, int], Survey],
    *,
    minimum: int = SMALLEST,
) -> tuple[Compared, ...]:
    """Every row of both summaries, which were asked alike, in the order of the first."""
    found = []
    earlier = {(each.survey, each.version): each for each in then.surveys}
    for summary in now.surveys:
        old = _comparable(summary, earlier, surveys)
        rows = {(row.question, *row.by.items()): row for row in old}
        for row in summary.rows:
            match = rows.pop((row.question, *row.by.items()), None)
            found.append(_compared(summary.survey, row, match, minimum))
        found += [_compared(summary.survey, None, row, minimum) for row in rows.values()]
    return tuple(found)


def _comparable(
    summary: Summary,
    earlier: Mapping[tuple[str, int], Summary],
    surveys: Mapping[tuple[str, int], Survey],
) -> Iterator[SummaryRow]:
    """The earlier rows about the same questions: of this version, else of the newest version before it."""
    versions = [version for id, version in earlier if id == summary.survey and version <= summary.version]
    if not versions:
        return
    old = earlier[summary.survey, max(versions)]
    alike = comparable(surveys[old.survey, old.version], surveys[summary.survey, summary.version])
    yield from (row for row in old.rows if row.question in alike)


def _compared(survey: str, now: SummaryRow | None, then: SummaryRow | None, minimum: int) -> Compared:
    row = now or then
    assert row is not None
    return Compared(
        survey=survey,
        question=row.question,
        by=row.by,
        now=now,
        then=then,
        points=_points(now, then, minimum),
    )


def _points(now: SummaryRow | None, then: SummaryRow | None, minimum: int) -> str | None:
    """The difference of the two shares as they are shown, so that a reader who subtracts gets it too."""
    if now is None or then is None or now.percent is None or then.percent is None:
        return None
    if min(now.n or 0, then.n or 0) < max(minimum, SMALLEST):
        return None
    return str(Decimal(now.percent) - Decimal(then.percent))


class Point(Struct, frozen=True, kw_only=True):
    """One rating in one period of a trend. percent: None without an answer, or where the form was another."""

    first: date
    last: date
    n: int
    percent: str | None


def trend(
    replies: Iterable[SummaryReply],
    surveys: Mapping[tuple[str, int], Survey],
    survey: str,
    question: str,
) -> tuple[Point, ...]:
    """A rating period by period, from summaries without axes, the oldest first.

    Answers to a version in which the question meant something else are left out: the newest version decides.
    """
    replies = tuple(replies)
    versions = {each.version for reply in replies for each in reply.surveys if each.survey == survey}
    alike = {
        version
        for version in versions
        if question in comparable(surveys[survey, version], surveys[survey, max(versions)])
    }
    return tuple(_point(reply, survey, question, alike) for reply in replies)


def _point(reply: SummaryReply, survey: str, question: str, versions: set[int]) -> Point:
    rows = [
        row
        for each in reply.surveys
        if each.survey == survey and each.version in versions
        for row in each.rows
        if row.question == question and not row.hidden
    ]
    # Two versions of a form in one month: the one with more answers, as it is shown everywhere else.
    row = max(rows, key=lambda each: each.n or 0, default=None)
    n = row.n or 0 if row else 0
    return Point(first=reply.first, last=reply.last, n=n, percent=row.percent if row and n else None)
