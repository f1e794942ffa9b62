"""The summary shows what may be shown, and it adds up."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.summary import Axis, Cells, SummaryRow, summary_of
from sync.contract.response import Response, SurveyRef, Tag
from tests.support.counting import Count, counts_of, figures_of, summarise
from tests.support.plans import shipped_surveys
from tests.support.responses import response as some_response

SURVEY = shipped_surveys()["kien-hung"]
OFFICERS, PROCEDURES = ("", "cb-1", "cb-2", "cb-3"), ("1.001193", "2.000815")
COUNTS = st.lists(
    st.builds(
        Count,
        question=st.sampled_from(["result", "service"]),
        answer=st.sampled_from([1, 2, 3, 4, 5, None]),
        forms=st.integers(1, 9),
        officer=st.sampled_from(OFFICERS),
        procedure=st.sampled_from(PROCEDURES),
        day=st.sampled_from(["2026-03-02", "2026-03-03"]),
    ),
    max_size=25,
)


def handled(officer: str, forms: int, procedure: str = "1.001193", level: int = 5) -> list[Response]:
    return [
        replace(
            some_response(number),
            survey=SurveyRef("kien-hung", 1),
            tag=Tag(unit="phuong-mau", officer=officer or None, procedure=procedure),
            answers={"result": level, "service": 4},
        )
        for number in range(forms)
    ]


def of(rows: tuple[SummaryRow, ...], question: str = "result") -> dict[tuple[str, ...], int | None]:
    return {tuple(row.by.values()): row.n for row in rows if row.question == question}


def test_without_axes_every_rating_is_summed_up_with_its_rule() -> None:
    found = summarise(SURVEY, counts_of(SURVEY, handled("cb-1", 3) + handled("", 1, level=2)))
    assert found.rule is not None
    assert "mức 4 và mức 5" in found.rule["vi"]
    result, service = found.rows
    assert (result.question, result.n, result.percent, result.mean) == ("result", 4, "75.0", 4.25)
    assert result.counts == {5: 3, 4: 0, 3: 0, 2: 1, 1: 0}
    assert (service.percent, found.totals) == ("100.0", ())


def test_few_forms_of_an_officer_are_marked() -> None:
    responses = handled("cb-1", 4) + handled("cb-2", 6) + handled("cb-3", 9) + handled("", 2)
    found = summarise(SURVEY, counts_of(SURVEY, responses), ["officer"])
    assert of(found.rows) == {("",): 2, ("cb-1",): 4, ("cb-2",): 6, ("cb-3",): 9}
    assert of(found.totals) == {(): 19}
    assert {row.by["officer"] for row in found.rows if row.small} == {"cb-1"}


def test_an_officer_with_few_forms_in_one_procedure_is_marked_there() -> None:
    responses = handled("cb-1", 3) + handled("cb-1", 8, "2.000815") + handled("cb-2", 30)
    found = summarise(SURVEY, counts_of(SURVEY, responses), ["officer", "procedure"])
    small = [row.by for row in found.rows if row.small and row.question == "result"]
    assert small == [{"officer": "cb-1", "procedure": "1.001193"}]
    assert not any(row.small for row in found.totals)


def test_by_procedure_or_day_nothing_is_marked() -> None:
    found = summarise(SURVEY, counts_of(SURVEY, handled("cb-1", 2)), ["procedure", "day"])
    assert not any(row.small for row in (*found.rows, *found.totals))


def test_hidden_rows_have_no_figures() -> None:
    cells: Cells = {("cb-1", "result"): {5: 3}, ("cb-2", "result"): {5: 9}}
    found = summary_of(SURVEY, cells, ["officer"], hidden={("cb-1", "result")})
    away, shown = found.rows
    assert (away.hidden, away.n, away.counts, away.percent, away.mean) == (True, None, None, None, None)
    assert (shown.hidden, shown.n, found.totals) == (False, 9, ())


@pytest.mark.parametrize("by", [("officer", "procedure", "day"), ("officer", "officer")])
def test_three_axes_or_one_twice_are_refused(by: tuple[Axis, ...]) -> None:
    with pytest.raises(ValueError, match="different axes"):
        summarise(SURVEY, [], by)


@given(COUNTS)
def test_a_summary_says_the_same_as_the_figures_of_its_responses(counts: list[Count]) -> None:
    responses = [
        replace(
            some_response(number),
            survey=SurveyRef("kien-hung", 1),
            answers={count.question: "na" if count.answer is None else count.answer},
        )
        for number, count in enumerate(one for one in counts for _ in range(one.forms))
    ]
    figures = figures_of(SURVEY, responses)
    for row in summarise(SURVEY, counts).rows:
        rating = figures.rating(row.question)
        assert (row.n, row.counts, row.not_applicable) == (rating.n, rating.counts, rating.not_applicable)
    assert summarise(SURVEY, counts_of(SURVEY, responses)) == summarise(SURVEY, counts)


@given(COUNTS, st.sampled_from([("officer",), ("officer", "procedure"), ("day", "officer")]))
def test_every_small_cell_of_an_officer_is_marked_in_any_cut(
    counts: list[Count], by: tuple[Axis, ...]
) -> None:
    found = summarise(SURVEY, counts, by)
    for row in (*found.rows, *found.totals):
        assert row.small == (bool(row.by.get("officer")) and row.n in {1, 2, 3, 4})


@given(COUNTS, st.sampled_from([("officer",), ("officer", "procedure"), ("procedure", "day")]))
def test_rows_and_totals_add_up(counts: list[Count], by: tuple[Axis, ...]) -> None:
    found = summarise(SURVEY, counts, by)
    for axis in range(len(by)):
        sums: Counter[tuple[str, ...]] = Counter()
        for row in found.rows:
            if "officer" in row.by and not row.by["officer"]:
                continue
            rest = (*(value for at, value in enumerate(row.by.values()) if at != axis), row.question)
            sums[rest] += row.n or 0
        for row in found.totals:
            rest = (*row.by.values(), row.question)
            if set(row.by) == set(by) - {by[axis]}:
                assert row.n == sums[rest]
