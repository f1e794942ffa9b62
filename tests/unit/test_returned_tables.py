"""A table that came back of a plan's data, read and compared; no database."""

from decimal import Decimal

import pytest

from sync.central.office.planning.returned_table import HEADINGS, Line, read_lines
from sync.central.office.sheets.reader import Sheet, sheet_of
from sync.central.reports.kinds.levels import Rated
from sync.central.reports.kinds.returned import Comparison, UnitShare, compare_table, items_of_group
from sync.contract.plan import PlanGroup
from sync.contract.problem import ProblemError

GROUP = PlanGroup(
    id="tram-y-te",
    name={"vi": "Các trạm y tế"},
    survey="tram",
    respondents=("citizen",),
    channels=("interview",),
)
OTHER = PlanGroup(
    id="truong-hoc",
    name={"vi": "Các trường"},
    survey="truong",
    respondents=("citizen",),
    channels=("interview",),
)
RATINGS = (
    Rated(question="overall", text="Hài lòng chung?", n=100, percent="90.5", counts=()),
    Rated(question="wait", text="Thời gian chờ.", n=98, percent="71.4", counts=()),
)
UNITS = (
    UnitShare(unit="tram-a", name="Trạm A", n=50, percent=None),
    UnitShare(unit="tram-a", name="Trạm A", n=49, percent="91.8"),
)
HEADING = "Nhóm,Đơn vị,Nội dung,Số phiếu,Tỷ lệ hài lòng (%)\n"


def sheet(text: str) -> Sheet:
    return sheet_of("bang.csv", text.encode(), [each for names in HEADINGS.values() for each in names])


def compared(*lines: tuple[str, str, str, int | None, str | None], groups: int = 1) -> Comparison:
    items = list(items_of_group(GROUP, 100, RATINGS, UNITS, "overall"))
    if groups > 1:
        items += items_of_group(OTHER, 7, RATINGS, (), "overall")
    read = [
        Line(number=at, group=group, unit=unit, item=item, n=n, percent=percent)
        for at, (group, unit, item, n, percent) in enumerate(lines, 2)
    ]
    return compare_table(read, items)


def test_a_line_is_compared_with_the_one_item_that_it_names_whatever_its_marks_and_capitals() -> None:
    found = compared(
        ("Các trạm y tế", "", "HÀI LÒNG CHUNG", 100, "90.5"),
        ("", "", "wait", 98, "71.4"),
        ("tram-y-te", "Trạm A", "", 50, None),
        ("", "tram a", "overall", None, "91.8"),
        ("", "", "so phieu", 100, None),
    )
    assert (found.same, found.differing, found.unknown, found.missing) == (5, (), (), ())


def test_a_difference_is_named_with_its_size_and_a_line_that_names_no_item_or_two_is_named() -> None:
    found = compared(
        ("", "", "wait", 90, "72.0"),
        ("Các trường", "", "số phiếu", 7, None),
        ("", "Trạm B", "số phiếu", 1, None),
        groups=2,
    )
    assert [each.line.number for each in found.unknown] == [2, 4]  # which group's wait is not said
    assert found.same == 1
    assert len(found.missing) == 7
    (one,) = compared(("tram-y-te", "", "wait", 90, "72.0"), groups=2).differing
    assert (one.forms, one.points) == (-8, Decimal("0.6"))


@pytest.mark.parametrize(
    ("written", "read"), [("0,905", "90.5"), ("90,5 %", "90.5"), ("90.46", "90.5"), ("1", "100.0")]
)
def test_shares_are_read_as_spreadsheets_and_people_write_them(written: str, read: str) -> None:
    (line,) = read_lines(sheet(f'{HEADING}a,b,c,"1.234","{written}"\n'))
    assert (line.n, line.percent) == (1234, read)


def test_lines_without_a_number_are_left_out_and_all_faults_are_named_at_once() -> None:
    assert len(read_lines(sheet(f"{HEADING}a,b,c,,\na,b,c,1,\n"))) == 1
    with pytest.raises(ProblemError, match="HL4367"):
        read_lines(sheet(f"{HEADING}a,b,c,một,\na,b,c,1,-4\n"))
    with pytest.raises(ProblemError, match="HL4367"):
        read_lines(sheet(HEADING))
