"""What keys type on a US keyboard, by their place on it, whatever layout this machine is set to. Pure.

A scanner poses as a US keyboard and sends places of keys; the machine's layout would make other characters of
them (`vn` letters with tones of the digits, `fr` an `é` of the 2). A key is named by what it types alone:
`a`, `1`, `;`; on the keypad `kp 1`; and `enter`, `tab`, `shift`, … where it types nothing.

Scanners also type in two other ways, and both are understood:
    Alt held, digits of a character's number on the keypad, Alt let go          the character
    Ctrl held and a letter                                                      the control character
"""

UNKNOWN = "\ufffd"
"""What a key types that is no character."""

_DIGITS = "1234567890"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _row(first: int, *keys: str) -> dict[int, str]:
    return {first + place: key for place, key in enumerate(keys)}


# Key codes of linux/input-event-codes.h.
LINUX: dict[int, str] = {
    **_row(1, "escape", *_DIGITS, "-", "=", "backspace", "tab", *"qwertyuiop[]", "enter", "ctrl"),
    **_row(30, *"asdfghjkl;'`", "shift", *"\\zxcvbnm,./", "right shift", "kp *", "alt", " ", "caps lock"),
    **_row(69, "num lock", "scroll lock", "kp 7", "kp 8", "kp 9", "kp -", "kp 4", "kp 5", "kp 6", "kp +"),
    **_row(79, "kp 1", "kp 2", "kp 3", "kp 0", "kp ."),
    **_row(96, "kp enter", "right ctrl", "kp /"),
    **{100: "right alt", 103: "up", 105: "left", 106: "right", 108: "down", 125: "meta", 126: "right meta"},
}
# Usages of the USB HID keyboard page, which SDL's scancodes are.
HID: dict[int, str] = {
    **_row(4, *_LETTERS, *_DIGITS, "enter", "escape", "backspace", "tab", " "),
    **_row(45, *"-=[]\\\\;'`,./", "caps lock"),
    **_row(71, "scroll lock"),
    **_row(79, "right", "left", "down", "up", "num lock", "kp /", "kp *", "kp -", "kp +", "kp enter"),
    **_row(89, *(f"kp {digit}" for digit in _DIGITS), "kp ."),
    **_row(224, "ctrl", "shift", "alt", "meta", "right ctrl", "right shift", "right alt", "right meta"),
}

_SHIFTED = str.maketrans("1234567890-=[]\\;'`,./" + _LETTERS, '!@#$%^&*()_+{}|:"~<>?' + _LETTERS.upper())
# Keys that change other keys and type nothing.
_MODIFIERS = frozenset(
    name for name in HID.values() if name.endswith(("ctrl", "shift", "alt", "meta", "lock"))
)
_WITH_CTRL = frozenset(_LETTERS + "[\\]")
_TYPED = {"enter": "\r", "kp enter": "\r", "tab": "\t"}


class Keyboard:
    """One keyboard: which of its modifiers are down. Each device needs its own."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._caps_lock = False
        self._number = ""

    def pressed(self, name: str) -> str | None:
        """What the key `name` types, "" a digit of an Alt code; None: a modifier, which types nothing."""
        if name in _MODIFIERS:
            self._held.add(name)
            self._caps_lock ^= name == "caps lock"
            return None
        character = name.removeprefix("kp ")
        if len(character) != 1:
            return _TYPED.get(name, UNKNOWN)
        if self._is_held("alt") and name.startswith("kp ") and character.isdecimal():
            self._number += character
            return ""
        if self._is_held("ctrl") and character in _WITH_CTRL:
            return chr(ord(character.upper()) & 31)
        if self._is_held("shift") and not name.startswith("kp "):
            character = character.translate(_SHIFTED)
        return character.swapcase() if self._caps_lock else character

    def released(self, name: str) -> str:
        """What is typed when the key `name` is let go: the character of an Alt code; "" nothing."""
        self._held.discard(name)
        if self._is_held("alt") or not self._number:
            return ""
        number, self._number = int(self._number[-7:]), ""
        return chr(number) if 0 < number < 0xD800 else UNKNOWN

    def _is_held(self, modifier: str) -> bool:
        return modifier in self._held or f"right {modifier}" in self._held
