"""What was handed over, where there is less and less room for it."""

import pytest

from kiosk.view import Handover
from kiosk.widgets.shortening import handover_words, shortened

PROCEDURE, OFFICER = "Đăng ký khai sinh (có yếu tố nước ngoài)", "Công chức Một"


@pytest.mark.parametrize(
    ("procedure", "officer", "room", "shown"),
    [
        (PROCEDURE, OFFICER, 60, f"{PROCEDURE}\u00a0· {OFFICER}"),
        (PROCEDURE, OFFICER, 50, PROCEDURE),
        (PROCEDURE, "", 50, PROCEDURE),
        (PROCEDURE, OFFICER, 30, "Đăng ký khai sinh (có yếu tố…"),
        (PROCEDURE, OFFICER, 20, "Đăng ký khai sinh…"),
        ("", OFFICER, 60, f"Người phục vụ: {OFFICER}"),
        ("", OFFICER, 20, "Người phục vụ: Công…"),
        ("", "", 60, ""),
    ],
)
def test_the_officer_goes_first_and_the_procedure_is_cut_at_a_word(
    procedure: str, officer: str, room: int, shown: str
) -> None:
    handover = Handover(procedure, officer, "")
    assert handover_words(handover, lambda text: text, lambda text: len(text) <= room) == shown


def test_one_long_word_is_left_whole() -> None:
    assert shortened("Hoạt", lambda text: len(text) <= 2) == "Hoạt"
