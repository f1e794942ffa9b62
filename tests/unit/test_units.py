"""Units through two reforms: who belongs to whom on a day, and what a wrong list is told."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.office.units.tree import Entry, Span, UnitTree, is_valid, unit_problems
from sync.contract.catalogue import Unit

REFORM = date(2025, 7, 1)
LAST = REFORM - timedelta(days=1)
TODAY = date(2026, 3, 2)


def unit(code: str, parent: str | None = None, first: date | None = None, last: date | None = None) -> Unit:
    return Unit(code, {"vi": code}, parent=parent, valid_from=first, valid_to=last)


# Until the reform: two provinces with districts. Since then: one province, no districts, a merged ward.
UNITS = (
    unit("tinh-a"),
    unit("tinh-b", last=LAST),
    unit("huyen-a", "tinh-a", last=LAST),
    unit("huyen-b", "tinh-b", last=LAST),
    unit("xa-1", "huyen-a", last=LAST),
    unit("xa-1", "tinh-a", first=REFORM),
    unit("xa-2", "huyen-b", last=LAST),
    unit("phuong-2", "tinh-a", first=REFORM),
)


def entries(units: Sequence[Unit]) -> list[Entry]:
    return [Entry(f"list:{line}", unit) for line, unit in enumerate(units, 1)]


def problems(*units: Unit) -> list[tuple[str, str, str]]:
    return [(found.number, found.where, found.detail) for found in unit_problems(entries(units))]


def test_a_list_through_a_reform_has_no_problems() -> None:
    assert problems(*UNITS) == []


def test_a_subtree_is_what_was_below_on_that_day() -> None:
    tree = UnitTree(UNITS)
    assert tree.subtree("tinh-a", LAST) == {"tinh-a", "huyen-a", "xa-1"}
    assert tree.subtree("tinh-a", REFORM) == {"tinh-a", "xa-1", "phuong-2"}
    assert tree.subtree("tinh-b", LAST) == {"tinh-b", "huyen-b", "xa-2"}
    assert tree.subtree("tinh-b", REFORM) == frozenset()
    assert tree.subtree("xa-1", TODAY) == {"xa-1"}


def test_the_path_leads_from_the_root_to_the_unit() -> None:
    tree = UnitTree(UNITS)
    assert [one.code for one in tree.path("xa-1", LAST)] == ["tinh-a", "huyen-a", "xa-1"]
    assert [one.code for one in tree.path("xa-1", TODAY)] == ["tinh-a", "xa-1"]
    assert tree.path("xa-2", TODAY) == ()


def test_spans_say_who_belonged_to_a_node_and_when() -> None:
    assert UnitTree(UNITS).spans("tinh-a") == (
        Span("huyen-a", None, LAST),
        Span("phuong-2", REFORM, None),
        Span("tinh-a", None, None),
        Span("xa-1", None, None),
    )


def test_a_unit_that_leaves_and_comes_back_has_two_spans() -> None:
    first, second = date(2020, 1, 1), date(2022, 1, 1)
    tree = UnitTree(
        (
            unit("a"),
            unit("b"),
            unit("x", "a", last=first - timedelta(days=1)),
            unit("x", "b", first, second - timedelta(days=1)),
            unit("x", "a", second),
        )
    )
    assert [span for span in tree.spans("a") if span.unit == "x"] == [
        Span("x", None, first - timedelta(days=1)),
        Span("x", second, None),
    ]


@pytest.mark.parametrize(
    ("wrong", "number", "where", "detail"),
    [
        (unit("x", first=TODAY, last=REFORM), "HL1003", "list:9: valid_to", "trước ngày bắt đầu"),
        (unit("xa-1", "tinh-a", first=TODAY), "HL1004", "list:9: code", "list:6"),
        (unit("tinh-a"), "HL1004", "list:9: code", "list:1"),
        (unit("x", "tinh-c"), "HL1005", "list:9: parent", "không có đơn vị 'tinh-c'"),
        (unit("x", "tinh-b"), "HL1005", "list:9: parent", "không có đơn vị 'tinh-b' vào ngày 01/07/2025"),
        (unit("x", "phuong-2"), "HL1005", "list:9: parent", "không có đơn vị 'phuong-2'"),
        (unit("x", "x"), "HL1003", "list:9: parent", "x → x"),
    ],
)
def test_a_wrong_unit_is_named_with_its_line_and_column(
    wrong: Unit, number: str, where: str, detail: str
) -> None:
    (found,) = problems(*UNITS, wrong)
    assert found[:2] == (number, where)
    assert detail in found[2]


def test_a_parent_may_stand_in_several_periods_that_join() -> None:
    halves = (unit("t", last=LAST), unit("t", first=REFORM), unit("x", "t"))
    assert problems(*halves) == []
    gap = (unit("t", last=LAST), unit("t", first=REFORM + timedelta(days=1)), unit("x", "t"))
    assert [found[2] for found in problems(*gap)] == ["không có đơn vị 't' vào ngày 01/07/2025"]


def test_an_overlap_is_found_behind_a_short_period() -> None:
    days = [date(2020, month, 1) for month in (1, 2, 3, 4, 5)]
    found = problems(
        unit("x", None, days[0], days[4]), unit("x", None, days[1], days[1]), unit("x", None, days[3])
    )
    assert [where for _, where, _ in found] == ["list:2: code", "list:3: code"]


def test_a_circle_of_some_days_is_named_once() -> None:
    found = problems(
        unit("a"), unit("b", "a"), unit("c", "b", last=LAST), unit("c", "d", REFORM), unit("d", "c", REFORM)
    )
    assert [(number, detail) for number, _, detail in found] == [("HL1003", "đứng trên chính nó: c → d → c")]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Unit, ...]:
    """Up to eight units; each may change its parent twice, always to one of an earlier number."""
    units: list[Unit] = []
    for number in range(draw(st.integers(1, 8))):
        days = sorted(draw(st.sets(st.dates(date(2020, 1, 1), date(2020, 12, 31)), max_size=2)))
        ends: list[date | None] = [None, *days, None]
        for first, after in pairwise(ends):
            parents: list[int | None] = [None, *range(number)]
            parent = draw(st.sampled_from(parents))
            name = None if parent is None else f"u{parent}"
            units.append(unit(f"u{number}", name, first, after - timedelta(days=1) if after else None))
    return tuple(units)


@given(histories(), st.dates(date(2019, 12, 1), date(2021, 1, 31)))
def test_a_subtree_holds_exactly_those_whose_parents_meet_its_root(
    units: tuple[Unit, ...], day: date
) -> None:
    assert problems(*units) == []
    tree = UnitTree(units)
    for root in {one.code for one in units}:
        below = {code for code in tree.on(day) if root in [one.code for one in tree.path(code, day)]}
        assert tree.subtree(root, day) == below


@given(histories(), st.dates(date(2019, 12, 1), date(2021, 1, 31)))
def test_spans_and_subtrees_agree_on_every_day(units: tuple[Unit, ...], day: date) -> None:
    tree = UnitTree(units)
    for root in {one.code for one in units}:
        covered = [
            span.unit
            for span in tree.spans(root)
            if is_valid(unit(span.unit, first=span.first, last=span.last), day)
        ]
        assert sorted(covered) == sorted(tree.subtree(root, day))
