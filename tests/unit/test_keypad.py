"""What the keys of a keypad mean."""

from kiosk.devices.keypad import wish


def test_a_keypad_alone_leads_everywhere() -> None:
    assert [wish(f"kp {digit}") for digit in range(1, 10)] == list(range(1, 10))
    assert [wish(key) for key in ("kp +", "kp -", "kp enter", "kp *")] == [
        "next", "previous", "choose_or_go_on", "read_aloud",
    ]  # fmt: skip


def test_tab_and_enter_do_the_same() -> None:
    assert [wish(key) for key in ("tab", "enter")] == ["next", "choose"]


def test_other_keys_mean_nothing() -> None:
    assert [wish(key) for key in ("escape", "a", "5", "kp 0", "")] == [None] * 5
