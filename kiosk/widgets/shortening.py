"""What was handed over in as many words as a place has room for. Pure."""

from collections.abc import Callable

from kiosk.i18n import Translate
from kiosk.view import Handover


def handover_words(handover: Handover, words: Translate, fits: Callable[[str], bool]) -> str:
    """The procedure and the officer, or what of them `fits`; empty where neither is known."""
    procedure, officer = handover.procedure, handover.officer
    if officer and not procedure:
        return shortened(words("Người phục vụ: {name}").format(name=officer), fits)
    both = f"{procedure}\u00a0· {officer}" if officer else procedure
    return both if fits(both) else shortened(procedure, fits)


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """As many words of `text` from its beginning as fit, with a sign that there are more."""
    if fits(text):
        return text
    kept = text.split(" ")
    if len(kept) == 1:
        return text
    while len(kept) > 1 and not fits(" ".join(kept) + "…"):
        kept.pop()
    return " ".join(kept).rstrip(" ,;(·") + "…"
