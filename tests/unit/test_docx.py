"""The form of decree 30/2020/NĐ-CP, read back from the file with python-docx, which wrote none of it."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

import docx
import msgspec
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm

from sync.central.reports.model import (
    Column,
    Document,
    Heading,
    Letterhead,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
    blocks_of,
    for_outside,
    written,
)
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.writing import typography
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.layout import COUNTRY, MOTTO, place_and_date, signed_on
from sync.central.reports.writing.typeface import width
from tests.support.documents import LETTERHEAD, letter, minutes, monthly_report, units_table

REPORT = monthly_report()


def opened(document: Document) -> Any:
    return docx.Document(io.BytesIO(write_docx(document)))


@pytest.fixture(scope="module")
def report() -> Any:
    return opened(REPORT)


def all_elements(file: Any, name: str) -> Iterator[Any]:
    yield from file.element.iter(qn(name))


def paragraph(file: Any, text: str) -> Any:
    """The only paragraph with this text, wherever it is."""
    matches = [each for each in all_elements(file, "w:p") if text in text_of(each)]
    assert len(matches) == 1, text
    return matches[0]


def text_of(element: Any) -> str:
    return "".join(
        node.text or "" if node.tag == qn("w:t") else "\n" for node in element.iter(qn("w:t"), qn("w:br"))
    )


def value(element: Any, path: str, attribute: str = "w:val") -> str | None:
    child = element.find(path, element.nsmap)
    return None if child is None else child.get(qn(attribute))


def letters(element: Any) -> tuple[float, bool, bool]:
    """The size in points, bold, italic."""
    run = element.find("w:r/w:rPr", element.nsmap)
    return int(value(run, "w:sz") or 0) / 2, run.find(qn("w:b")) is not None, run.find(qn("w:i")) is not None


@pytest.mark.parametrize("document", [REPORT, for_outside(REPORT), letter(), minutes()])
def test_it_violates_no_rule_of_the_decree(document: Document) -> None:
    assert check_form(write_docx(document), read_profile()) == ()


# --- the page ---------------------------------------------------------------------------------------------


def test_paper_and_margins(report: Any) -> None:
    for section in report.sections:
        pages = (section.page_width.twips, section.page_height.twips)
        assert sorted(pages) == [11906, 16838]
        assert Mm(20) - 100 <= section.top_margin <= Mm(25)
        assert Mm(20) - 100 <= section.bottom_margin <= Mm(25)
        assert Mm(30) - 100 <= section.left_margin <= Mm(35)
        assert Mm(15) <= section.right_margin <= Mm(20)
    first, second, third = report.sections
    assert first.page_width < first.page_height
    assert second.page_width < second.page_height
    assert third.page_width > third.page_height


def test_page_number_is_in_the_top_margin_of_all_but_the_first_page_and_begins_anew(report: Any) -> None:
    for section in report.sections:
        assert section.different_first_page_header_footer
        assert not any(each.text for each in section.first_page_header.paragraphs)
        (header,) = section.header.paragraphs
        assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert "PAGE" in "".join(node.text for node in header._p.iter(qn("w:instrText")))
        assert value(section._sectPr, "w:pgNumType", "w:start") == "1"
        assert section.header_distance < section.top_margin


def test_every_letter_is_times_new_roman_black_and_composed(report: Any) -> None:
    headers = [section.header.paragraphs[0]._p for section in report.sections]
    runs = [*all_elements(report, "w:r"), *(run for header in headers for run in header.iter(qn("w:r")))]
    assert len(runs) > 200
    for run in runs:
        fonts = run.find("w:rPr/w:rFonts", run.nsmap)
        names = {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")}
        assert names == {"Times New Roman"}
    text = zipfile.ZipFile(io.BytesIO(write_docx(REPORT))).read("word/document.xml").decode()
    assert normalize("NFC", text) == text
    assert set(re.findall(r'w:color(?:="|[^>]*w:val=")([^"]*)', text)) == {"auto"}


# --- the frame --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size", "bold", "italic"),
    [
        (COUNTRY, (12, 13), True, False),
        (MOTTO, (13, 14), True, False),
        ("PHƯỜNG VÍ DỤ", (12, 13), True, False),
        ("/BC-UBND", (13, 13), False, False),
        ("BÁO CÁO", (13, 14), True, False),
        ("tổ chức tháng 11 năm 2026", (13, 14), True, False),
        ("Kính gửi: Ủy ban nhân dân thành phố", (13, 14), False, False),
        ("Nơi nhận:", (12, 12), True, True),
        ("- Lưu: VT.", (11, 11), False, False),
        ("CHỦ TỊCH", (13, 14), True, False),
        ("Phụ lục II", (14, 14), True, False),
        ("KẾT QUẢ THEO ĐƠN VỊ", (13, 14), True, False),
    ],
)
def test_letters(text: str, size: tuple[int, int], bold: bool, italic: bool, report: Any) -> None:
    paragraphs = [each for each in all_elements(report, "w:p") if text_of(each).endswith(text)]
    element = paragraphs[0] if paragraphs else paragraph(report, text)
    points, is_bold, is_italic = letters(element)
    assert size[0] <= points <= size[1]
    assert (is_bold, is_italic) == (bold, italic)


def test_body_above_is_not_bold_and_place_is_italic() -> None:
    file = opened(letter())
    assert letters(paragraph(file, "UBND TỈNH VÍ DỤ")) == (13, False, False)
    assert letters(paragraph(file, "Ví Dụ, ngày 05 tháng 02 năm 2026")) == (13, False, True)


def test_rules_are_as_long_as_the_decree_says(report: Any) -> None:
    frame = report.tables[0]
    room = typography.room(landscape=False)

    def rule_after(element: Any, space: float) -> float:
        rule = element.getnext()
        assert rule.find("w:pPr/w:pBdr/w:top", rule.nsmap) is not None
        indents = [int(value(rule, "w:pPr/w:ind", side) or 0) for side in ("w:left", "w:right")]
        return space - sum(indents) / 20

    left, right = (int(value(cell._tc, "w:tcPr/w:tcW", "w:w") or 0) / 20 for cell in frame.rows[0].cells)
    motto = rule_after(paragraph(report, MOTTO), right)
    assert motto == pytest.approx(width(MOTTO, 14, bold=True), abs=0.2)
    body = rule_after(paragraph(report, "PHƯỜNG VÍ DỤ"), left)
    assert 1 / 3 <= body / width("ỦY BAN NHÂN DÂN", 13, bold=True) <= 1 / 2
    element = paragraph(report, "Kết quả khảo sát, đo lường")
    widest = max(width(line, 14, bold=True) for line in text_of(element).split("\n"))
    assert 1 / 3 <= rule_after(element, room) / widest <= 1 / 2


def test_frame_fits_its_cells(report: Any) -> None:
    """The name of the state is on one line, in Word, too: its cell is wider than the text."""
    right = int(value(report.tables[0].rows[0].cells[1]._tc, "w:tcPr/w:tcW", "w:w") or 0) / 20
    assert width(COUNTRY, 13, bold=True) < right - 2
    assert value(report.tables[0]._tbl, "w:tblPr/w:tblBorders/w:top") == "nil"


def test_letter_has_its_subject_under_the_number() -> None:
    file = opened(letter())
    assert [text_of(each) for each in all_elements(file, "w:p")][:1] == [
        "Mã hiệu: BM.VP.07.02 · Lần ban hành: 01"
    ]
    number = paragraph(file, "/STP-VP")
    assert text_of(number).split() == ["Số:", "/STP-VP"]
    subject = number.getnext()
    assert text_of(subject) == "V/v đề nghị tham gia khảo\nsát sự hài lòng năm 2026"
    assert value(subject, "w:pPr/w:spacing", "w:before") == "120"
    assert letters(subject)[1:] == (False, False)
    assert "CÔNG VĂN" not in [text_of(each) for each in all_elements(file, "w:p")]


def test_several_recipients_are_listed_under_kinh_gui_and_grounds_end_with_their_signs() -> None:
    texts = [each.text for each in opened(letter()).paragraphs]
    at = texts.index("Kính gửi:")
    assert texts[at + 1 : at + 5] == [
        "- Ủy ban nhân dân các xã, phường;",
        "- Các phòng chuyên môn.",
        "Căn cứ Luật Tổ chức chính quyền địa phương;",
        "Căn cứ Kế hoạch số 12/KH-STP ngày 05/01/2026 của Sở Tư pháp.",
    ]
    assert letters(paragraph(opened(letter()), "Căn cứ Luật")) == (14, False, True)


def test_every_day_of_a_leap_year_has_its_zeros() -> None:
    for ahead in range(366):
        day = date(2028, 1, 1) + timedelta(days=ahead)
        match = re.fullmatch(r"ngày (\d\d) tháng (0[12]|[3-9]|1[0-2]) năm 2028", signed_on(day))
        assert match is not None
        assert (int(match[1]), int(match[2])) == (day.day, day.month)


def test_day_of_signing_stays_blank_until_it_is_signed() -> None:
    assert place_and_date(LETTERHEAD).split() == ["Ví", "Dụ,", "ngày", "tháng", "năm", "2026"]


# --- the text ---------------------------------------------------------------------------------------------


def test_text_is_justified_with_a_first_line_and_space_below(report: Any) -> None:
    element = paragraph(report, "Thực hiện Kế hoạch số 125")
    assert value(element, "w:pPr/w:jc") == "both"
    assert value(element, "w:pPr/w:ind", "w:firstLine") == "720"
    assert int(value(element, "w:pPr/w:spacing", "w:after") or 0) >= 120
    assert letters(element) == (14, False, False)
    assert text_of(paragraph(report, "Có 1.102 lượt")).startswith("- ")
    assert text_of(paragraph(report, "trân trọng")).endswith("./.")


@pytest.mark.parametrize(
    ("text", "style", "bold"),
    [
        ("I. TÌNH HÌNH TRIỂN KHAI", "heading 1", True),
        ("2. Số lượng phiếu", "heading 2", True),
        ("a) Theo nội dung", "heading 3", False),
    ],
)
def test_headings_are_in_the_outline_and_stay_with_their_text(
    text: str, style: str, bold: bool, report: Any
) -> None:
    (heading,) = [each for each in report.paragraphs if each.text == text]
    assert heading.style.name.lower() == style
    assert heading.paragraph_format.keep_with_next
    assert heading.runs[0].bold or not bold


def test_heading_without_a_number_is_its_title_alone() -> None:
    document = msgspec.structs.replace(REPORT, body=(Heading(2, "", "Phương pháp"),), appendices=())
    assert "Phương pháp" in [each.text for each in opened(document).paragraphs]


def test_what_nobody_wrote_is_a_dotted_line(report: Any) -> None:
    leaders = [tab for tab in all_elements(report, "w:tab") if tab.get(qn("w:leader")) == "dot"]
    assert len(leaders) == 2
    assert {tab.get(qn("w:pos")) for tab in leaders} == {"9354"}
    texts = [each.text for each in report.paragraphs]
    at = texts.index("Người dân hài lòng nhất về thái độ phục vụ.")
    assert texts[at + 1] == "Số lượt trả lời tăng."
    assert not any("Số lần phát thanh" in text for text in texts)


def test_pasted_text_is_composed_and_loses_what_no_file_can_hold() -> None:
    pasted = normalize("NFD", "Đã niêm yết") + "\x07\x0b\ud800 <b>&amp;\r\nDòng hai"
    document = msgspec.structs.replace(REPORT, body=(Words(id="x", text=pasted),), appendices=())
    texts = [each.text for each in opened(document).paragraphs]
    at = texts.index("Đã niêm yết <b>&amp;")
    assert texts[at + 1] == "Dòng hai"


# --- tables -----------------------------------------------------------------------------------------------


def test_every_figure_is_in_its_cell_as_the_document_writes_it(report: Any) -> None:
    tables = [block for block in blocks_of(REPORT) if isinstance(block, Table) and block.rows]
    # The first table is the frame, the last of the body the signature.
    drawn = [each for each in report.tables if len(each.columns) > 2]
    assert len(tables) == len(drawn) == 5
    for table, grid in zip(tables, drawn, strict=True):
        rows = grid.rows[-len(table.rows) :]
        assert [[cell.text for cell in row.cells] for row in rows] == [
            [written(cell) for cell in row.cells] for row in table.rows
        ]


def test_header_is_repeated_and_no_row_is_split(report: Any) -> None:
    grid = next(each for each in report.tables if each.cell(0, 0).text == "TT")
    assert [row._tr.find("w:trPr/w:tblHeader", row._tr.nsmap) is not None for row in grid.rows] == [
        *(True, True),
        *(False, False),
    ]
    assert all(row._tr.find("w:trPr/w:cantSplit", row._tr.nsmap) is not None for row in grid.rows)
    assert grid.cell(0, 3).text == grid.cell(0, 4).text == "Rất hài lòng"
    assert [grid.cell(1, at).text for at in (3, 4)] == ["SL", "%"]
    assert grid.cell(0, 1)._tc is grid.cell(1, 1)._tc or grid.cell(1, 1).text == "Nội dung"
    assert value(grid._tbl, "w:tblPr/w:tblBorders/w:insideH") == "single"


def test_numbers_are_right_aligned_and_totals_bold(report: Any) -> None:
    grid = next(each for each in report.tables if each.cell(0, 0).text == "Hình thức")
    alignments = [value(cell.paragraphs[0]._p, "w:pPr/w:jc") for cell in grid.rows[1].cells]
    assert alignments == ["left", *["right"] * 5]
    assert all(cell.paragraphs[0].runs[0].bold for cell in grid.rows[-1].cells)


def test_table_is_as_wide_as_the_text_and_a_short_one_on_one_page(report: Any) -> None:
    for grid in report.tables:
        across = {
            sum(int(value(cell, "w:tcPr/w:tcW", "w:w") or 0) for cell in row._tr.tc_lst) for row in grid.rows
        }
        assert max(across) - min(across) <= 1
        assert across.pop() == pytest.approx(14286 if len(grid.rows) == 42 else 9354, abs=20)
    grid = next(each for each in report.tables if each.cell(0, 0).text == "TT")
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in grid.rows]
    assert kept == [True, True, True, None]


def test_empty_table_says_so(report: Any) -> None:
    texts = [each.text for each in report.paragraphs]
    at = texts.index("Bảng 6. Biện pháp khắc phục")
    assert texts[at + 1] == "Không có hạn chế phải khắc phục trong kỳ."


def test_copy_that_leaves_the_office_names_no_officer(report: Any) -> None:
    assert "Cán bộ Một" in "".join(text_of(each) for each in all_elements(report, "w:tbl"))
    outside = opened(for_outside(REPORT))
    assert "Cán bộ Một" not in "".join(text_of(each) for each in all_elements(outside, "w:p"))


# --- the end ----------------------------------------------------------------------------------------------


def test_recipients_and_signature_are_side_by_side_on_one_page(report: Any) -> None:
    block = report.tables[4]
    recipients, signature = block.rows[0].cells
    assert recipients.text.split("\n") == [
        "Nơi nhận:",
        "- Như trên;",
        "- Đảng ủy phường (b/c);",
        "- Lưu: VT.",
    ]
    assert signature.text.split("\n") == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", *[""] * 5]
    assert all(
        each.paragraph_format.keep_with_next for each in (*recipients.paragraphs, *signature.paragraphs)
    )
    ending = next(each for each in report.paragraphs if each.text.endswith("./."))
    assert ending.paragraph_format.keep_with_next


def test_minutes_have_two_signatures() -> None:
    block = opened(minutes()).tables[-1]
    assert [cell.text.strip() for cell in block.rows[0].cells] == ["NGƯỜI LẬP BIÊN BẢN", "NGƯỜI CHỨNG KIẾN"]


def test_third_signature_and_recipients_of_minutes_have_rows_of_their_own() -> None:
    three = tuple(Signature((title,)) for title in ("A", "B", "C"))
    document = msgspec.structs.replace(minutes(), signatures=three, recipients=("Lưu: VT",))
    rows = opened(document).tables[-1].rows
    assert [[cell.text.strip() for cell in row.cells] for row in rows] == [
        ["A", "B"],
        ["C", ""],
        ["Nơi nhận:\n- Lưu: VT.", ""],
    ]


def test_appendix_says_to_what_it_belongs(report: Any) -> None:
    texts = [each.text for each in report.paragraphs]
    at = texts.index("Phụ lục II")
    assert texts[at + 1] == "KẾT QUẢ THEO ĐƠN VỊ"
    assert re.sub(r"\s+", " ", texts[at + 2]) == (
        "(Kèm theo Báo cáo số /BC-UBND ngày tháng năm 2026 của Ủy ban nhân dân phường Ví Dụ)"
    )


# --- the file ---------------------------------------------------------------------------------------------


def test_same_document_gives_the_same_bytes() -> None:
    assert write_docx(monthly_report()) == write_docx(monthly_report())


def test_properties_name_the_document_and_no_person(report: Any) -> None:
    properties = report.core_properties
    assert properties.title == f"Báo cáo {REPORT.subject}"
    assert properties.author == "Ủy ban nhân dân phường Ví Dụ"
    assert properties.language == "vi-VN"


def test_document_of_nearly_nothing() -> None:
    document = Document(
        kind="thu",
        letterhead=Letterhead(body=("ỦY BAN NHÂN DÂN",), type="TB", code="", place="Ví Dụ", year=2026),
        subject="",
        body=(),
        signatures=(),
    )
    assert "/TB" in "".join(text_of(each) for each in all_elements(opened(document), "w:p"))


def test_table_wider_than_the_page_still_fits() -> None:
    long = "Ngườiđượcphâncôngchịutráchnhiệmthựchiện"
    columns = tuple(Column(title=f"{long}{at}") for at in range(8))
    table = Table(id="rong", caption="", columns=columns, rows=(Row(cells=("x",) * 8),))
    document = msgspec.structs.replace(REPORT, body=(table, Paragraph("Hết.")), appendices=())
    grid = opened(document).tables[1]
    assert sum(int(column.get(qn("w:w"))) for column in grid._tbl.tblGrid) == pytest.approx(9354, abs=20)


def test_a_province_is_one_table() -> None:
    document = msgspec.structs.replace(REPORT, body=(units_table(168),), appendices=())
    assert len(opened(document).tables[1].rows) == 170
