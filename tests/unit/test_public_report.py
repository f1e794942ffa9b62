"""What the public reads: no officer, no small cell, and the same cells in page, data and fragment."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.summary import SMALLEST
from sync.central.reports.issuing.public import (
    open_rows,
    public_report,
    public_tables,
    why_not_public,
)
from sync.central.reports.issuing.small_cells import hidden_rows
from sync.central.reports.kinds.levels import Rated, RatedForm, shares_table
from sync.central.reports.model import FEW, Column, Figure, Row, Table
from sync.central.reports.records.stored import HistoryStep, Issue, Report
from sync.central.web.rendering import environment
from sync.central.web.translation import load_translations
from tests.support.small_kind import MARCH, OFFICER, SMALL, SmallFigures, build

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
COLUMNS = (Column(title="Thủ tục"), Column(title="n", number=True), Column(title="Hài lòng", number=True))


def table(*sizes: int, total: bool = True) -> Table:
    def row(name: str, n: int, last: bool = False) -> Row:
        share = Figure(kind="percent", value=str(Decimal(50)) if n else None)
        return Row(cells=(name, Figure(kind="count", value=str(n)), share), total=last)

    rows = [row(f"thủ tục {at}", n) for at, n in enumerate(sizes)]
    return Table(
        id="bang-1",
        caption="Bảng 1",
        columns=COLUMNS,
        rows=tuple([*rows, row("Tổng", sum(sizes), True)] if total else rows),
    )


def figures(*sizes: int) -> SmallFigures:
    return SmallFigures(
        asked=MARCH, n=sum(sizes), procedures=tuple((f"thủ tục {at}", n) for at, n in enumerate(sizes))
    )


def report(state: str = "published", revision: int = 0, **words: str) -> Report:
    return Report(
        id=1,
        asked=MARCH,
        revision=revision,
        printed=revision,
        revises=0,
        why="",
        state=state,  # type: ignore[arg-type]
        figures=SMALL.frozen(figures(7, 3, 9)),
        figures_at=AT,
        words=words,
        digest="7c1e09ab" + "0" * 56,
        drafted_by="account 1",
        sent_number="",
        sent_day=None,
    )


def step(name: str, revision: int = 0, note: str = "", *, day: int = 1) -> HistoryStep:
    return HistoryStep(step=name, who="account 2", at=AT.replace(day=day), revision=revision, note=note)


def test_a_row_of_few_answers_shows_no_number_and_neither_does_the_next_that_would_give_it_away() -> None:
    assert hidden_rows(table(7, 3, 9)) == {0, 1}
    assert hidden_rows(table(7, 3, 9, total=False)) == {0, 1}
    assert hidden_rows(table(7, 6, 9)) == frozenset()
    assert hidden_rows(table(4, 4, 9)) == {0, 1}
    assert hidden_rows(table(1, 1, 6, 9)) == {0, 1, 2}
    assert hidden_rows(table(1, 2)) == {0, 1, 2}
    assert hidden_rows(table(0, 7)) == frozenset()


def test_few_answers_in_the_period_before_hide_that_period_alone() -> None:
    def rated(text: str, then: int) -> Rated:
        return Rated(
            question="q", text=text, n=40, percent="90.5", counts=(), then_n=then, then="50.0", points="40.5"
        )

    ratings = (rated("thời gian", 3), rated("thái độ", 20))
    form = RatedForm(survey="s", version=1, title="", levels=(), rule="", ratings=ratings)
    document = replace(build(figures(), {}), body=(shares_table("bang-2", "Bảng 2", form),))
    (shown,) = public_tables(document, ["bang-2"])
    assert [row.cells for row in shown.rows] == [
        ("thời gian", "40", "90,5%", FEW, FEW, FEW),
        ("thái độ", "40", "90,5%", "20", "50,0%", "+40,5"),
    ]
    assert shown.few


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_small_number_of_answers_can_be_found_by_subtraction(sizes: list[int]) -> None:
    made = table(*sizes)
    hidden = hidden_rows(made)
    parts = [n for at, n in enumerate(sizes) if at in hidden and n]
    assert all(n >= SMALLEST or n == 0 for at, n in enumerate(sizes) if at not in hidden)
    if parts and len(sizes) not in hidden:
        everything = len(parts) == sum(1 for n in sizes if n)
        assert everything or (len(parts) > 1 and sum(parts) >= SMALLEST)


def test_no_officer_and_nothing_an_official_wrote_in_the_document_is_public() -> None:
    document = build(figures(7, 8), {"nhan-xet": "lời của công chức"})
    assert OFFICER in repr(document)
    shown = repr(public_tables(document, SMALL.public))
    assert "Bảng 1" in shown
    assert OFFICER not in shown
    assert "lời của công chức" not in shown


def test_page_and_open_data_say_the_same_cells() -> None:
    public = public_report(SMALL, report(), [Issue((step("publish", note="Mở thêm quầy."),), "")])
    assert public.done == "Mở thêm quầy."
    (shown,) = public.tables
    assert [row.cells for row in shown.rows] == [
        ("thủ tục 0", FEW, FEW),
        ("thủ tục 1", FEW, FEW),
        ("thủ tục 2", "9", "100,0%"),
        ("Tổng", "19", "100,0%"),
    ]
    assert shown.few
    rows = list(open_rows(public))
    assert rows[-2:] == [
        ("Bảng 1. Theo thủ tục", "Tổng", "n", "19", "số lượng", "2026-03-31"),
        ("Bảng 1. Theo thủ tục", "Tổng", "Hài lòng", "100.0", "%", "2026-03-31"),
    ]
    assert rows[0] == ("Bảng 1. Theo thủ tục", "thủ tục 0", "n", "", "", "2026-03-31")


def test_open_data_has_numbers_for_a_program_and_the_page_for_people() -> None:
    public = public_report(SMALL, replace(report(), figures=SMALL.frozen(figures(1102, 9))), ())
    assert public.tables[0].rows[0].cells == ("thủ tục 0", "1.102", "100,0%")
    assert [row[3:5] for row in open_rows(public)][:2] == [("1102", "số lượng"), ("100.0", "%")]


def test_a_table_too_long_for_a_page_is_in_the_open_data_alone() -> None:
    long = public_report(SMALL, replace(report(), figures=SMALL.frozen(figures(*range(5, 173)))), ())
    (table,) = long.tables
    assert table.elsewhere
    assert len(list(open_rows(long))) == 2 * 169

    def page(*sizes: int) -> str:
        shown = public_report(SMALL, replace(report(), figures=SMALL.frozen(figures(*sizes))), ())
        named = SimpleNamespace(
            unit="Tỉnh", period="", first=MARCH.first, last=MARCH.last, report=shown, changes=(), code=""
        )
        pages = environment(load_translations()["vi"], {})
        return pages.get_template("public_fragment.html").render(page=named)

    assert "169 dòng, có trong" in page(*range(5, 173))
    fits = page(*range(5, 44))
    assert fits.count("<tr>") == 41
    assert len(fits.encode()) < 15_000


def test_figures_that_differ_by_a_few_answers_from_what_was_public_are_not_published() -> None:
    """Who reads both would learn by subtraction how one person answered."""

    def of(*sizes: int) -> Report:
        return replace(report(), figures=SMALL.frozen(figures(*sizes)))

    def why_not(new: Report, *earlier: Report) -> str:
        problem = why_not_public(SMALL, new, [(SMALL, each) for each in earlier])
        return problem.kind.number if problem else ""

    assert why_not(of(7, 9)) == ""
    assert why_not(of(7, 9), of(7, 9)) == ""
    assert why_not(of(6, 9), of(7, 9)) == why_not(of(7, 13), of(7, 9)) == "HL5193"
    assert why_not(of(12, 9), of(7, 9)) == ""
    assert why_not(of(12, 9), of(7, 9), of(12, 8)) == "HL5193"
    # What was hidden is subtracted from nothing.
    assert why_not(of(5), of(4)) == ""


def test_the_history_numbers_each_revision_and_says_nothing_of_which_response_was_removed() -> None:
    first = (step("draft"), step("publish", 0, "Mở thêm quầy."), step("forgotten", 1), step("replace", 1))
    # While the revision is not published, what becomes of it is not public.
    second = (step("revise", 1), step("forgotten", 2), step("publish", 2, "Bớt một mẫu giấy."))
    issues = [Issue(first, ""), Issue(second, "thiếu phiếu")]
    public = public_report(SMALL, report(revision=2), issues)
    day = date(2026, 4, 1)
    assert [(each.day, each.revision, each.what, each.why) for each in public.changes] == [
        (day, 0, "publish", ""),
        (day, 1, "forgotten", ""),
        (day, 2, "revise", "thiếu phiếu"),
    ]
    assert public.done == "Bớt một mẫu giấy."


def test_what_was_taken_back_shows_no_table_and_says_so() -> None:
    history = (step("publish", 0, "x"), step("withdraw", 0, "nhầm kỳ"))
    public = public_report(SMALL, report("withdrawn"), [Issue(history, "")])
    assert (public.tables, public.done, public.withdrawn) == ((), "", True)
    assert public.changes[-1].why == "nhầm kỳ"


def test_what_was_done_is_not_said_by_a_report_that_was_taken_back() -> None:
    first = (step("publish", 0, "Mở thêm quầy."),)
    taken_back = (step("revise", 1), step("publish", 1, "Bớt một mẫu giấy."), step("withdraw", 1, "nhầm"))
    public = public_report(SMALL, report(), [Issue(first, ""), Issue(taken_back, "thiếu phiếu")])
    assert public.done == "Mở thêm quầy."


def test_the_history_is_in_the_order_of_its_days() -> None:
    first = (step("publish", 0), step("forgotten", 1, day=3), step("withdraw", 1, "nhầm kỳ", day=5))
    # As it was numbered before.
    second = (step("draft", 0, day=6), step("publish", 0, day=7))
    public = public_report(SMALL, report(), [Issue(first, ""), Issue(second, "")])
    assert [(each.day.day, each.what) for each in public.changes] == [
        (1, "publish"),
        (3, "forgotten"),
        (5, "withdraw"),
        (7, "again"),
    ]
