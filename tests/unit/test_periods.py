"""A period against the one before it, and months side by side: with n, and without opening what is hidden."""

from datetime import date

import pytest
from msgspec.structs import replace

from sync.central.figures.periods import Period, before, compared, last_months, trend
from sync.central.figures.summary import Summary, SummaryRow
from sync.central.figures.summary_query import HandoverFigures, SummaryReply
from sync.contract.survey import Rating
from tests.support.plans import shipped_surveys

SURVEY = shipped_surveys()["kien-hung"]
SURVEYS = {(SURVEY.id, version): replace(SURVEY, version=version) for version in (1, 2)}
RESULT = SURVEY.question("result")
assert isinstance(RESULT, Rating)
REWORDED = replace(
    SURVEY, version=3, questions=tuple(each for each in SURVEY.questions if each.id != "result")
)
NOBODY = HandoverFigures(
    returned=None,
    tagged=0,
    tagged_percent=None,
    visits=0,
    answered=0,
    percent=None,
    untagged=0,
    voided=0,
    outcomes={},
    unlisted=(),
    rows=(),
)


def row(n: int | None, percent: str | None = None, *, hidden: bool = False, **by: str) -> SummaryRow:
    return SummaryRow(by=by, question="result", n=n, percent=percent, hidden=hidden)


def reply(*rows: SummaryRow, version: int = 1, month: int = 11) -> SummaryReply:
    first = date(2026, month, 1)
    summary = Summary(survey="kien-hung", version=version, by=(), rule=None, rows=rows, totals=())
    return SummaryReply(first=first, last=first.replace(day=28), handovers=NOBODY, surveys=(summary,))


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        ((date(2026, 1, 1), date(2026, 3, 31)), (date(2025, 10, 1), date(2025, 12, 31))),
        ((date(2026, 11, 16), date(2026, 11, 22)), (date(2026, 11, 9), date(2026, 11, 15))),
        ((date(2026, 11, 23), date(2026, 11, 23)), (date(2026, 11, 16), date(2026, 11, 16))),
        ((date(2026, 11, 1), date(2026, 11, 20)), (date(2026, 10, 12), date(2026, 10, 31))),
    ],
)
def test_the_period_before_is_as_long(period: tuple[date, date], wanted: tuple[date, date]) -> None:
    assert before(Period(*period)) == Period(*wanted)


def test_the_last_months_include_this_one() -> None:
    months = last_months(date(2026, 2, 10), 13)
    assert (len(months), months[0], months[-1]) == (
        13,
        Period(date(2025, 2, 1), date(2025, 2, 28)),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
    )


@pytest.mark.parametrize(
    ("now", "then", "points"),
    [
        (row(40, "90.2"), row(35, "85.9"), "4.3"),
        (row(40, "80.0"), row(35, "85.9"), "-5.9"),
        (row(5, "80.0"), row(5, "80.0"), "0.0"),
        (row(4, "75.0"), row(35, "85.9"), None),
        (row(40, "90.2"), row(4, "75.0"), None),
        (row(40), row(40), None),
    ],
)
def test_a_difference_needs_enough_answers_in_both(
    now: SummaryRow, then: SummaryRow, points: str | None
) -> None:
    (found,) = compared(reply(now), reply(then), SURVEYS)
    assert (found.points, found.now, found.then) == (points, now, then)
    if points is not None:
        (strict,) = compared(reply(now), reply(then), SURVEYS, minimum=41)
        assert strict.points is None
    (lax,) = compared(reply(row(4, "75.0")), reply(then), SURVEYS, minimum=1)
    assert lax.points is None


def test_what_one_of_two_summaries_hides_is_compared_with_nothing() -> None:
    hidden, shown = row(None, hidden=True, officer="a01"), row(20, "90.0", officer="a01")
    for now, then in ((hidden, shown), (shown, hidden)):
        (found,) = compared(reply(now), reply(then), SURVEYS)
        assert found.points is None
    only = compared(reply(row(9, "50.0", officer="a02")), reply(shown), SURVEYS)
    assert [(each.by["officer"], each.points) for each in only] == [("a02", None), ("a01", None)]


def test_only_questions_that_mean_the_same_are_compared() -> None:
    forms = {**SURVEYS, ("kien-hung", 3): REWORDED}
    now, then = row(40, "90.0"), row(40, "80.0")
    (found,) = compared(reply(now, version=2), reply(then, version=1), forms)
    assert found.points == "10.0"
    (other,) = compared(reply(now, version=3), reply(then, version=1), forms)
    assert (other.then, other.points) == (None, None)
    (older,) = compared(reply(now, version=1), reply(then, version=2), forms)
    assert older.then is None


def test_a_month_without_an_answer_has_no_share_and_is_not_left_out() -> None:
    empty = replace(reply(month=10), surveys=())
    points = trend(
        [reply(row(40, "90.0"), month=9), empty, reply(row(8, "75.0"), version=2)],
        SURVEYS,
        "kien-hung",
        "result",
    )
    assert [(point.first.month, point.n, point.percent) for point in points] == [
        (9, 40, "90.0"),
        (10, 0, None),
        (11, 8, "75.0"),
    ]
