"""What a unit decides about how its terminals look and when they are open: the file `office.toml`."""

from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.opening import Opening, SpecialDay
from sync.contract.patterns import whole
from sync.contract.text import Text

EMBLEM_LETTERS = 128 * 1024
"""The longest emblem, in base64."""

Colour = Annotated[str, Meta(pattern=whole("#[0-9A-Fa-f]{6}"))]


class OfficeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the terminals of a unit look, and when they are open. What is left out, kiosk.toml decides.

    name: shown on every screen. primary, accent: the office's two colours. results_url: its public results
        page. emblem: a PNG in base64.
    opening: the weekly hours; none: always open. special_days: holidays, and days worked instead of others.
    """

    name: Text = {}
    primary: Colour = ""
    accent: Colour = ""
    results_url: str = ""
    emblem: Annotated[str, Meta(max_length=EMBLEM_LETTERS, pattern=whole("[A-Za-z0-9+/=]*"))] = ""
    opening: tuple[Opening, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
