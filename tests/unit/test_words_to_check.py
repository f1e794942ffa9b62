"""What is found in the words that an official types into a report."""

import pytest
from msgspec.structs import replace

from sync.central.reports.issuing.small_cells import guarded
from sync.central.reports.issuing.words_to_check import ToCheck, words_to_check
from sync.central.reports.kinds.followed_up import RemedyLine, remedies_table
from sync.central.reports.model import Document, Heading, Words, for_outside
from tests.support.small_kind import MARCH, SmallFigures, build


def found(text: str) -> list[tuple[str, str]]:
    return [(each.what, each.quote) for each in words_to_check(written(text))]


def written(text: str) -> Document:
    figures = SmallFigures(asked=MARCH, n=1102, procedures=(("a", 1099), ("b", 3)))
    made = build(figures, {"nguyen-nhan": text})
    more = (Heading(2, "4", "Nguyên nhân"), Words(id="x", text=text))
    return guarded(for_outside(replace(made, body=(*made.body, *more))), ())


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Chưa đạt SIPAS năm nay.", [("sipas", "SIPAS")]),
        ("Bà Lan chờ lâu.", [("name", "Bà Lan")]),
        ("ông Nguyễn Văn A góp ý", [("name", "ông Nguyễn Văn A")]),
        ("Theo Trần Thị Mẫu thì chậm", [("name", "Trần Thị Mẫu")]),
        ("gọi 0912 345 678 để hỏi", [("number", "0912 345 678")]),
        ("CCCD 001099123456", [("number", "001099123456")]),
        ("đạt 92% trong kỳ", [("figure", "92%")]),
        ("có 900 lượt trả lời", [("figure", "900 lượt")]),
        # Hidden in the copy for others.
        ("thủ tục b có 3 phiếu", [("figure", "3 phiếu")]),
    ],
)
def test_each_place_is_found(text: str, places: list[tuple[str, str]]) -> None:
    assert found(text) == [*places, *places]


@pytest.mark.parametrize(
    "text",
    [
        "Ông/bà đến giao dịch phải chờ; bà con góp ý nhiều.",
        "Tỷ lệ 100,0% (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}1.102).",
        "Điểm giao dịch ở đường Nguyễn Thị Minh Khai, phường Lê Hồng Phong Nam.",
        "Từ 8:30 ngày 20/11/2026, theo Kế hoạch số 125/KH-UBND, thêm 2 quầy.",
        "UBND phường, Ủy ban nhân dân; cô đơn, anh em.",
    ],
)
def test_what_belongs_there_is_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("cell", "places"),
    [
        ("Nhắc nhở ông Nguyễn Văn A", [("name", "ông Nguyễn Văn A")]),
        ("Gọi lại số 0912 345 678", [("number", "0912 345 678")]),
        ("Chờ lâu (33,3%, n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}3)", [("figure", "n = 3")]),
        # Of the period that led to it, which this report does not have.
        ("Chờ lâu (61,5%, n = 52)", []),
        ("Mở thêm một quầy", []),
    ],
)
def test_what_was_typed_for_a_remedy_is_looked_at_too(cell: str, places: list[tuple[str, str]]) -> None:
    line = RemedyLine(problem="Chờ lâu", figure="", measure=cell, owner="Một cửa", due=MARCH.last)
    made = replace(written(""), body=(Heading(1, "IV", "BIỆN PHÁP"), remedies_table("bang-6", "", (line,))))
    assert [(each.what, each.quote) for each in words_to_check(made)] == places
    assert {(each.part, each.words) for each in words_to_check(made)} <= {("IV. BIỆN PHÁP", "")}


def test_a_place_is_named_by_the_heading_above_it() -> None:
    place = words_to_check(written("Bà Lan chờ lâu."))[-1]
    assert place == ToCheck("name", "4. Nguyên nhân", "x", "Bà Lan")
