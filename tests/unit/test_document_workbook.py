"""The workbook of a document, read back with openpyxl: numbers are numbers, texts are texts."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from sync.central.reports.model import Column, Figure, Row, Table, blocks_of, written
from sync.central.reports.writing.workbook import FIGURES, NOTES, write_workbook
from tests.support.documents import monthly_report

REPORT = monthly_report()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def tables_of(sheet: Any, tables: list[Table]) -> Iterator[tuple[Table, list[list[Any]]]]:
    captions = [row[0].value for row in sheet.iter_rows()]
    for table in tables:
        above = 1 + 1 + any(column.group for column in table.columns)
        first = captions.index(table.caption) + above + 1
        rows = sheet.iter_rows(min_row=first, max_row=first + len(table.rows) - 1, max_col=len(table.columns))
        yield table, [list(row) for row in rows]


def test_every_figure_is_the_number_that_the_document_writes() -> None:
    tables = [block for block in blocks_of(REPORT) if isinstance(block, Table) and block.rows]
    count = 0
    for table, rows in tables_of(opened(write_workbook(REPORT, internal=True))[FIGURES], tables):
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, drawn in zip(row.cells, cells, strict=True):
                if not isinstance(cell, Figure) or cell.few or cell.value is None:
                    assert drawn.value == written(cell)
                    continue
                count += 1
                scale = 100 if cell.kind == "percent" else 1
                assert isinstance(drawn.value, int | float)
                assert drawn.value * scale == pytest.approx(float(cell.value))
    assert count > 200


def test_numbers_are_shown_with_the_decimals_of_the_document() -> None:
    sheet = opened(write_workbook(REPORT, internal=True))[FIGURES]
    codes = {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert codes >= {"#,##0", "0.0%", "+0.0;-0.0;0.0", "0.00"}


def test_headings_have_their_groups_above() -> None:
    sheet = opened(write_workbook(REPORT))[FIGURES]
    row = next(row for row in sheet.iter_rows() if row[3].value == "Rất hài lòng")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"D{row[0].row}:E{row[0].row}" in merged
    assert [sheet.cell(row[0].row + 1, at).value for at in (1, 4, 5)] == ["TT", "SL", "%"]


def test_officers_are_in_the_copy_of_the_office_alone() -> None:
    outside, inside = write_workbook(REPORT), write_workbook(REPORT, internal=True)

    def text(content: bytes) -> str:
        return repr([rows_of(sheet) for sheet in opened(content)])

    assert "Cán bộ Một" in text(inside)
    for name in ("Cán bộ Một", "Bảng 4. "):
        assert name not in text(outside)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "http://a.vn", "12", "\t=1", "{=1}"])
def test_what_begins_like_a_formula_stays_text(text: str) -> None:
    table = Table(
        id="bang",
        caption="Bảng",
        columns=(Column(title="Thủ tục"),),
        rows=(Row(cells=(text + "x\x07\ud800",)),),
    )
    book = opened(write_workbook(replace(REPORT, body=(table,), appendices=())))
    cells = [cell for row in book[FIGURES].iter_rows() for cell in row if cell.value is not None]
    assert [(cell.data_type, cell.value) for cell in cells] == [
        ("s", "Bảng"),
        ("s", "Thủ tục"),
        ("s", f"{text}x"),
    ]


def test_same_document_gives_the_same_bytes() -> None:
    assert write_workbook(REPORT) == write_workbook(REPORT)


def test_workbook_opens_with_the_figures() -> None:
    book = opened(write_workbook(REPORT))
    assert book.sheetnames == [NOTES, FIGURES]
    assert book.active.title == FIGURES
