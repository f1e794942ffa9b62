"""The runbook: every case fits on one A4, and shows what is on the glass."""

import re
from pathlib import Path

import pytest

from tests.support.runbook import FOLDER, cases, pictures, print_out, write


def test_every_case_has_its_sheet_and_every_picture_is_there() -> None:
    titles = [case.read_text("utf-8").splitlines()[0].removeprefix("# ") for case in cases()]
    assert titles == [
        "Buổi sáng", "Đổi ca", "Mất điện", "Máy quét không đọc", "Mất mạng", "Máy bị lấy cắp", "Thay máy",
        "Khôi phục trung tâm", "Mở quầy mới", "Kết thúc một đợt khảo sát",
    ]  # fmt: skip
    assert {path.stem for path in (FOLDER / "hinh").glob("*.png")} == pictures()


@pytest.mark.programs
def test_each_case_is_one_sheet_of_paper(tmp_path: Path) -> None:
    printed = print_out(write(tmp_path)).read_bytes()
    assert len(re.findall(rb"/Type /Page\b", printed)) == len(cases())
    assert len(printed) < 2_000_000
