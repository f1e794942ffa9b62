"""What a unit decides about how its terminals look and when they are open: the file `office.toml`."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.colours import GROUND, SURFACE
from sync.contract.encoded import read_base64
from sync.contract.opening import Opening, SpecialDay, opening_problems
from sync.contract.patterns import whole
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID, TEXT_MISSING
from sync.contract.text import Text

EMBLEM_LETTERS = 128 * 1024
"""The longest emblem, in base64."""

PUBLIC_ADDRESS = "(https://[A-Za-z0-9.-]{1,100}(:[0-9]{1,5})?)?"
PublicAddress = Annotated[str, Meta(pattern=whole(PUBLIC_ADDRESS))]
"""Without a path: the code of an address in capitals is smaller, and only a host may be in capitals."""

Colour = Annotated[str, Meta(pattern=whole("#[0-9A-Fa-f]{6}"))]


class OfficeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the terminals of a unit look, and when they are open. What is left out, kiosk.toml decides.

    name: shown on every screen. primary, accent: the office's two colours. results_url: its public results
        page. emblem: a PNG in base64. public_url: where citizens reach the centre with their own phones; "":
        they can't, and the glass shows no code for them.
    opening: the weekly hours; none: always open. special_days: holidays, and days worked instead of others.
    """

    name: Text = {}
    primary: Colour = ""
    accent: Colour = ""
    results_url: str = ""
    public_url: PublicAddress = ""
    emblem: Annotated[str, Meta(max_length=EMBLEM_LETTERS, pattern=whole("[A-Za-z0-9+/=]*"))] = ""
    opening: tuple[Opening, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()


PNG = b"\x89PNG\r\n\x1a\n"
"""The first bytes of a PNG file."""


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` from 0 to 1, as WCAG 2.2 defines it."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, success criterion 1.4.3)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_problems(primary: str, accent: str) -> Iterator[Problem]:
    """The office's colours that white can't be read on, or that vanish on the ground; "" is none."""
    for key, value in (("primary", primary), ("accent", accent)):
        if value and (contrast(value, SURFACE) < 4.5 or contrast(value, GROUND) < 3):
            detail = f"{value} tương phản với nền trắng {contrast(value, SURFACE):.1f}:1, cần 4.5:1"
            yield ENTRY_INVALID(where=key, detail=detail)


def office_problems(office: OfficeSettings) -> Iterator[Problem]:
    """All faults of an office's settings; `where` is the key."""
    if office.name and "vi" not in office.name:
        yield TEXT_MISSING(where="name", detail="thiếu 'vi'")
    if office.emblem and not (read_base64(office.emblem) or b"").startswith(PNG):
        yield ENTRY_INVALID(where="emblem", detail="không phải ảnh PNG ở dạng base64")
    yield from colour_problems(office.primary, office.accent)
    yield from opening_problems(office.opening, office.special_days)
