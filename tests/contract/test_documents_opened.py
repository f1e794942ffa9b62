"""Documents as others open them: the Word file by LibreOffice, both PDFs by poppler.

Every word and every figure of a document is on its pages, and both PDFs have the same pages.
"""

import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from sync.central.reports.model import Column, Heading, Paragraph, Row, Table
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.pdf import write_pdf
from tests.support import libreoffice
from tests.support.documents import letter, minutes, monthly_report, units_table
from tests.support.printed_words import figures_of, pages_of, words_laid_out, words_of

DOCUMENTS = {"bao-cao": monthly_report(), "cong-van": letter(), "bien-ban": minutes()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def opened(folder: Path) -> dict[str, Path]:
    """What LibreOffice makes of the Word files."""
    if not libreoffice.installed():
        pytest.skip("LibreOffice is not installed")
    return libreoffice.as_pdf({name: write_docx(document) for name, document in DOCUMENTS.items()}, folder)


@pytest.fixture(scope="module")
def ours(folder: Path) -> dict[str, Path]:
    files = {name: folder / f"ours-{name}.pdf" for name in DOCUMENTS}
    for name, file in files.items():
        file.write_bytes(write_pdf(DOCUMENTS[name]))
    return files


def reported(program: str, file: Path, *options: str) -> str:
    return subprocess.run([program, *options, str(file)], capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("by", ["libreoffice", "us"])
def test_every_word_and_figure_is_on_the_pages(
    name: str, by: str, opened: dict[str, Path], ours: dict[str, Path]
) -> None:
    file = (opened if by == "libreoffice" else ours)[name]
    words = words_of(pages_of(file))
    assert not words_laid_out(DOCUMENTS[name]) - words
    assert not figures_of(DOCUMENTS[name]) - words


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_have_the_same_pages(name: str, opened: dict[str, Path], ours: dict[str, Path]) -> None:
    assert sizes(opened[name]) == sizes(ours[name])


def sizes(file: Path) -> list[tuple[int, int]]:
    lines = reported("pdfinfo", file, "-f", "1", "-l", "99").splitlines()
    matches = [re.search(r"size: +([\d.]+) x ([\d.]+)", line) for line in lines]
    return [(round(float(match[1])), round(float(match[2]))) for match in matches if match]


def test_pages_are_a4_and_counted_anew_in_each_appendix(ours: dict[str, Path]) -> None:
    file = ours["bao-cao"]
    assert sizes(file) == [(595, 842)] * 4 + [(842, 595)] * 2
    first_lines = [page.strip().split("\n")[0].strip() for page in pages_of(file)]
    assert [line for line in first_lines if line.isdecimal()] == ["2", "2", "2"]
    assert [line.isdecimal() for line in first_lines] == [False, True] * 3


def test_only_liberation_serif_is_in_the_pdf_and_all_of_it_embedded(ours: dict[str, Path]) -> None:
    rows = reported("pdffonts", ours["cong-van"]).splitlines()[2:]
    assert rows
    assert all(re.search(r"\+LiberationSerif\S* .* yes yes yes ", row) for row in rows)


def test_pdf_says_what_it_is_and_no_day(ours: dict[str, Path]) -> None:
    about = reported("pdfinfo", ours["bao-cao"])
    assert f"Báo cáo {DOCUMENTS['bao-cao'].subject}" in about
    assert "Ủy ban nhân dân phường Ví Dụ" in about
    assert re.search(rb"/Lang \(.*vi-VN", ours["bao-cao"].read_bytes())


def test_same_document_gives_the_same_pdf() -> None:
    assert write_pdf(monthly_report()) == write_pdf(monthly_report())


def test_header_of_a_table_is_on_each_of_its_pages(folder: Path) -> None:
    document = msgspec.structs.replace(monthly_report(), body=(units_table(90),), appendices=())
    file = folder / "units.pdf"
    file.write_bytes(write_pdf(document))
    with_rows = [page for page in pages_of(file) if "nhân dân xã" in page]
    assert len(with_rows) > 1
    assert all("Nội dung" in page for page in with_rows)


def test_text_of_any_length_comes_to_its_end(folder: Path) -> None:
    """Cells higher than a page, words longer than a line, and a heading that has to stay with its table."""
    texts = ("chữ " * 3000, "chữ " * 60, "dài" * 200)
    table = Table(
        id="t",
        caption="Bảng 1. Thử",
        columns=(Column(title="Hạn chế"), Column(title="Biện pháp")),
        rows=tuple(Row(cells=(text, f"{text}hết{at}")) for at, text in enumerate(texts)),
    )
    body = (Heading(1, "I", "Mục"), Paragraph("Câu. " * 400), table, Paragraph("Hết văn bản."))
    file = folder / "long.pdf"
    file.write_bytes(write_pdf(msgspec.structs.replace(monthly_report(), body=body, appendices=())))
    text = " ".join(pages_of(file))
    assert all(f"hết{at}" in text for at in range(2))
    assert "Hết văn bản." in text


def test_markup_in_a_text_is_text(folder: Path) -> None:
    body = (Paragraph("<b>A</b> & B <i>"),)
    file = folder / "markup.pdf"
    file.write_bytes(write_pdf(msgspec.structs.replace(monthly_report(), body=body, appendices=())))
    assert "<b>A</b> & B <i>" in " ".join(pages_of(file))
