"""What staff are shown of the terminal itself."""

from datetime import UTC, datetime

from kiosk.facts import MANY_CRASHES, Facts, advice, troubles

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_scanner_that_would_not_be_heard_is_a_trouble() -> None:
    assert troubles(Facts(), NOW) == ()
    assert troubles(Facts(scanner=False), NOW) == ("Máy quét",)
    assert troubles(Facts(keyboard=False), NOW) == ("Máy quét",)


def test_a_keypad_that_was_set_and_is_gone_is_a_trouble() -> None:
    assert troubles(Facts(keypad=False), NOW) == ("Bàn phím số",)


def test_a_crash_is_said_and_many_are_a_trouble() -> None:
    assert advice(Facts(crashes=1)).startswith("HL2015: ")
    assert troubles(Facts(crashes=MANY_CRASHES - 1), NOW) == ()
    assert troubles(Facts(crashes=MANY_CRASHES), NOW) == ("Máy tự dừng",)
