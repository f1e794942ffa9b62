"""`plan show` shows everything a plan's file says, each plan in the order of its document."""

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from sync.central.commands.plan_document import sections
from sync.contract.plan import Plan, Task
from tests.support.plans import shipped_plans

PLANS = shipped_plans()
# Keys whose values are words of this program, which are shown in Vietnamese.
CODES = {"kind", "design", "respondents", "channels", "purpose", "days", "en"}


def words_of(value: object) -> Iterator[str]:
    """Every text of a plan in Vietnamese."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in CODES:
                yield from words_of(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from words_of(inner)


def shown(plan: Plan) -> str:
    return "\n".join(line for section in sections(plan) for line in (section.heading, *section.lines))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_everything_in_the_file_is_shown(plan: Plan) -> None:
    said = shown(plan)
    # Dates and times are written otherwise; the id of a part is its unit's code, for progress.
    parts = {part.id for group in plan.groups for part in group.parts}
    builtins = msgspec.to_builtins(plan, builtin_types=(date,))
    texts = [text for text in words_of(builtins) if text not in parts and not text[:2].isdigit()]
    assert len(texts) > 20
    assert [text for text in texts if text not in said] == []


def test_the_sections_are_in_the_order_of_a_document() -> None:
    assert [section.heading for section in sections(PLANS["nha-trang-2023"])] == [
        "KẾ HOẠCH 1521/KH-UBND",
        "CĂN CỨ",
        "MỤC ĐÍCH",
        "NHÓM ubnd-xa-phuong",
        "NHÓM tram-y-te",
        "NHÓM truong-hoc",
        "TIẾN ĐỘ",
        "PHÂN CÔNG",
        "BÁO CÁO, LƯU GIỮ",
        "ĐƠN VỊ TƯ VẤN",
        "KINH PHÍ",
        "VĂN BẢN ĐỂ LẠI QUYẾT ĐỊNH SAU",
        "NƠI NHẬN",
        "NGƯỜI KÝ",
    ]


def test_before_a_day_is_shown_with_the_day_it_means() -> None:
    said = shown(PLANS["thach-ha-2021"])
    assert "(trước 22/11/2021, chậm nhất 21/11/2021)" in said
    assert "(từ 17/11/2021 đến 20/11/2021; " in said
    assert "(ngày 16/11/2021; " in said
    due = replace(PLANS["thach-ha-2021"], tasks=(Task(name="Việc", owner="Ai", due=date(2021, 11, 2)),))
    assert "Ai: Việc (đến 02/11/2021)" in shown(due)


def test_numbers_and_hours_are_shown_as_offices_write_them() -> None:
    assert "1.620 (27 đơn vị loại commune × 60 phiếu)" in shown(PLANS["nha-trang-2023"])
    said = shown(PLANS["thach-ha-2021"])
    assert "98 (35,12 % danh sách)" in said
    assert "T4, T5, T6, T7 07:00–11:30; " in said
    assert "p = 0,9 (kết quả khảo sát năm trước); d = 0,05; Z = 1,96" in said
