"""Official documents in the form of decree 30/2020/NĐ-CP, by python-docx alone: a report, a letter, minutes.

They are made by other code than the product's, so that writer and checker can't agree on a mistake.
"""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

LONG = (
    "Trong kỳ, bộ phận Một cửa nhận và trả kết quả theo đúng quy trình; các thiết bị tại quầy hoạt động "
    "bình thường, người dân và tổ chức được mời cho ý kiến ngay sau khi nhận kết quả. "
)


def saved(document: Any) -> bytes:
    """The document as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def report() -> Any:
    """A report to a higher body: two pages, a table, an appendix across."""
    document = _blank()
    _head(document, above="UBND TỈNH QUẢNG BÌNH", body="SỞ GIAO THÔNG VẬN TẢI", number="Số:        /BC-SGTVT")
    _title(document, "BÁO CÁO", "Kết quả đo lường sự hài lòng tháng 11 năm 2026")
    _addressed(document, "Kính gửi: Ủy ban nhân dân tỉnh")
    ground(document, "Căn cứ Luật Tổ chức chính quyền địa phương;")
    ground(document, "Căn cứ Kế hoạch số 125/KH-UBND ngày 02/7/2020 về khảo sát sự hài lòng.")
    text(document, LONG * 4)
    heading(document, "I. TÌNH HÌNH TRIỂN KHAI")
    heading(document, "1. Công tác chỉ đạo, tuyên truyền")
    text(document, LONG * 3)
    text(document, "a) Phát thanh hai lần mỗi ngày; chi tiết tại Phụ lục kèm theo.")
    heading(document, "2. Số lượng phiếu")
    text(
        document,
        "Số phiếu hợp lệ là 3.270 phiếu, tỷ lệ hài lòng 90,5% (n = 3.270), tính đến ngày 20/11/2026.",
    )
    _table(
        document,
        [["Lĩnh vực", "Số phiếu", "Tỷ lệ"], ["Đất đai", "1.102", "62,4%"], ["Hộ tịch", "2.168", "96,1%"]],
    )
    heading(document, "II. KIẾN NGHỊ")
    text(document, LONG * 6)
    text(document, "Trên đây là báo cáo kết quả, Sở Giao thông vận tải trân trọng báo cáo./.")
    _end(
        document,
        ["- Như trên;", "- Các phòng thuộc Sở;", "- Lưu: VT, VP (03b)."],
        ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
        "Nguyễn Văn A",
    )
    appendix(document)
    return document


def letter() -> Any:
    """A letter (công văn) to two recipients, of one page."""
    document = _blank()
    left = _head(document, above="", body="ỦY BAN NHÂN DÂN", more="PHƯỜNG KIẾN HƯNG", number="Số: 05/UBND-VP")
    subject = _paragraph(left, "V/v đề nghị tham gia khảo sát", size=12, align=ALIGN.CENTER)
    subject.paragraph_format.space_before = Pt(6)
    _addressed(document, "Kính gửi:")
    for line in ("- Phòng Nội vụ;", "- Các tổ dân phố."):
        one = _paragraph(document, line, size=14)
        one.paragraph_format.left_indent = Mm(60)
    text(document, LONG * 2)
    text(document, "Đề nghị các đơn vị phối hợp thực hiện./.")
    _end(document, ["- Như trên;", "- Lưu: VT."], ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], "")
    return document


def minutes() -> Any:
    """Minutes with two signers."""
    document = _blank()
    _head(document, above="UBND PHƯỜNG KIẾN HƯNG", body="TỔ KHẢO SÁT", number="Số:      /BB-TKS")
    _title(document, "BIÊN BẢN", "Mở hòm phiếu ngày 20 tháng 11 năm 2026")
    text(document, "Hôm nay, tại bộ phận Một cửa, chúng tôi gồm các thành viên của Tổ khảo sát.")
    text(document, "Biên bản lập thành 02 bản, mỗi bên giữ một bản.")
    table = document.add_table(1, 2)
    for cell, title, name in zip(
        table.rows[0].cells, ("NGƯỜI LẬP BIÊN BẢN", "TỔ TRƯỞNG"), ("Trần Thị B", "Lê Văn C"), strict=True
    ):
        _first(cell, title, size=13, bold=True, align=ALIGN.CENTER)
        _paragraph(cell, "(Ký, ghi rõ họ tên)", size=13, italic=True, align=ALIGN.CENTER)
        _paragraph(cell, name, size=14, bold=True, align=ALIGN.CENTER)
    return document


# --- parts --------------------------------------------------------------------------------------------------


def ground(document: Any, words: str) -> Any:
    """One line of the grounds."""
    return _body(_paragraph(document, words, size=14, italic=True))


def text(document: Any, words: str) -> Any:
    """One paragraph of the text."""
    return _body(_paragraph(document, words, size=14))


def heading(document: Any, words: str) -> Any:
    """One heading, of either level."""
    return _body(_paragraph(document, words, size=14, bold=True))


def appendix(document: Any) -> Any:
    """An appendix across, whose pages are counted from 1."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)
    _paragraph(document, "Phụ lục", size=14, bold=True, align=ALIGN.CENTER)
    _paragraph(document, "TỔNG HỢP THEO NGÀY", size=14, bold=True, align=ALIGN.CENTER)
    _paragraph(document, "(Kèm theo Báo cáo số      /BC-SGTVT)", size=14, italic=True, align=ALIGN.CENTER)
    _table(document, [["Ngày", "Số phiếu"], ["20/11/2026", "31"]])
    return section


def rule(paragraph: Any, width: float) -> None:
    """A solid line of `width` mm, drawn as a shape that is anchored in the paragraph."""
    pict = OxmlElement("w:pict")
    line = pict.makeelement(
        "{urn:schemas-microsoft-com:vml}line", {"from": "20mm,2mm", "to": f"{20 + width}mm,2mm"}
    )
    pict.append(line)
    paragraph.add_run()._r.append(pict)


def find(document: Any, words: str) -> Any:
    """The first paragraph that begins with these words, in the body or in a table's cell."""
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    everywhere = [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]
    return next(one for one in everywhere if one.text.startswith(words))


def _blank() -> Any:
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(14)
    normal.paragraph_format.space_after, normal.paragraph_format.space_before = Pt(0), Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    header = section.header.paragraphs[0]
    header.alignment = ALIGN.CENTER
    run = header.add_run()
    run.font.size = Pt(13)
    for kind, words in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "2"), ("end", "")):
        if kind == "text":
            element = OxmlElement("w:t")
            element.text = words
        elif kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = words
        run._r.append(element)
    return document


def _head(document: Any, *, above: str, body: str, number: str, more: str = "") -> Any:
    """The two columns at the top; returns the left cell of the second row."""
    table = document.add_table(2, 2)
    table.autofit = False
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(70), Mm(95)
    left, right = table.rows[0].cells
    names = [(name, bold) for name, bold in ((above, False), (body, True), (more, True)) if name]
    for at, (name, bold) in enumerate(names):
        one = (_first if at == 0 else _paragraph)(left, name, size=13, bold=bold, align=ALIGN.CENTER)
    rule(one, 12 + len(names[-1][0]) / 2)
    _first(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=13, bold=True, align=ALIGN.CENTER)
    motto = _paragraph(right, "Độc lập - Tự do - Hạnh phúc", size=14, bold=True, align=ALIGN.CENTER)
    rule(motto, 60)
    left, right = table.rows[1].cells
    _first(left, number, size=13, align=ALIGN.CENTER)
    _first(right, "Quảng Bình, ngày 05 tháng 7 năm 2026", size=14, italic=True, align=ALIGN.CENTER)
    return left


def _title(document: Any, name: str, subject: str) -> None:
    _paragraph(document, name, size=14, bold=True, align=ALIGN.CENTER)
    _paragraph(document, subject, size=14, bold=True, align=ALIGN.CENTER)
    rule(_paragraph(document, "", size=14, align=ALIGN.CENTER), 45)


def _addressed(document: Any, words: str) -> None:
    _paragraph(document, words, size=14, align=ALIGN.CENTER if words.endswith("tỉnh") else ALIGN.LEFT)


def _end(document: Any, recipients: Sequence[str], titles: Sequence[str], name: str) -> None:
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    _first(left, "Nơi nhận:", size=12, bold=True, italic=True)
    for line in recipients:
        _paragraph(left, line, size=11)
    for at, title in enumerate(titles):
        (_first if at == 0 else _paragraph)(right, title, size=14, bold=True, align=ALIGN.CENTER)
    for _ in range(3):
        _paragraph(right, "", size=14)
    if name:
        _paragraph(right, name, size=14, bold=True, align=ALIGN.CENTER)


def _table(document: Any, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(0, len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _first(cell, words, size=13)


def _paragraph(holder: Any, words: str, **form: Any) -> Any:
    return _formed(holder.add_paragraph(), words, **form)


def _first(cell: Any, words: str, **form: Any) -> Any:
    return _formed(cell.paragraphs[0], words, **form)


def _formed(
    paragraph: Any, words: str, *, size: float, bold: bool = False, italic: bool = False, align: Any = None
) -> Any:
    paragraph.alignment = align
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _body(paragraph: Any) -> Any:
    paragraph.alignment = ALIGN.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.paragraph_format.space_before = Pt(6)
    return paragraph
