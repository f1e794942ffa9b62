"""What the keys of a keypad mean."""

from kiosk.devices.keypad import DIGITS, ENTER, KEYPAD_ENTER, MINUS, PLUS, TAB, TIMES, Keypad


def test_a_keypad_alone_leads_everywhere() -> None:
    pad = Keypad()
    assert [pad.wish(DIGITS.start + digit) for digit in range(1, 10)] == list(range(1, 10))
    assert [pad.wish(key) for key in (PLUS, MINUS, KEYPAD_ENTER, TIMES)] == [
        "next", "previous", "choose", "read_aloud",
    ]  # fmt: skip


def test_tab_and_enter_do_the_same() -> None:
    assert [Keypad().wish(key) for key in (TAB, ENTER)] == ["next", "choose"]


def test_a_key_that_is_held_counts_once() -> None:
    held = Keypad().pressed(KEYPAD_ENTER)
    assert held.wish(KEYPAD_ENTER) is None
    assert held.wish(PLUS) == "next"
    assert held.released(KEYPAD_ENTER).wish(KEYPAD_ENTER) == "choose"


def test_other_keys_mean_nothing() -> None:
    assert Keypad().wish(27) is None
    assert Keypad().wish(ord("a")) is None
