"""The form of official documents: right ones pass; each of the 21 rules is found alone when it is broken."""

import io
import os
import re
import subprocess
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import typer
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.central.commands.form_check import check_document
from sync.central.reports.official_form.parsing import MOST_LETTERS, MOST_LINES, MOST_RUNS, read_document
from sync.central.reports.official_form.profile import Profile, read_profile
from sync.central.reports.official_form.rules.checking import check_form, examine
from sync.central.reports.official_form.rules.head import date_fault
from sync.central.reports.official_form.unpacked import MOST_BYTES
from sync.contract.problem import Kind, ProblemError
from sync.contract.problem.centre import DOCUMENT_TOO_LARGE, DOCUMENT_UNREADABLE
from sync.contract.problem.files import FILE_UNREADABLE
from tests.support.official_docx import find, letter, minutes, report, rule, saved

_PROFILE = read_profile()
_LETTER = saved(letter())
_LETTER_XML = ZipFile(io.BytesIO(_LETTER)).read("word/document.xml")
_VALUES = re.compile(rb'(="[^"]*")')
RIGHT: tuple[Callable[[], Any], ...] = (report, letter, minutes)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return read_profile()


def broken_rules(document: Any, profile: Profile) -> list[int]:
    return [violation.rule for violation in check_form(saved(document), profile)]


# --- right documents ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", RIGHT)
def test_a_right_document_violates_nothing(make: Callable[[], Any], profile: Profile) -> None:
    assert check_form(saved(make()), profile) == ()


def test_what_one_page_can_leave_out_is_reported_as_not_checked(profile: Profile) -> None:
    document = minutes()
    document.sections[0].header.paragraphs[0].clear()
    examination = examine(saved(document), profile)
    assert examination.violations == ()
    assert [unchecked.rule for unchecked in examination.unchecked] == [5]


@pytest.mark.programs
def test_a_document_that_libreoffice_has_saved_still_passes(profile: Profile, tmp_path: Path) -> None:
    for make in RIGHT:
        (tmp_path / f"{make.__name__}.docx").write_bytes(saved(make()))
    files = [str(tmp_path / f"{make.__name__}.docx") for make in RIGHT]
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "docx", "--outdir", str(tmp_path / "saved"), *files),
        ],
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    for make in RIGHT:
        content = (tmp_path / "saved" / f"{make.__name__}.docx").read_bytes()
        assert check_form(content, profile) == (), make.__name__


# --- 21 broken ones -----------------------------------------------------------------------------------------


def run_of(document: Any, words: str) -> Any:
    return find(document, words).runs[0]


def letter_paper(document: Any) -> None:
    document.sections[0].page_width, document.sections[0].page_height = Mm(215.9), Mm(279.4)


def lies_across(document: Any) -> None:
    appendix = document.sections[1]
    appendix.orientation = WD_ORIENT.LANDSCAPE
    table = document.tables[-1]._tbl
    table.getparent().remove(table)


def narrow_left(document: Any) -> None:
    document.sections[0].left_margin = Mm(20)


def other_font(document: Any) -> None:
    run_of(document, "Trong kỳ").font.name = "Arial"


def number_on_first_page(document: Any) -> None:
    document.sections[0].different_first_page_header_footer = False


def country_not_bold(document: Any) -> None:
    run_of(document, "CỘNG HÒA").bold = False


def motto_without_spaces(document: Any) -> None:
    run_of(document, "Độc lập").text = "Độc lập-Tự do-Hạnh phúc"


def body_above_bold(document: Any) -> None:
    run_of(document, "UBND TỈNH").bold = True


def long_line_under_body(document: Any) -> None:
    body = find(document, "SỞ GIAO")
    body._p.remove(body.runs[1]._r)
    rule(body, 58)


def wrong_type_in_number(document: Any) -> None:
    run_of(document, "Số:").text = "Số:        /KH-SGTVT"


def month_with_a_zero(document: Any) -> None:
    run_of(document, "Quảng Bình, ngày").text = "Quảng Bình, ngày 05 tháng 07 năm 2026"


def subject_not_bold(document: Any) -> None:
    run_of(document, "Kết quả đo lường").bold = False


def ground_ends_otherwise(document: Any) -> None:
    run_of(document, "Căn cứ Luật").text = "Căn cứ Luật Tổ chức chính quyền địa phương,"


def heading_not_in_capitals(document: Any) -> None:
    run_of(document, "II. KIẾN NGHỊ").text = "II. Kiến nghị"


def text_not_justified(document: Any) -> None:
    find(document, "Trong kỳ").alignment = ALIGN.LEFT


def wrong_authority(document: Any) -> None:
    run_of(document, "KT. GIÁM ĐỐC").text = "K/T GIÁM ĐỐC"


def nobody_addressed(document: Any) -> None:
    line = find(document, "Kính gửi")._p
    line.getparent().remove(line)


def recipients_too_large(document: Any) -> None:
    run_of(document, "- Các phòng").font.size = Pt(13)


def pages_go_on(document: Any) -> None:
    section = document.sections[1]._sectPr
    section.remove(section.find("{*}pgNumType"))


def decimal_dot(document: Any) -> None:
    run_of(document, "Số phiếu hợp lệ").text = "Số phiếu hợp lệ là 3.270 phiếu, tỷ lệ hài lòng 90.5%."


BROKEN: tuple[tuple[int, Callable[[Any], None]], ...] = (
    (1, letter_paper),
    (2, lies_across),
    (3, narrow_left),
    (4, other_font),
    (5, number_on_first_page),
    (6, country_not_bold),
    (7, motto_without_spaces),
    (8, body_above_bold),
    (9, long_line_under_body),
    (10, wrong_type_in_number),
    (11, month_with_a_zero),
    (12, subject_not_bold),
    (14, ground_ends_otherwise),
    (15, heading_not_in_capitals),
    (16, text_not_justified),
    (17, wrong_authority),
    (18, nobody_addressed),
    (19, recipients_too_large),
    (20, pages_go_on),
    (21, decimal_dot),
)


@pytest.mark.parametrize(("number", "harm"), BROKEN, ids=[f"{n}-{harm.__name__}" for n, harm in BROKEN])
def test_a_report_that_breaks_one_rule_violates_that_rule(
    number: int, harm: Callable[[Any], None], profile: Profile
) -> None:
    document = report()
    harm(document)
    assert broken_rules(document, profile) == [number]


def test_a_letter_whose_subject_touches_its_number_violates_rule_13(profile: Profile) -> None:
    document = letter()
    find(document, "V/v").paragraph_format.space_before = Pt(0)
    assert broken_rules(document, profile) == [13]


def test_the_profile_has_21_rules(profile: Profile) -> None:
    assert [rule.number for rule in profile.rules] == list(range(1, 22))
    assert {number for number, _ in BROKEN} | {13} == set(range(1, 22))


# --- more of what offices write -----------------------------------------------------------------------------


def red(document: Any) -> None:
    run_of(document, "Trong kỳ").font.color.rgb = RGBColor(255, 0, 0)


def apart_marks(document: Any) -> None:
    run_of(document, "Trong kỳ").text = "Trong ky\u0300 này, mọi việc bình thường."


def motto_line_short(document: Any) -> None:
    motto = find(document, "Độc lập")
    motto._p.remove(motto.runs[1]._r)
    rule(motto, 20)


def no_motto_line(document: Any) -> None:
    motto = find(document, "Độc lập")
    motto._p.remove(motto.runs[1]._r)


def one_digit_number(document: Any) -> None:
    run_of(document, "Số:").text = "Số: 5/BC-SGTVT"


def doctor(document: Any) -> None:
    run_of(document, "Nguyễn Văn A").text = "TS. Nguyễn Văn A"


def no_end(document: Any) -> None:
    run_of(document, "Trên đây").text = "Trên đây là báo cáo kết quả."


def not_kept(document: Any) -> None:
    run_of(document, "- Lưu").text = "- Văn phòng."


def unnamed_appendix(document: Any) -> None:
    run_of(document, "a) Phát thanh").text = "a) Phát thanh hai lần mỗi ngày; chi tiết kèm theo."


def day_with_dashes(document: Any) -> None:
    run_of(document, "Số phiếu hợp lệ").text = "Tính đến ngày 20-11-2026, có 3.270 phiếu."


@pytest.mark.parametrize(
    ("number", "harm"),
    [
        (4, red),
        (4, apart_marks),
        (7, motto_line_short),
        (7, no_motto_line),
        (10, one_digit_number),
        (16, no_end),
        (17, doctor),
        (19, not_kept),
        (20, unnamed_appendix),
        (21, day_with_dashes),
    ],
)
def test_a_common_mistake_violates_its_rule_alone(
    number: int, harm: Callable[[Any], None], profile: Profile
) -> None:
    document = report()
    harm(document)
    assert broken_rules(document, profile) == [number]


def test_the_same_mistake_in_many_places_is_one_violation(profile: Profile) -> None:
    document = report()
    for paragraph in document.paragraphs:
        if paragraph.alignment == ALIGN.JUSTIFY:
            paragraph.paragraph_format.first_line_indent = Mm(5)
    violations = [one for one in check_form(saved(document), profile) if one.rule == 16]
    assert len(violations) == 1
    assert violations[0].more > 2
    assert violations[0].found.vi == "chữ đầu dòng lùi vào 0,5 cm"
    assert violations[0].found.en == "first line indented by 0.5 cm"


def test_a_head_without_a_table_is_not_checked_instead_of_violated(profile: Profile) -> None:
    document = report()
    head = document.tables[0]._tbl
    words = document.paragraphs[0].insert_paragraph_before(
        "UBND TỈNH QUẢNG BÌNH\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    )
    words.alignment = ALIGN.LEFT
    head.getparent().remove(head)
    examination = examine(saved(document), profile)
    assert not {violation.rule for violation in examination.violations} & {6, 7, 8, 9, 10, 11}
    assert {6, 7, 8, 9, 10, 11} <= {unchecked.rule for unchecked in examination.unchecked}


def test_numbers_that_word_writes_by_itself_are_read(profile: Profile) -> None:
    document = report()
    heading = find(document, "II. KIẾN NGHỊ")
    heading.runs[0].text = "Kiến nghị"
    numbering = document.part.numbering_part.element
    level = numbering.find("{*}abstractNum/{*}lvl")
    level.find("{*}numFmt").set(level.tag.replace("lvl", "val"), "upperRoman")
    level.find("{*}lvlText").set(level.tag.replace("lvl", "val"), "%1.")
    abstract = numbering.find("{*}abstractNum").get(level.tag.replace("lvl", "abstractNumId"))
    heading._p.get_or_add_pPr().get_or_add_numPr().get_or_add_ilvl().val = 0
    heading._p.pPr.numPr.get_or_add_numId().val = numbering.add_num(int(abstract)).numId
    violations = check_form(saved(document), profile)
    assert [(one.rule, one.found.vi) for one in violations] == [(15, "không in hoa")]
    assert "I. Kiến nghị" in violations[0].where.vi


@pytest.mark.parametrize(
    ("words", "is_right"),
    [
        ("Thủ tục 2.000815 có 1.102 phiếu.", True),
        ("Giai đoạn 2021-2025 đơn vị được khảo sát hai lần.", True),
        ("Theo khoản 2.1 và Mẫu 1.9, năm 2026 người dân được hỏi một lần.", True),
        ("Điểm trung bình 4,27; tăng 2,3 điểm.", True),
        ("Tăng 2.3 điểm.", False),
        ("Có 3270 phiếu.", False),
        ("Tổng số 1,234,567 lượt.", False),
        ("Từ ngày 2026-11-20.", False),
        ("Ngày 20.11.2026.", False),
    ],
)
def test_figures_and_days_are_distinguished_from_codes_and_years(
    words: str, is_right: bool, profile: Profile
) -> None:
    document = report()
    run_of(document, "Số phiếu hợp lệ").text = words
    assert broken_rules(document, profile) == ([] if is_right else [21])


def test_codes_in_cells_are_no_figures(profile: Profile) -> None:
    document = report()
    cells = document.tables[1].rows[1].cells
    cells[0].paragraphs[0].runs[0].text = "1.1"
    cells[1].paragraphs[0].runs[0].text = "2.000815"
    assert broken_rules(document, profile) == []
    cells[1].paragraphs[0].runs[0].text = "4.27"
    assert broken_rules(document, profile) == [21]


CONNECTOR = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
  xmlns:v="urn:schemas-microsoft-com:vml">
  <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor>
    <wp:extent cx="{width}" cy="0"/><a:graphic><a:graphicData><wps:wsp><wps:spPr>
    <a:prstGeom prst="straightConnector1"/></wps:spPr></wps:wsp></a:graphicData></a:graphic>
  </wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>
    <v:shape type="#_x0000_t32" style="position:absolute;width:10pt;height:0"/>
  </w:pict></mc:Fallback></mc:AlternateContent></w:r>
"""


def draw_as_word(paragraph: Any, mm: float) -> None:
    """A connector as Word draws it, also for older programs, instead of the line that is there."""
    paragraph._p.remove(paragraph.runs[-1]._r)
    paragraph._p.append(parse_xml(CONNECTOR.replace("{width}", str(int(mm * 36_000)))))


@pytest.mark.parametrize(("mm", "rules"), [(60, []), (20, [7])])
def test_a_line_that_word_draws_is_measured_once(mm: float, rules: list[int], profile: Profile) -> None:
    document = report()
    draw_as_word(find(document, "Độc lập"), mm)
    assert broken_rules(document, profile) == rules


def test_a_line_that_is_drawn_in_the_other_column_is_not_checked(profile: Profile) -> None:
    document = report()
    motto = find(document, "Độc lập")
    motto._p.remove(motto.runs[1]._r)
    rule(find(document, "SỞ GIAO"), 60)
    examination = examine(saved(document), profile)
    assert examination.violations == ()
    assert [unchecked.rule for unchecked in examination.unchecked] == [7]


def test_borders_and_underscores_are_lines_too(profile: Profile) -> None:
    document = report()
    subject = document.paragraphs[2]
    subject._p.remove(subject.runs[-1]._r)
    subject.add_run("_" * 18)
    body = find(document, "SỞ GIAO")
    body._p.remove(body.runs[1]._r)
    below = document.tables[0].rows[0].cells[0].add_paragraph()
    below.paragraph_format.left_indent = below.paragraph_format.right_indent = Mm(21)
    below._p.get_or_add_pPr().append(
        parse_xml(
            '<w:pBdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            '<w:top w:val="single" w:sz="6"/></w:pBdr>'
        )
    )
    assert broken_rules(document, profile) == []


def test_a_form_that_comes_from_styles_and_themes_is_read(profile: Profile) -> None:
    document = report()
    text = find(document, "Trong kỳ")
    text.runs[0].font.size = None
    text.style = document.styles.add_style("Lời văn", WD_STYLE_TYPE.PARAGRAPH)
    text.style.base_style = document.styles["Normal"]
    assert broken_rules(document, profile) == []
    text.style.font.size = Pt(12)
    assert [one.found.vi for one in check_form(saved(document), profile)] == ["cỡ 12"]
    text.style.font.size = None
    fonts = document.styles["Normal"].element.rPr.rFonts
    for script in ("ascii", "hAnsi"):
        del fonts.attrib[qn(f"w:{script}")]
        fonts.set(qn(f"w:{script}Theme"), "minorHAnsi")
    found = {one.found.vi for one in check_form(saved(document), profile)}
    assert found == {"phông chữ Cambria"}  # the theme of python-docx


# --- rule 11 over a leap year -------------------------------------------------------------------------------


def test_every_day_of_a_leap_year_has_one_way_to_be_written() -> None:
    day = date(2028, 1, 1)
    for _ in range(366):
        right = f"{day.day:02d}", (f"{day.month:02d}" if day.month < 3 else f"{day.month}")
        for written_day in {f"{day.day:02d}", f"{day.day}"}:
            for written_month in {f"{day.month:02d}", f"{day.month}"}:
                text = f"Kiến Hưng, ngày {written_day} tháng {written_month} năm {day.year}"
                assert (date_fault(text) is None) == ((written_day, written_month) == right), text
        day += timedelta(days=1)
    assert day == date(2029, 1, 1)


@given(day=st.integers(0, 40), month=st.integers(0, 14), year=st.integers(1900, 2100))
def test_a_day_that_does_not_exist_is_a_fault(day: int, month: int, year: int) -> None:
    text = f"Kiến Hưng, ngày {day:02d} tháng {month:02d} năm {year}"
    exists = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    if not exists:
        assert date_fault(text) is not None


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("Kiến Hưng, ngày      tháng      năm 2026", True),
        ("Kiến Hưng, ngày … tháng … năm 2026", True),
        ("Kiến Hưng ngày 05 tháng 7 năm 2026", False),
        ("kiến Hưng, ngày 05 tháng 7 năm 2026", False),
        ("ngày 05 tháng 7 năm 2026", False),
        ("Kiến Hưng, ngày năm tháng bảy năm 2026", False),
    ],
)
def test_place_and_day_may_be_blank_but_not_otherwise(text: str, is_right: bool) -> None:
    assert (date_fault(" ".join(text.split())) is None) == is_right


# --- files from anybody -------------------------------------------------------------------------------------


def refused(content: bytes, profile: Profile) -> Kind:
    with pytest.raises(ProblemError) as raised:
        check_form(content, profile)
    return raised.value.problem.kind


def with_document(xml: bytes) -> bytes:
    """A report whose main part is `xml`."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(_LETTER)) as parts, ZipFile(out, "w", ZIP_DEFLATED) as changed:
        for name in parts.namelist():
            changed.writestr(name, xml if name == "word/document.xml" else parts.read(name))
    return out.getvalue()


def test_what_is_no_document_is_refused_by_number(profile: Profile) -> None:
    empty = io.BytesIO()
    with ZipFile(empty, "w") as parts:
        parts.writestr("readme.txt", "no document")
    for content in (
        b"",
        b"%PDF-1.7",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
        saved(report())[:-400],
        empty.getvalue(),
        with_document(b"<w:document"),
    ):
        assert refused(content, profile) is DOCUMENT_UNREADABLE


def test_entities_are_never_resolved(profile: Profile, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for declared in (f'<!ENTITY x SYSTEM "file://{secret}">', '<!ENTITY x "y">'):
        xml = f"<!DOCTYPE d [{declared}]><d>&x;</d>".encode()
        assert refused(with_document(xml), profile) is DOCUMENT_UNREADABLE


def test_a_file_that_unpacks_to_far_more_is_refused(profile: Profile) -> None:
    assert refused(with_document(b"<d>" + b" " * 60_000_000 + b"</d>"), profile) is DOCUMENT_TOO_LARGE
    assert refused(b"PK" + bytes(MOST_BYTES), profile) is DOCUMENT_TOO_LARGE


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RUN = "<w:r><w:t>a</w:t></w:r>"


def boxed(content: str, depth: int) -> str:
    """A paragraph with text boxes within each other, the innermost of this content."""
    for _ in range(depth):
        content = f"<w:r><w:txbxContent><w:p>{content}</w:p></w:txbxContent></w:r>"
    return f"<w:p>{content}</w:p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p>{_RUN}</w:p>" * (MOST_LINES + 1),
        f"<w:p><w:r>{'<w:br/>' * MOST_LINES}</w:r></w:p>",
        f"<w:tbl><w:tr>{'<w:tc/>' * (MOST_LINES + 1)}</w:tr></w:tbl>",
        f"<w:p>{_RUN * (MOST_RUNS + 1)}</w:p>",
        f"<w:p><w:r><w:t>{'a' * (MOST_LETTERS // 3 + 1)}</w:t></w:r></w:p>" * 3,
        boxed(_RUN * (MOST_RUNS + 1), 60),
    ],
    ids=["paragraphs", "breaks", "cells", "runs", "letters", "boxes"],
)
def test_a_file_that_would_take_long_to_read_is_refused(body: str, profile: Profile) -> None:
    xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    assert refused(with_document(xml.encode()), profile) is DOCUMENT_TOO_LARGE


def test_a_text_box_within_another_is_read_once() -> None:
    xml = f"<w:document {W}><w:body>{boxed(_RUN, 20)}</w:body></w:document>"
    assert [line.text for line in read_document(with_document(xml.encode())).boxes].count("a") == 1


@given(st.binary(max_size=2_000))
def test_bytes_of_anything_are_refused_by_number(content: bytes) -> None:
    refused(content, _PROFILE)
    refused(b"PK\x03\x04" + content, _PROFILE)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_document_gives_an_answer_or_a_number(data: st.DataObject) -> None:
    content = bytearray(_LETTER)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _answered(bytes(content))


@settings(max_examples=60)
@given(st.data())
def test_damaged_xml_gives_an_answer_or_a_number(data: st.DataObject) -> None:
    xml = _LETTER_XML
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(xml) - 1))
        length = data.draw(st.integers(0, 40))
        xml = (
            xml[:start]
            + data.draw(st.sampled_from([b"", b"-1", b"x", b"9" * 30, b"nan"]))
            + xml[start + length :]
        )
    _answered(with_document(xml))


@settings(max_examples=60)
@given(st.data())
def test_any_numbers_in_the_form_give_an_answer(data: st.DataObject) -> None:
    parts = _VALUES.split(_LETTER_XML)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(parts) // 2 - 1)) * 2 + 1
        value = data.draw(
            st.sampled_from([b"", b"-1", b"1e400", b"nan", b"inf", b"99999999999", b"none", b"x"])
        )
        parts[place] = b'="' + value + b'"'
    _answered(with_document(b"".join(parts)))


def _answered(content: bytes) -> None:
    with suppress(ProblemError):
        check_form(content, _PROFILE)


# --- the command --------------------------------------------------------------------------------------------


def test_the_command_reports_each_violation_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong = tmp_path / "dung.docx", tmp_path / "sai.docx"
    right.write_bytes(_LETTER)
    document = report()
    decimal_dot(document)
    wrong.write_bytes(saved(document))
    check_document([right])
    assert capsys.readouterr().out == "dung.docx: không thấy lỗi thể thức theo Nghị định 30/2020/NĐ-CP\n"
    with pytest.raises(typer.Exit) as ended:
        check_document([right, wrong])
    assert ended.value.exit_code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "sai.docx: 1 lỗi thể thức theo Nghị định 30/2020/NĐ-CP",
        "  Viết số, viết ngày: “90.5%”",
    ]


def test_the_command_names_the_file_that_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "quet.docx").write_bytes(b"%PDF-1.7")
    for name, kind in (("khong-co.docx", FILE_UNREADABLE), ("quet.docx", DOCUMENT_UNREADABLE)):
        with pytest.raises(ProblemError) as raised:
            check_document([tmp_path / name])
        assert raised.value.problem.kind is kind
        assert name in raised.value.problem.where
