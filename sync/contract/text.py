"""Texts that people read, and the ids that programs compare."""

import unicodedata
from typing import Annotated

from msgspec import Meta

from sync.contract.patterns import whole

# One text in several languages: {"vi": "…", "en": "…"}.
Text = dict[str, str]

# Ids are ASCII, so that their order and their bytes are the same everywhere.
Id = Annotated[str, Meta(pattern=whole("[a-z0-9][a-z0-9_.-]{0,63}"))]

Language = Annotated[str, Meta(pattern=whole("[a-z]{2,3}(-[A-Z]{2})?"))]


def nfc(text: str) -> str:
    """`text` in Unicode normalization form C, the only form that is stored or compared here."""
    return unicodedata.normalize("NFC", text)


def without_marks(text: str) -> str:
    """`text` in lower case without tones, marks and double spaces, to compare what people type."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())


def pick(text: Text, language: str) -> str:
    """`text` in `language`, or in Vietnamese if it has no text in that language."""
    return text.get(language) or text["vi"]
