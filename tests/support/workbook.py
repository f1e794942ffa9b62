"""Makes assets/excel/hailong.xlsx from assets/excel/hailong.m: `make workbook`.

A workbook that fetches a month from the centre by Power Query: three named cells to fill in, three tables.
What XlsxWriter can't write (queries, connections, tables that a query fills) is added to its parts.
"""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import xlsxwriter
from msgspec import Struct

from tests.support.mashup import mashup_part, packed

FOLDER = Path(__file__).parents[2] / "assets" / "excel"
SOURCE, WORKBOOK = FOLDER / "hailong.m", FOLDER / "hailong.xlsx"
START = "Bắt đầu"
# Named cells: their labels, and their first values.
CELLS = {
    "DiaChi": ("Địa chỉ trung tâm", "https://hailong.example.vn"),
    "MaTruyCap": ("Mã truy cập (hl_…)", ""),
    "Thang": ("Tháng (như 2026-03; để trống: tháng này)", ""),
}
STEPS = (
    "1. Ghi địa chỉ và mã truy cập do trung tâm cấp vào hai ô trên. Tệp này giữ mã: đừng gửi cho ai.",
    "2. Chọn Dữ liệu (Data) → Làm mới tất cả (Refresh All).",
    "3. Khi Excel hỏi cách đăng nhập: chọn Ẩn danh (Anonymous) cho cả địa chỉ. Mã đã ở trong truy vấn.",
    "4. Khi Excel hỏi mức riêng tư: chọn Tổ chức (Organizational) cho cả hai nguồn, hoặc bỏ qua (Ignore).",
    "Ô trống ở cột “Đã trả”: chưa nhập đủ danh sách hồ sơ của đơn vị, không phải là không.",
)
# Columns that every role's rows have; those of the questions come with the first refresh.
ROWS = (
    *("position", "survey", "survey_version", "plan", "unit", "counter"),
    *("procedure", "procedure_name", "channel", "respondent", "form_no", "outcome"),
    *("counts", "voids", "corrects", "day"),
)


class Filled(Struct, frozen=True):
    """A table that a query fills. query: its name, and the table's."""

    query: str
    sheet: str
    columns: tuple[str, ...]


def tables(section: str) -> tuple[Filled, ...]:
    """The tables, with the columns that the M text gives them."""
    return (
        Filled("HaiLong", "Mức hài lòng", columns_of(section, "HaiLong")),
        Filled("GiaoKetQua", "Trả kết quả", columns_of(section, "GiaoKetQua")),
        Filled("Phieu", "Phiếu", ROWS),
    )


def columns_of(section: str, query: str) -> tuple[str, ...]:
    """The columns of a query's result, by its `type table […]`."""
    text = section.partition(f"shared {query} =")[2].partition("type table [")[2].partition("]")[0]
    return tuple(re.findall(r'#"([^"]+)" = ', text))


def build(section: str) -> bytes:
    """The workbook."""
    filled = tables(section)
    with zipfile.ZipFile(io.BytesIO(_plain(filled))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for number, table in enumerate(filled, start=1):
        name = f"xl/tables/table{number}.xml"
        parts[name] = _as_filled(parts[name].decode()).encode()
        parts[f"xl/tables/_rels/table{number}.xml.rels"] = _relations(
            ("rId1", "queryTable", f"../queryTables/queryTable{number}.xml")
        )
        parts[f"xl/queryTables/queryTable{number}.xml"] = _query_table(number, table)
    parts["xl/connections.xml"] = _connections(filled)
    parts["customXml/item1.xml"] = mashup_part(section, [table.query for table in filled])
    parts["customXml/itemProps1.xml"] = _ITEM.encode()
    parts["customXml/_rels/item1.xml.rels"] = _relations(("rId1", "customXmlProps", "itemProps1.xml"))
    _add(
        parts,
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        _relation("rIdConnections", "connections", "connections.xml")
        + _relation("rIdQueries", "customXml", "../customXml/item1.xml"),
    )
    _add(parts, "[Content_Types].xml", "</Types>", _content_types(len(filled)))
    workbook = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = re.sub(r'(name="ExternalData_\d+")', r'\1 hidden="1"', workbook).encode()
    return packed(parts)


def _plain(filled: tuple[Filled, ...]) -> bytes:
    """The sheets, with tables of one empty row."""
    out = io.BytesIO()
    book: Any
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "Hài Lòng", "created": datetime(2026, 1, 1, tzinfo=UTC)})
        title = book.add_format({"bold": True, "font_size": 16})
        field = book.add_format({"num_format": "@", "border": 1, "bg_color": "#FFF8E1"})
        start = book.add_worksheet(START)
        start.hide_gridlines(2)
        start.set_column(0, 0, 2)
        start.set_column(1, 1, 42)
        start.set_column(2, 2, 60)
        start.write_string(0, 1, "Hài Lòng: số liệu của một tháng", title)
        for row, (name, (label, value)) in enumerate(CELLS.items(), start=2):
            start.write_string(row, 1, label)
            if value:
                start.write_string(row, 2, value, field)
            else:
                start.write_blank(row, 2, None, field)
            book.define_name(name, f"='{START}'!$C${row + 1}")
        for row, step in enumerate(STEPS, start=6):
            start.write_string(row, 1, step)
        for number, table in enumerate(filled, start=1):
            sheet = book.add_worksheet(table.sheet)
            last = len(table.columns) - 1
            columns = [{"header": name} for name in table.columns]
            sheet.add_table(0, 0, 1, last, {"name": table.query, "columns": columns})
            sheet.set_column(0, last, 16)
            sheet.freeze_panes(1, 0)
            area = f"='{table.sheet}'!$A$1:${xlsxwriter.utility.xl_col_to_name(last)}$2"
            book.define_name(f"'{table.sheet}'!ExternalData_{number}", area)
    return out.getvalue()


def _as_filled(table: str) -> str:
    """The XML of a table as one whose rows a query brings (ECMA-376 part 1, 18.5.1)."""
    table = table.replace(" totalsRowShown=", ' tableType="queryTable" totalsRowShown=', 1)
    return re.sub(
        r'<tableColumn id="(\d+)"', r'<tableColumn id="\1" uniqueName="\1" queryTableFieldId="\1"', table
    )


def _query_table(number: int, table: Filled) -> bytes:
    fields = "".join(
        f'<queryTableField id="{at}" name={quoteattr(name)} tableColumnId="{at}"/>'
        for at, name in enumerate(table.columns, start=1)
    )
    count = len(table.columns)
    return (
        f'{_HEAD}<queryTable xmlns="{_MAIN}" name="ExternalData_{number}" connectionId="{number}" '
        'autoFormatId="16" applyNumberFormats="0" applyBorderFormats="0" applyFontFormats="0" '
        'applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="0">'
        f'<queryTableRefresh nextId="{count + 1}"><queryTableFields count="{count}">{fields}'
        "</queryTableFields></queryTableRefresh></queryTable>"
    ).encode()


def _connections(filled: tuple[Filled, ...]) -> bytes:
    every = "".join(
        f'<connection id="{number}" keepAlive="1" name="Query - {table.query}" '
        f"description=\"Connection to the '{table.query}' query in the workbook.\" "
        'type="5" refreshedVersion="6" background="1" saveData="1">'
        '<dbPr connection="Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;'
        f'Location={table.query};Extended Properties=&quot;&quot;" '
        f'command="SELECT * FROM [{table.query}]"/></connection>'
        for number, table in enumerate(filled, start=1)
    )
    return f'{_HEAD}<connections xmlns="{_MAIN}">{every}</connections>'.encode()


def _content_types(count: int) -> str:
    office = "application/vnd.openxmlformats-officedocument"
    override = '<Override PartName="{}" ContentType="{}"/>'
    found = [
        override.format("/xl/connections.xml", f"{office}.spreadsheetml.connections+xml"),
        override.format("/customXml/itemProps1.xml", f"{office}.customXmlProperties+xml"),
    ]
    for number in range(1, count + 1):
        part = f"/xl/queryTables/queryTable{number}.xml"
        found.append(override.format(part, f"{office}.spreadsheetml.queryTable+xml"))
    return "".join(found)


def _relations(*every: tuple[str, str, str]) -> bytes:
    inside = "".join(_relation(*one) for one in every)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'.encode()


def _relation(id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _add(parts: dict[str, bytes], name: str, before: str, text: str) -> None:
    parts[name] = parts[name].decode().replace(before, text + before).encode()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ITEM = (
    f'{_HEAD}<ds:datastoreItem ds:itemID="{{6B3E6C2A-6C53-4B0C-9C2E-48414C4F4E47}}" '
    'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"><ds:schemaRefs>'
    '<ds:schemaRef ds:uri="http://schemas.microsoft.com/DataMashup"/></ds:schemaRefs></ds:datastoreItem>'
)

if __name__ == "__main__":
    WORKBOOK.write_bytes(build(SOURCE.read_text("utf-8")))
    print(WORKBOOK)
