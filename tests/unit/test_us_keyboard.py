"""What the places of keys type."""

from kiosk.devices.us_keyboard import HID, LINUX, UNKNOWN, Keyboard


def typed(*keys: str) -> str:
    """What a keyboard types when these keys are pressed; `-a` lets the key `a` go."""
    keyboard = Keyboard()
    return "".join(
        keyboard.released(key[1:]) if len(key) > 1 and key[0] == "-" else keyboard.pressed(key) or ""
        for key in keys
    )


def test_both_tables_name_the_same_keys() -> None:
    assert set(HID.values()) == set(LINUX.values())


def test_shift_gives_the_other_sign_of_a_key() -> None:
    assert typed("1", "shift", "1", "a", "\\", "-shift", "a") == "1!A|a"
    assert typed("right shift", ";", "shift", "-shift", ";") == "::"


def test_a_keypad_types_the_same_with_shift() -> None:
    assert typed("kp 7", "shift", "kp 7", "kp -") == "77-"


def test_caps_lock_turns_letters_only() -> None:
    assert typed("caps lock", "a", "1", "shift", "a", "1") == "A1a!"


def test_an_alt_code_types_its_character() -> None:
    assert typed("alt", "kp 0", "kp 7", "kp 2", "-alt", "kp 5") == "H5"
    assert typed("right alt", *["kp 9"] * 9, "-right alt") == UNKNOWN


def test_ctrl_types_control_characters() -> None:
    assert typed("ctrl", "m", "j", "i", "]", "-ctrl", "m") == "\r\n\t\x1dm"


def test_enter_and_tab_end_and_other_keys_are_no_characters() -> None:
    assert typed("enter", "kp enter", "tab", "escape", "up", "") == "\r\r\t" + UNKNOWN * 3
