"""The summary shows what may be shown, and it adds up."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.summary import Axis, SummaryRow
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


def test_few_forms_of_an_officer_are_hidden_with_what_would_tell_them() -> None:
    responses = handled("cb-1", 4) + handled("cb-2", 6) + handled("cb-3", 9) + handled("", 2)
    found = summarise(SURVEY, counts_of(SURVEY, responses), ["officer"])
    assert of(found.rows) == {("",): 2, ("cb-1",): None, ("cb-2",): None, ("cb-3",): 9}
    assert of(found.totals) == {(): 19}
    hidden = [row for row in found.rows if row.hidden]
    assert {(row.n, row.counts, row.percent, row.mean) for row in hidden} == {(None, None, None, None)}


def test_an_officer_hidden_as_a_whole_is_hidden_in_every_procedure() -> None:
    responses = [
        *handled("cb-1", 3),
        *handled("cb-2", 8),
        *handled("cb-2", 7, "2.000815"),
        *handled("cb-3", 30),
        *handled("cb-3", 30, "2.000815"),
    ]
    found = summarise(SURVEY, counts_of(SURVEY, responses), ["officer", "procedure"])
    rows = of(found.rows)
    assert rows["cb-1", "1.001193"] is None
    assert (rows["cb-2", "1.001193"], rows["cb-2", "2.000815"]) == (None, None)
    totals = {tuple(row.by.items()): row.n for row in found.totals if row.question == "result"}
    assert totals[("officer", "cb-1"),] is None
    assert totals[("officer", "cb-2"),] is None


def test_by_procedure_or_day_nothing_is_hidden() -> None:
    found = summarise(SURVEY, counts_of(SURVEY, handled("cb-1", 2)), ["procedure", "day"])
    assert not any(row.hidden for row in (*found.rows, *found.totals))


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
def test_no_small_cell_of_an_officer_is_shown_in_any_cut(counts: list[Count], by: tuple[Axis, ...]) -> None:
    found = summarise(SURVEY, counts, by)
    for row in (*found.rows, *found.totals):
        if row.by.get("officer"):
            assert row.hidden or row.n == 0 or (row.n or 0) >= 5


@given(COUNTS, st.sampled_from([("officer",), ("officer", "procedure"), ("procedure", "day")]))
def test_rows_and_totals_add_up_where_both_are_shown(counts: list[Count], by: tuple[Axis, ...]) -> None:
    found = summarise(SURVEY, counts, by)
    for axis in range(len(by)):
        sums: Counter[tuple[str, ...]] = Counter()
        complete: defaultdict[tuple[str, ...], bool] = defaultdict(lambda: True)
        for row in found.rows:
            if "officer" in row.by and not row.by["officer"]:
                continue
            rest = (*(value for at, value in enumerate(row.by.values()) if at != axis), row.question)
            sums[rest] += row.n or 0
            complete[rest] &= not row.hidden
        for row in found.totals:
            rest = (*row.by.values(), row.question)
            if rest in complete and complete[rest] and set(row.by) == set(by) - {by[axis]}:
                assert row.hidden or row.n == sums[rest]
