"""Where each key is: rows of keys with their widths, and the boxes they get. Pure.

What most citizens need comes first: the tones by their names (each name carries its own mark) and the letters
that other keyboards lack. Below them the letters as on every keyboard, so that Telex works too. Where twelve
keys side by side would be too narrow, the first row becomes two.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from kiosk.typing_vi import BACKSPACE, DELETE_WORD, HOI, HUYEN, NANG, NGA, SAC
from kiosk.widgets.theme import Theme

SHIFT = "shift"
LETTERS = "letters"
SIGNS = "signs"
MORE = "more"
DONE = "done"
SPACE = " "
FINGER = 9
"""Millimetres that a key is wide and high, at least, where the panel reports its size."""

KeyKind = Literal["letter", "tone", "aid"]
Page = Literal["letters", "signs", "more", "phone", "code"]
Box = tuple[float, float, float, float]


class Key(Struct, frozen=True, kw_only=True):
    """One key.

    name: what is reported: a character, or a name of `kiosk.typing_vi` or of this module.
    label: Vietnamese words of the interface, or the character itself; "" where a sign is drawn.
    width: in units; every row of a keyboard is at most `Layout.units` wide.
    """

    name: str
    label: str
    width: float = 1.0
    kind: KeyKind = "letter"


class Layout(Struct, frozen=True):
    """The rows of one page, from top to bottom; each is at most `units` wide."""

    units: float
    rows: tuple[tuple[Key, ...], ...]


TONES = ((SAC, "sắc"), (HUYEN, "huyền"), (HOI, "hỏi"), (NGA, "ngã"), (NANG, "nặng"))
OWN_LETTERS = "ăâđêôơư"
# What is read aloud for a key that shows a sign: the names that Vietnamese spelling gives them.
_NAMES = {
    SHIFT: "Chữ hoa", LETTERS: "Chữ cái", SIGNS: "Chữ số và dấu", MORE: "Dấu khác",
    SPACE: "Dấu cách",
    ",": "Dấu phẩy", ".": "Dấu chấm", "-": "Dấu gạch ngang", "/": "Dấu gạch chéo", ":": "Dấu hai chấm",
    "(": "Dấu mở ngoặc", ")": "Dấu đóng ngoặc", "%": "Phần trăm", "+": "Dấu cộng", "@": "A còng",
    "#": "Dấu thăng", "?": "Dấu chấm hỏi", "!": "Dấu chấm than", ";": "Dấu chấm phẩy", "'": "Nháy đơn",
    '"': "Nháy kép", "&": "Dấu và", "=": "Dấu bằng", "_": "Dấu gạch dưới",
}  # fmt: skip
ROWS = {
    "letters": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "signs": ("1234567890", "-/:()%+@#", "?!;'&=_"),
    "more": ("[]{}<>", "^*$|~", '\\`"'),
}


def spoken_name(key: Key) -> str:
    """What is read aloud for a key: Vietnamese words of the interface, or the character."""
    return _NAMES.get(key.name) or (key.label if len(key.label) > 1 else key.name)


def layout(page: Page, wide: bool, done: str = "", marks: bool = True, every: bool = False) -> Layout:
    """The keys of `page`.

    Args:
        page: letters, digits and signs, more signs, the large digits of a telephone, or what an enrolment
            code has.
        wide: twelve keys fit side by side, so that tones and own letters share the first row.
        done: label of the key that ends writing; "" for none.
        marks: with tones and own letters; a search does without.
        every: with a way to "more", for a password may have any sign.
    """
    if page == "phone":
        return _telephone(done)
    if page == "code":
        return _code(wide)
    units = 12.0 if wide and marks else 10.0  # of the widest row
    key, side = units / 10, units * 0.15
    tones = tuple(
        Key(name=name, label=label, width=1 if wide else units / 5, kind="tone") for name, label in TONES
    )
    own = tuple(Key(name=letter, label=letter, width=1 if wide else units / 7) for letter in OWN_LETTERS)
    first, second, third = (
        tuple(Key(name=name, label=name, width=key) for name in row) for row in ROWS[page]
    )
    corner = _corner(page, side, every)
    other = (
        Key(name=SIGNS, label="123", width=side, kind="aid")
        if page == "letters"
        else Key(name=LETTERS, label="abc", width=side, kind="aid")
    )
    end = (Key(name=DONE, label=done, width=1.6 * key, kind="aid"),) if done else ()
    space = units - side - 4 * key - sum(last.width for last in end)
    ways = (
        other,
        Key(name=",", label=",", width=key),
        Key(name=SPACE, label="dấu cách", width=space),
        Key(name=".", label=".", width=key),
    )
    return Layout(
        units,
        (
            *(() if not marks else (tones + own,) if wide else (tones, own)),
            first,
            second,
            (corner, *third, Key(name=BACKSPACE, label="Xóa", width=side, kind="aid")),
            (*ways, Key(name=DELETE_WORD, label="Xóa từ", width=2 * key, kind="aid"), *end),
        ),
    )


def _corner(page: Page, side: float, every: bool) -> Key:
    """The key before the last row of letters or signs."""
    match page:
        case "letters":
            return Key(name=SHIFT, label="", width=side, kind="aid")
        case "more":
            return Key(name=SIGNS, label="123", width=side, kind="aid")
        case _ if every:
            return Key(name=MORE, label="[ ]", width=side, kind="aid")
        case _:
            return Key(name='"', label='"', width=side)


def _telephone(done: str) -> Layout:
    rows = tuple(tuple(Key(name=digit, label=digit) for digit in row) for row in ("123", "456", "789"))
    last = (
        Key(name="+", label="+"),
        Key(name="0", label="0"),
        Key(name=BACKSPACE, label="Xóa", width=1, kind="aid"),
    )
    end = ((Key(name=DONE, label=done, width=3, kind="aid"),),) if done else ()
    return Layout(5, (*rows, last, *end))


def _code(wide: bool) -> Layout:
    def keys(signs: str, width: float = 1) -> tuple[Key, ...]:
        return tuple(Key(name=sign, label=sign, width=width) for sign in signs)

    erase = Key(name=BACKSPACE, label="Xóa", width=1 if wide else 2, kind="aid")
    digits = keys("1234567890")
    if wide:
        return Layout(11, ((*digits, erase), keys("QWERTYUIOP@"), keys("ASDFGHJKL-:"), keys("ZXCVBNM./")))
    letters = keys("QWERTYUIOP"), keys("ASDFGHJKL"), (*keys("ZXCVBNM"), erase)
    return Layout(10, (digits, *letters, keys("@.:/-", 2)))


def boxes(layout: Layout, box: Box, gap: float) -> list[tuple[Key, Box]]:
    """Every key with its box (x, y, width, height); `gap` pixels between neighbours, rows centred."""
    x, y, width, height = box
    unit = (width + gap) / layout.units
    row_height = (height + gap) / len(layout.rows)
    placed: list[tuple[Key, Box]] = []
    for number, row in enumerate(layout.rows, 1):
        left = x + ((layout.units - sum(key.width for key in row)) / 2) * unit
        bottom = y + height + gap - number * row_height
        for key in row:
            right = left + key.width * unit
            edges = round(left), round(right - gap), round(bottom), round(bottom + row_height - gap)
            placed.append((key, (edges[0], edges[2], edges[1] - edges[0], edges[3] - edges[2])))
            left = right
    return placed


def nearest(placed: Sequence[tuple[Key, Box]], x: float, y: float, reach: float) -> int | None:
    """The key under (x, y), or the nearest one within `reach` pixels: gaps belong to their neighbours.

    Returns:
        Its place in `placed`; None if none is near enough.
    """

    def distance(index: int) -> float:
        left, bottom, width, height = placed[index][1]
        aside = max(left - x, 0, x - left - width)
        above = max(bottom - y, 0, y - bottom - height)
        return float(aside * aside + above * above)

    found = min(range(len(placed)), key=distance, default=None)
    return found if found is not None and distance(found) <= reach * reach else None


def key_gap(theme: Theme) -> int:
    """Pixels between two keys."""
    return max(6, theme.dp(9))


def fits_wide(width: float, theme: Theme) -> bool:
    """Whether twelve keys side by side are wide enough for a finger, in a keyboard of `width` pixels."""
    gap = key_gap(theme)
    return not theme.portrait and (width + gap) / 12 - gap >= max(50, theme.millimetres(FINGER))


def least_height(width: float, theme: Theme, marks: bool = True) -> int:
    """The height in pixels of a keyboard whose keys are just high enough for a finger."""
    return _least(_rows(width, theme, marks), theme)


def keyboard_height(room: float, above: float, width: float, theme: Theme, marks: bool = True) -> int:
    """The height in pixels of a keyboard at the foot of `room`, which leaves `above` free if fingers allow.

    Args:
        room: height of what there is, in pixels.
        above: height of what is above the keyboard, without the gap.
        width: of the keyboard.
        theme: colours and sizes.
        marks: with tones and own letters.
    """
    return _height(_rows(width, theme, marks), room, above, theme)


def least_code_height(width: float, theme: Theme) -> int:
    """The same as `least_height` for the page "code"."""
    return _least(_code_rows(width, theme), theme)


def code_keyboard_height(room: float, above: float, width: float, theme: Theme) -> int:
    """The same as `keyboard_height` for the page "code"."""
    return _height(_code_rows(width, theme), room, above, theme)


def _height(rows: int, room: float, above: float, theme: Theme) -> int:
    wanted = rows * theme.target + (rows - 1) * key_gap(theme)
    return round(max(_least(rows, theme), min(wanted, room - theme.gap - above)))


def _least(rows: int, theme: Theme) -> int:
    return rows * max(44, theme.millimetres(FINGER)) + (rows - 1) * key_gap(theme)


def _rows(width: float, theme: Theme, marks: bool) -> int:
    return 4 + (0 if not marks else 1 if fits_wide(width, theme) else 2)


def _code_rows(width: float, theme: Theme) -> int:
    return len(_code(fits_wide(width, theme)).rows)
