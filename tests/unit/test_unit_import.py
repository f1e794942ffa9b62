"""A table of units is tried whole: every error by its line, or exactly what would change."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from sync.central.office.sheets import reader
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING, UnitImport, try_units
from sync.contract.catalogue import Unit
from sync.contract.days import read_day
from sync.contract.problem import ProblemError

GOOD = """\
mã đơn vị,tên đơn vị,name_en,loại,mã đơn vị cấp trên,từ ngày,đến ngày
01,Tỉnh Mẫu,Sample Province,tỉnh,,,
01.001,Phường Một,,phường,01,01/07/2025,
01.002,"Xã Hai, ""mới\"\"",,xã,01,2025-07-01,
"""

KNOWN = (
    Unit("01", {"vi": "Tỉnh Mẫu", "en": "Sample Province"}, "tỉnh"),
    Unit("01.001", {"vi": "Phường 1"}, "phường", "01", date(2025, 7, 1)),
    Unit("01.009", {"vi": "Xã Chín"}, "xã", "01", date(2025, 7, 1)),
)


def written(folder: Path, content: str | bytes, name: str = "units.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def tried(folder: Path, content: str | bytes, known: tuple[Unit, ...] = ()) -> UnitImport:
    return try_units(read_sheet(written(folder, content), MEANING), known)


def refused(path: Path) -> tuple[str, str, str]:
    with pytest.raises(ProblemError) as caught:
        read_sheet(path, MEANING)
    found = caught.value.problem
    return found.number, found.where, found.detail


def test_a_good_table_says_what_it_would_change(tmp_path: Path) -> None:
    found = tried(tmp_path, GOOD, KNOWN)
    assert found.problems == ()
    assert [unit.code for unit in found.added] == ["01.002"]
    assert [unit.name["vi"] for unit in found.changed] == ["Phường Một"]
    assert found.unchanged == 1
    assert [unit.code for unit in found.units] == ["01", "01.001", "01.002", "01.009"]
    assert found.lines()[0] == "Thêm 1, đổi 1, giữ nguyên 1 đơn vị."


def test_a_table_taken_in_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    once = tried(tmp_path, GOOD, KNOWN)
    again = tried(tmp_path, GOOD, once.units)
    assert (again.added, again.changed, again.unchanged, again.units) == ((), (), 3, once.units)


def test_every_error_is_named_at_once_by_line_and_column(tmp_path: Path) -> None:
    found = tried(
        tmp_path,
        "code,name,parent,valid_from,valid_to\n"
        "01,,,,\n"
        "Mẫu,Xã,01,31/02/2025,\n"
        "\n"
        '02,"Một\nHai",,sớm,\n'
        "03,Xã,Ơ,,muộn\n"
        "04,Xã,,,,dư\n",
    )
    assert found.units == ()
    assert [(one.number, one.where) for one in found.problems] == [
        ("HL1003", "units.csv:2: name"),
        ("HL1003", "units.csv:3: code"),
        ("HL1003", "units.csv:3: valid_from"),
        ("HL1003", "units.csv:5: valid_from"),
        ("HL1003", "units.csv:7: parent"),
        ("HL1003", "units.csv:7: valid_to"),
        ("HL1003", "units.csv:8"),
    ]
    assert "units.csv:3: valid_from" in "\n".join(found.lines())


def test_errors_between_lines_and_with_known_units_are_named(tmp_path: Path) -> None:
    table = "code,name,parent,valid_from\n01.001,Xã,01,2026-01-01\n05,Xã,99,\n06,Xã,,\n06,Xã,,\n"
    found = tried(tmp_path, table, KNOWN)
    assert [(one.number, one.where) for one in found.problems] == [
        ("HL1004", "units.csv:2: code"),
        ("HL1005", "units.csv:3: parent"),
        ("HL1004", "units.csv:5: code"),
    ]
    assert found.units == ()


def test_a_unit_moves_when_its_old_period_ends_and_a_new_one_begins(tmp_path: Path) -> None:
    table = (
        "code,name,parent,valid_from,valid_to\n"
        "02,Tỉnh Khác,,,\n"
        "01.001,Phường Một,01,2025-07-01,2026-12-31\n"
        "01.001,Phường Một,02,2027-01-01,\n"
    )
    found = tried(tmp_path, table, KNOWN)
    assert found.problems == ()
    assert (len(found.added), len(found.changed)) == (2, 1)
    moved = [unit for unit in found.units if unit.code == "01.001"]
    assert [(unit.parent, unit.valid_to) for unit in moved] == [("01", date(2026, 12, 31)), ("02", None)]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";").replace("Hai;", "Hai,").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("Tỉnh", "Ti\u0309nh").encode(),
        b"\n" + GOOD.encode(),
    ],
    ids=["with a mark", "UTF-16", "semicolons", "tabs", "CR LF", "decomposed", "a blank first line"],
)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path, content: bytes) -> None:
    found = tried(tmp_path, content)
    assert found.problems == ()
    assert [unit.name["vi"] for unit in found.added][:2] == ["Tỉnh Mẫu", "Phường Một"]


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        ("code,name,colour", "không biết cột 'colour'"),
        ("code,kind", "thiếu cột 'tên đơn vị'"),
        ("code,mã,name", "hai cột cùng là 'mã đơn vị'"),
    ],
)
def test_wrong_headings_are_named(tmp_path: Path, headings: str, reason: str) -> None:
    found = tried(tmp_path, f"{headings}\n01,Tỉnh,x\n")
    assert [(one.where, one.detail) for one in found.problems] == [("units.csv:1", reason)]


@pytest.mark.parametrize(
    ("name", "content", "number", "where", "reason"),
    [
        ("units.csv", "", "HL1002", "units.csv", "tệp trống"),
        ("units.csv", "code,code\n1,2\n", "HL1004", "units.csv:1", "cột 'code' có 2 lần"),
        ("units.csv", 'code,name\n01,"Tỉnh\n', "HL1002", "units.csv:2", "unexpected end"),
        (
            "units.csv",
            "code,name\n01,Đô\n02,Đô\n".encode("cp1258"),
            "HL1010",
            "units.csv:2",
            "windows-1258",
        ),
        ("units.ods", "code", "HL5036", "units.ods", ".ods"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, content: str | bytes, number: str, where: str, reason: str
) -> None:
    found = refused(written(tmp_path, content, name))
    assert found[:2] == (number, where)
    assert reason in found[2]


@pytest.mark.parametrize(("rows", "fits"), [(3, True), (4, False)])
def test_a_table_beyond_any_list_of_units_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 3)
    path = written(tmp_path, "code,name\n" + "01,Xã\n" * rows)
    if fits:
        assert len(read_sheet(path, MEANING).rows) == rows
    else:
        assert refused(path) == ("HL1003", "units.csv", "hơn 3 dòng")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "khong-co.csv")[0] == "HL1001"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-01", date(2025, 7, 1)),
        ("01/07/2025", date(2025, 7, 1)),
        ("1/7/2025", date(2025, 7, 1)),
        ("2025-02-29", None),
        ("7/13/2025", None),
        ("01-07-2025", date(2025, 7, 1)),
        ("09:30 01/07/2025", date(2025, 7, 1)),
        ("2025-07-01T09:30:00", date(2025, 7, 1)),
        ("20250701", None),
    ],
)
def test_days_are_read_year_first_or_day_first(text: str, day: date | None) -> None:
    assert read_day(text) == day


def workbook(path: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell)
    return path


class TestWorkbooks:
    def test_a_workbook_is_read_like_a_csv(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [
            ["Mã", "Tên", "Từ ngày", "Mã cấp trên"],
            ["01", "Tỉnh Mẫu", None, None],
            [],
            ["01.001", " Phường Một ", date(2025, 7, 1), "01"],
        ]
        found = try_units(read_sheet(workbook(tmp_path / "units.xlsx", rows), MEANING))
        assert found.problems == ()
        assert found.added[1] == Unit("01.001", {"vi": "Phường Một"}, "", "01", date(2025, 7, 1))

    def test_a_code_that_became_a_number_is_refused(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [["code", "name"], ["01", "Tỉnh"], [], [2, "Tỉnh"]]
        found = try_units(read_sheet(workbook(tmp_path / "units.xlsx", rows), MEANING))
        assert [one.where for one in found.problems] == ["units.xlsx:4: code"]
        assert "mất số 0" in found.problems[0].detail

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"code,name\n01,x\n"])
    def test_what_is_no_workbook_is_refused(self, tmp_path: Path, content: bytes) -> None:
        found = refused(written(tmp_path, content, "units.xlsx"))
        assert found == ("HL1002", "units.xlsx", "không phải sổ tính .xlsx")
