"""Texts of pages in another language: the Vietnamese text is the key, as in the catalogue of the terminal.

The catalogue is `locales/<language>.po`. A text that it lacks is shown in Vietnamese; a test
finds such texts.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polib

from sync.central.presenting.language import Language

LANGUAGES: tuple[Language, ...] = ("vi", "en")
_LOCALES = Path(__file__).parent / "locales"


class Translation:
    """The texts of one language."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language: Language = language
        self._texts = texts

    def gettext(self, text: str) -> str:
        """The text in this language."""
        return self._texts.get(text) or text

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The text for `n` things; Vietnamese has one form, and English texts name a number neutrally."""
        return self.gettext(one if n == 1 else many)


@cache
def load_translations() -> Mapping[Language, Translation]:
    """All languages of the pages; read once."""
    return {language: Translation(language, _read(language)) for language in LANGUAGES}


def _read(language: Language) -> Mapping[str, str]:
    path = _LOCALES / f"{language}.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}


def chosen(cookie: str, accepted: str) -> Language:
    """The language of a visit: what its cookie says; else English for a browser that asks for it first."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    return "en" if accepted.lower().lstrip().startswith("en") else "vi"
