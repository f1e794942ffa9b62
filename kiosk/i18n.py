"""The words of the interface: Vietnamese in the code, other languages as gettext catalogues.

    python -m kiosk.i18n [FOLDER]        what is wrong with the catalogues of that folder, or with ours

A catalogue is a file assets/locales/<language>/LC_MESSAGES/hailong.po whose msgids are the Vietnamese words;
adding a language is adding a folder. What a catalogue lacks is shown in Vietnamese, and so is every entry
that is wrong: `problems` names it.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.settings import ASSETS
from kiosk.translation import slip
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import TRANSLATION_UNUSABLE
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
        self._problems: dict[str, tuple[Problem, ...]] = {"vi": ()}

    def languages(self) -> list[str]:
        """The languages there are: Vietnamese and one a folder."""
        found = self._folder.glob("*/LC_MESSAGES/hailong.po")
        return ["vi", *sorted(path.parent.parent.name for path in found)]

    def translate(self, language: str) -> Translate:
        """A function from Vietnamese words to `language`; an unknown language stays Vietnamese."""
        words = self.words(language)
        return lambda vietnamese: words.get(vietnamese, vietnamese)

    def words(self, language: str) -> dict[str, str]:
        """Every entry of one catalogue that can be shown."""
        if language not in self._read:
            self._load(language)
        return self._read[language]

    def problems(self, language: str) -> tuple[Problem, ...]:
        """Every entry of one catalogue that is wrong and stays Vietnamese (HL1012), with file and msgid."""
        self.words(language)
        return self._problems[language]

    def _load(self, language: str) -> None:
        path = self._folder / language / "LC_MESSAGES" / "hailong.po"
        words: dict[str, str] = {}
        found: list[Problem] = []
        try:
            for vietnamese, translated in _entries(path):
                if wrong := slip(vietnamese, translated):
                    found.append(TRANSLATION_UNUSABLE(where=f"{path}: msgid “{vietnamese}”", detail=wrong))
                else:
                    words[vietnamese] = translated
        except ProblemError as error:
            found.append(error.problem)
        self._read[language], self._problems[language] = words, tuple(found)


def language_name(code: str, translate: Callable[[str], Translate]) -> str:
    """A language in its own words: what its catalogue makes of "Tiếng Việt"; without one, its code."""
    if code in NAMES:
        return NAMES[code]
    name = translate(code)(NAMES["vi"])
    return code.upper() if name == NAMES["vi"] else name


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    """Each entry that counts; raises ProblemError HL1012 where the file can't be read, naming the reason."""
    if not path.exists():
        return
    import polib  # read only when somebody leaves Vietnamese

    try:
        entries = polib.pofile(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ProblemError(TRANSLATION_UNUSABLE(where=str(path), detail=_reason(error))) from error
    for entry in entries:
        if not (entry.obsolete or entry.fuzzy):
            yield nfc(entry.msgid), nfc(entry.msgstr)


def _reason(error: OSError | ValueError) -> str:
    match error:
        case UnicodeDecodeError():
            return f"không phải UTF-8, từ byte {error.start}"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return f"sai cú pháp: {error}"


def main(arguments: list[str]) -> int:
    """Print every entry that is wrong; 0 when there is none."""
    catalogues = Catalogues(Path(arguments[0]) if arguments else ASSETS / "locales")
    found = [each for language in catalogues.languages() for each in catalogues.problems(language)]
    for each in found:
        sys.stdout.write(f"{ProblemError(each)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
