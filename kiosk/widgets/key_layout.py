"""Which keys stand where: rows of keys with their widths, and the boxes they get. Pure.

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
DONE = "done"
SPACE = " "
_FINGER = 9 / 25.4
"""Inches from one key to the next, at least: 9 mm, where the panel tells its size."""

Kind = Literal["letter", "tone", "aid"]
Page = Literal["letters", "signs", "phone"]
Box = tuple[float, float, float, float]


class Key(Struct, frozen=True):
    """One key.

    name: what is reported: a character, or a name of `kiosk.typing_vi` or of this module.
    label: Vietnamese words of the interface, or the character itself; "" where a sign is drawn.
    width: in units; every row of a keyboard is at most `Layout.units` wide.
    """

    name: str
    label: str
    width: float = 1.0
    kind: Kind = "letter"


class Layout(Struct, frozen=True):
    """The rows of one page, from top to bottom; each is at most `units` wide."""

    units: float
    rows: tuple[tuple[Key, ...], ...]


TONES = ((SAC, "sắc"), (HUYEN, "huyền"), (HOI, "hỏi"), (NGA, "ngã"), (NANG, "nặng"))
OWN_LETTERS = "ăâđêôơư"
ROWS = {
    "letters": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "signs": ("1234567890", "-/:()%+@#", "?!;'&=_"),
}


def layout(page: Page, wide: bool, done: str = "") -> Layout:
    """The keys of `page`.

    Args:
        page: letters, digits and signs, or the large digits of a telephone.
        wide: twelve keys fit side by side, so that tones and own letters share the first row.
        done: label of the key that ends writing; "" for none.
    """
    if page == "phone":
        return _telephone(done)
    units = 12.0 if wide else 10.0  # of the widest row
    key, side = units / 10, units * 0.15
    tones = tuple(Key(name, label, 1 if wide else units / 5, "tone") for name, label in TONES)
    own = tuple(Key(letter, letter, 1 if wide else units / 7) for letter in OWN_LETTERS)
    first, second, third = (tuple(Key(name, name, key) for name in row) for row in ROWS[page])
    signs = page == "signs"
    corner = Key('"', '"', side) if signs else Key(SHIFT, "", side, "aid")
    other = Key(LETTERS, "abc", side, "aid") if signs else Key(SIGNS, "123", side, "aid")
    end = (Key(DONE, done, 1.6 * key, "aid"),) if done else ()
    space = units - side - 4 * key - sum(last.width for last in end)
    ways = (other, Key(",", ",", key), Key(SPACE, "dấu cách", space), Key(".", ".", key))
    return Layout(
        units,
        (
            *((tones + own,) if wide else (tones, own)),
            first,
            second,
            (corner, *third, Key(BACKSPACE, "Xóa", side, "aid")),
            (*ways, Key(DELETE_WORD, "Xóa từ", 2 * key, "aid"), *end),
        ),
    )


def _telephone(done: str) -> Layout:
    rows = tuple(tuple(Key(digit, digit) for digit in row) for row in ("123", "456", "789"))
    last = (Key("+", "+"), Key("0", "0"), Key(BACKSPACE, "Xóa", 1, "aid"))
    end = ((Key(DONE, done, 3, "aid"),),) if done else ()
    return Layout(5, (*rows, last, *end))


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
    return not theme.portrait and (width + key_gap(theme)) / 12 >= max(56, _FINGER * theme.dpi)


def keyboard_height(room: float, above: float, width: float, theme: Theme) -> int:
    """The height in pixels of a keyboard at the foot of `room`, which leaves `above` free if fingers allow.

    Args:
        room: height of what there is, in pixels.
        above: height of what stands above the keyboard, without the gap.
        width: of the keyboard.
        theme: colours and sizes.
    """
    rows = 5 if fits_wide(width, theme) else 6
    wanted = rows * theme.target + (rows - 1) * key_gap(theme)
    least = rows * max(44, _FINGER * theme.dpi) - key_gap(theme)
    return round(max(least, min(wanted, room - theme.gap - above)))
