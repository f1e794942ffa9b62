"""The words of the interface: Vietnamese in the code, other languages as gettext catalogues.

A catalogue is a file assets/locales/<language>/LC_MESSAGES/hailong.po whose msgids are the Vietnamese words;
adding a language is adding a folder. What a catalogue lacks is shown in Vietnamese.
"""

from collections.abc import Callable
from pathlib import Path

from sync.contract.text import nfc

# Vietnamese words -> words in one language.
Translate = Callable[[str], str]


NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""Languages in their own words; of others the catalogue says it, which is read only then."""


class Catalogues:
    """All languages under `folder`; a catalogue is read when its language is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, dict[str, str]] = {"vi": {}}

    def languages(self) -> list[str]:
        """The languages there are: Vietnamese and one a folder."""
        found = self._folder.glob("*/LC_MESSAGES/hailong.po")
        return ["vi", *sorted(path.parent.parent.name for path in found)]

    def translate(self, language: str) -> Translate:
        """A function from Vietnamese words to `language`; an unknown language stays Vietnamese."""
        words = self.words(language)
        return lambda vietnamese: words.get(vietnamese, vietnamese)

    def words(self, language: str) -> dict[str, str]:
        """Every entry of one catalogue that has a translation."""
        if language not in self._read:
            path = self._folder / language / "LC_MESSAGES" / "hailong.po"
            self._read[language] = _entries(path) if path.exists() else {}
        return self._read[language]


def language_name(code: str, translate: Callable[[str], Translate]) -> str:
    """A language in its own words: what its catalogue makes of "Tiếng Việt"; without one, its code."""
    if code in NAMES:
        return NAMES[code]
    name = translate(code)(NAMES["vi"])
    return code.upper() if name == NAMES["vi"] else name


def _entries(path: Path) -> dict[str, str]:
    import polib  # read only when somebody leaves Vietnamese

    return {nfc(entry.msgid): nfc(entry.msgstr) for entry in polib.pofile(str(path)).translated_entries()}
