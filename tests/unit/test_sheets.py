"""Tables that people bring are read as they are meant, or refused by the name of what they are."""

from pathlib import Path

import pytest
import xlsxwriter

from sync.central.office.sheets.reader import read_sheet
from sync.contract.problem import ProblemError

HEADINGS = ("Số TT", "Mã", "Tên")


@pytest.mark.parametrize(
    "content",
    [
        '"Số\nTT";Mã;Tên\n1;01;Xã, Một\n'.encode(),
        "sep=;\nSố TT;Mã;Tên\n1;01;Xã, Một\n".encode("utf-8-sig"),
        'DANH SÁCH, năm 2026\n\nSố TT,Mã,Tên\n1,01,"Xã, Một"\n'.encode(),
        "Số TT\tMã\tTên\n1\t01\tXã, Một\n".encode("utf-16-le"),
    ],
    ids=["a wrapped heading", "sep=", "a title above", "UTF-16 without a mark"],
)
def test_headings_are_found(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    (row,) = read_sheet(path, HEADINGS).rows
    assert row.cells == {"số tt": "1", "mã": "01", "tên": "Xã, Một"}


@pytest.mark.parametrize(
    ("name", "content", "number", "reason"),
    [
        ("list.csv", "Mã,Tên\n01,TØnh Mét\n".encode(), "HL5034", ""),
        ("list.csv", "Mã,Tên\n01,Phöôøng\n".encode(), "HL5034", ""),
        ("list.csv", "M·,Tªn\n01,X· Hai\n".encode("cp1252"), "HL1010", "TCVN3"),
        ("list.csv", b"M\xe3\xd2,T\xean\n01,\xd0\xf4\n", "HL1010", ""),
        ("list.xls", bytes.fromhex("d0cf11e0a1b11ae1"), "HL5036", ".xls"),
        ("list.csv", b"PK\x03\x04", "HL5036", "sổ tính"),
    ],
)
def test_another_encoding_or_an_old_font_is_refused_by_its_name(
    tmp_path: Path, name: str, content: bytes, number: str, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ProblemError) as raised:
        read_sheet(path, HEADINGS)
    assert raised.value.problem.number == number
    assert reason in raised.value.problem.detail


def test_a_merged_cell_among_the_rows_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "DANH SÁCH")
        sheet.write_row(1, 0, HEADINGS)
        sheet.write_row(2, 0, ("1", "01", "Xã Một"))
    assert [row.line for row in read_sheet(path, HEADINGS).rows] == [3]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.merge_range("B2:B3", "01")
    with pytest.raises(ProblemError, match=r"B2:B3"):
        read_sheet(path, HEADINGS)
