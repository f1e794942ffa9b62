"""A poster says its figures with their n, and its QR code of more than 40 mm is read."""

import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from reportlab.lib.units import mm

from sync.central.reports.announcing.poster import (
    QR_SIDE,
    Poster,
    draw_poster,
    invitation_poster,
    result_poster,
)
from tests.unit.test_radio import NOVEMBER, RESULT

pytestmark = pytest.mark.programs

ADDRESS = "https://hailong.vidu.gov.vn/cong-khai/phuong-kien-hung/2026-10-21_2026-11-20"
NOTHING = replace(NOVEMBER, answers=0, ratings=(), weakest=None, done=())
CROWDED = replace(
    NOVEMBER,
    office="Trung tâm Phục vụ hành chính công và Xúc tiến đầu tư thành phố trực thuộc trung ương " * 2,
    ratings=tuple(replace(RESULT, topic="việc hướng dẫn, tiếp nhận và trả lời " * 6) for _ in range(5)),
    done=("Bố trí thêm ghế ngồi, nước uống, quạt và người hướng dẫn tại khu vực chờ " * 4,) * 3,
)


def drawn(poster: Poster, folder: Path) -> Path:
    file = folder / "poster.pdf"
    file.write_bytes(draw_poster(poster))
    return file


def words_of(file: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True)
    return " ".join(done.stdout.split())


def codes_of(file: Path) -> list[tuple[str, float]]:
    """The codes on the first page, each with its width in mm."""
    picture = subprocess.run(["pdftoppm", "-r", "150", "-png", file], capture_output=True, check=True).stdout
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return [
        (code.text, (code.position.top_right.x - code.position.top_left.x) / 150 * 25.4) for code in codes
    ]


def pages_of(file: Path) -> int:
    done = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True)
    return int(done.stdout.split("Pages:")[1].split()[0])


def test_a_result_says_three_figures_with_n_and_two_things_put_right(tmp_path: Path) -> None:
    file = drawn(result_poster(NOVEMBER, ADDRESS), tmp_path)
    text = words_of(file).replace("\u00a0", " ")
    for words in (
        "UBND PHƯỜNG KIẾN HƯNG",
        "Tháng 11 năm 2026 (21/10–20/11/2026)",
        "688 lượt cho ý kiến",
        "90,5%",
        "n = 682",
        "62,4%",
        "n = 680",
        "Mở thêm 1 quầy chứng thực vào buổi sáng.",
        "Sửa máy lấy số.",
    ):
        assert words in text, words


@pytest.mark.parametrize("outcome", [NOVEMBER, NOTHING, CROWDED], ids=["usual", "nothing", "crowded"])
def test_the_code_is_read_at_more_than_40_mm(tmp_path: Path, outcome: object) -> None:
    file = drawn(result_poster(outcome, ADDRESS), tmp_path)  # type: ignore[arg-type]
    ((text, width),) = codes_of(file)
    assert text == ADDRESS
    assert width >= 40
    assert 40 * mm <= QR_SIDE
    assert pages_of(file) == 1


def test_an_invitation_needs_no_address(tmp_path: Path) -> None:
    file = drawn(invitation_poster("UBND phường Kiến Hưng"), tmp_path)
    text = words_of(file)
    assert "Mời ông/bà cho ý kiến" in text
    assert "không phải ghi tên" in text
    assert codes_of(file) == []
    assert pages_of(file) == 1


def test_a_poster_without_figures_shows_none(tmp_path: Path) -> None:
    text = words_of(drawn(result_poster(NOTHING, ADDRESS), tmp_path))
    assert "%" not in text
    assert "Đã làm" not in text
    assert "0 lượt cho ý kiến" in text


def test_it_says_how_those_who_answered_were_chosen(tmp_path: Path) -> None:
    chosen = "Người được hỏi: chọn ngẫu nhiên từ danh sách"
    for outcome, words in (
        (NOVEMBER, "Người trả lời tự chọn trả lời"),
        (replace(NOVEMBER, chosen=chosen), chosen),
    ):
        poster = result_poster(outcome, ADDRESS)
        assert f"{words}; tỷ lệ tính trên số lượt có chọn mức (n)." in words_of(drawn(poster, tmp_path))


def test_few_answers_are_not_counted_out(tmp_path: Path) -> None:
    few = replace(NOTHING, answers=3)
    assert "Dưới 5 lượt cho ý kiến" in words_of(drawn(result_poster(few, ADDRESS), tmp_path))
