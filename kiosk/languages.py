"""Which of the languages in kiosk.toml can be offered: a language that would show boxes is refused by name.

Checked whenever a configuration is taken, over every text a citizen can meet in that language: the words of
the interface, the survey, the office's name and the procedures. Vietnamese is always there.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from kiosk.font import NOTO, letters_of, noto_for, screen_fonts
from kiosk.i18n import Catalogues, language_name
from kiosk.settings import Settings
from sync.contract.catalogue import Catalogue
from sync.contract.problem import Problem
from sync.contract.problem.files import FONT_LACKS_LETTERS
from sync.contract.survey import Survey, survey_texts

MOST_NAMED = 12
"""So many missing letters are named."""


class Offered(Struct, frozen=True):
    """languages: those offered, the first one where nobody chose. problems: for the staff.

    fonts: what they need besides Roboto.
    """

    languages: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    fonts: tuple[Path, ...] = ()

    def names(self, words: Catalogues) -> dict[str, str]:
        """Each language in its own words."""
        return {language: language_name(language, words.translate) for language in self.languages}


def offered_languages(
    settings: Settings, survey: Survey, catalogue: Catalogue, words: Catalogues, noto: Path = NOTO
) -> Offered:
    """The languages of the settings without those that can't be shown; at least Vietnamese.

    A font is the one of the settings, else the one that has the letters in `noto`, Debian's folder.
    """
    shown: list[str] = []
    problems: list[Problem] = []
    fonts: list[Path] = []
    for language in settings.languages:
        problems += words.problems(language)
        letters = _letters(_texts(language, settings, survey, catalogue, words))
        lacking = {letter for letter in letters if ord(letter) not in letters_of(screen_fonts()[0])}
        font = settings.fonts.get(language) or noto_for(lacking, noto)
        missing = sorted(letter for letter in lacking if not font or ord(letter) not in letters_of(font))
        if missing:
            name = language_name(language, words.translate)
            where = f"[fonts] {language} ({name})"
            problems.append(FONT_LACKS_LETTERS(where=where, detail=_named(missing)))
        elif lacking and font:
            fonts.append(font)
        if not missing or language == "vi":
            shown.append(language)
    return Offered(tuple(shown) or ("vi",), tuple(problems), tuple(dict.fromkeys(fonts)))


def _texts(
    language: str, settings: Settings, survey: Survey, catalogue: Catalogue, words: Catalogues
) -> Iterator[str]:
    yield from words.words(language).values()
    yield language_name(language, words.translate)
    named = [text for _, text in survey_texts(survey)]
    named += [settings.office.name, *(procedure.name for procedure in catalogue.procedures)]
    yield from (text[language] for text in named if language in text)


def _letters(texts: Iterable[str]) -> set[str]:
    return {letter for text in texts for letter in text if unicodedata.category(letter) not in ("Cc", "Cf")}


def _named(missing: list[str]) -> str:
    named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:MOST_NAMED])
    more = len(missing) - MOST_NAMED
    return f"phông thiếu {len(missing)} chữ: {named}" + (f" và {more} chữ nữa" if more > 0 else "")
