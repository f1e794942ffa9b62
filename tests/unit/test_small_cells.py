"""What copies for others don't say, so that no few answers can be calculated from several of them."""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.periods import Period
from sync.central.figures.summary import SMALLEST
from sync.central.reports.issuing.differences import Tree, Whose
from sync.central.reports.issuing.small_cells import (
    Days,
    Said,
    guarded,
    hidden_rows,
    said_of,
    withheld_rows,
)
from sync.central.reports.model import FEW, Column, Document, Figure, Row, Table, blocks_of, written
from tests.support.small_kind import MARCH, SmallFigures, build

MONTHS = [Period(date(2026, month, 1), date(2026, month, 28 if month == 2 else 31)) for month in (1, 2, 3)]
QUARTER = Period(MONTHS[0].first, MONTHS[-1].last)
WARD = Whose("phuong-mot")
ALONE = Tree({}, {})


def document(sizes: Mapping[str, int], *, parts: bool = True) -> Document:
    made = build(SmallFigures(asked=MARCH, n=sum(sizes.values()), procedures=tuple(sizes.items())), {})
    tables = (block for block in blocks_of(made) if isinstance(block, Table) and block.about)
    return replace(made, body=tuple(replace(each, parts=parts) for each in tables))


def said(sizes: Mapping[str, int], period: Period, earlier: list[Said]) -> list[Said]:
    """What is known once this document is there, too."""
    made, about = document(sizes), {"": Days(WARD, period)}
    return [*earlier, *said_of(made, about, withheld_rows(made, about, [earlier], ALONE), ALONE)]


def shown(known: list[Said], period: Period) -> dict[str, int]:
    days = (period.first, period.last + timedelta(days=1))
    return {each.row[1]: each.n for each in known if (each.first, each.end) == days and not each.hidden}


def test_a_quarter_less_two_months_does_not_say_what_the_third_hides() -> None:
    months = [{"a": 60, "b": 40, "c": 30}, {"a": 50, "b": 30, "c": 30}, {"a": 3, "b": 20, "c": 30}]
    known: list[Said] = []
    for period, sizes in zip(MONTHS, months, strict=True):
        known = said(sizes, period, known)
    assert shown(known, MONTHS[2]) == {"c": 30, "Tổng": 53}
    alone = said({"a": 113, "b": 90, "c": 90}, QUARTER, [])
    assert shown(alone, QUARTER)["a"] - shown(known, MONTHS[0])["a"] - shown(known, MONTHS[1])["a"] == 3
    known = said({"a": 113, "b": 90, "c": 90}, QUARTER, known)
    # Of b, too: what it has in March would give a away.
    assert shown(known, QUARTER) == {"c": 90, "Tổng": 293}


def test_the_last_month_is_hidden_where_the_quarter_was_there_before_it() -> None:
    known = said({"a": 113, "b": 90, "c": 90}, QUARTER, [])
    known = said({"a": 60, "b": 40, "c": 30}, MONTHS[0], known)
    assert shown(known, MONTHS[0]) == {"a": 60, "b": 40, "c": 30, "Tổng": 130}
    known = said({"a": 50, "b": 30, "c": 30}, MONTHS[1], known)
    assert shown(known, MONTHS[1]) == {"c": 30, "Tổng": 110}


def test_a_period_before_that_was_hidden_is_not_said_by_the_next_document() -> None:
    columns = (
        Column(title="Nội dung"),
        Column(title="n", number=True),
        Column(title="n", group="Kỳ trước", number=True),
        Column(title="Tăng, giảm", number=True),
    )
    forty, twenty = (Figure(kind="count", value=n) for n in ("40", "20"))
    row = Row(cells=("thái độ", forty, twenty, Figure(kind="points", value="1.5")))
    table = Table(
        id="bang-2", caption="", columns=columns, rows=(row,), about="form kien-hung 1", parts=False
    )
    made = replace(document({}), body=(table,))
    about = {"": Days(WARD, MONTHS[1]), "Kỳ trước": Days(WARD, MONTHS[0])}
    then = Said(
        row=("form kien-hung 1", "thái độ"), of=WARD, first=MONTHS[0].first, end=MONTHS[1].first, n=20
    )
    assert withheld_rows(made, about, [[then]], ALONE) == frozenset()
    withheld = withheld_rows(made, about, [[replace(then, hidden=True)]], ALONE)
    (shown,) = (block for block in blocks_of(guarded(made, withheld)) if isinstance(block, Table))
    assert [written(cell) for cell in shown.rows[0].cells] == ["thái độ", "40", FEW, FEW]
    assert "“–” thay cho số" in shown.note


def test_only_rows_that_are_parts_of_one_sum_hide_others() -> None:
    """Everybody answers every question: the n of one is not what the others leave."""
    (table,) = (block for block in document({"a": 3, "b": 9, "c": 9}, parts=False).body)
    assert isinstance(table, Table)
    assert hidden_rows(table) == {0}
    assert hidden_rows(replace(table, parts=True)) == {0, 1}


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3),
    st.permutations(range(3)),
)
def test_no_few_answers_are_the_difference_of_two_periods(months: list[list[int]], order: list[int]) -> None:
    """Whatever months, in whatever order they come, and then their quarter."""
    named = [dict(zip("abc", sizes, strict=True)) for sizes in months]
    whole = {name: sum(sizes[name] for sizes in named) for name in "abc"}
    everything = [*zip(MONTHS, named, strict=True), (QUARTER, whole)]
    known: list[Said] = []
    for at in (*order, 3):
        period, sizes = everything[at]
        known = said(sizes, period, known)
    for name in "abc":
        *parts, of_quarter = (shown(known, period).get(name) for period, _ in everything)
        left = [n for n, size in zip(parts, named, strict=True) if n is None and size[name]]
        if of_quarter is not None:
            rest = of_quarter - sum(n for n in parts if n is not None)
            # Of one hidden month alone the rest would be its own number.
            assert rest == 0 or (rest >= SMALLEST and len(left) != 1)
