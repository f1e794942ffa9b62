"""The words of the interface: all there in every language, and every letter in the font."""

import re
import unicodedata
from pathlib import Path
from typing import get_args

import pytest

from kiosk.font import letters_of, screen_fonts
from kiosk.i18n import Catalogues
from kiosk.settings import ASSETS
from kiosk.typing_vi import TONES, Composition
from kiosk.widgets.key_layout import Page, layout
from sync.contract.masking import MASK
from sync.contract.survey import survey_texts
from tests.support.assets import load_survey

KIOSK = Path(__file__).parents[2] / "kiosk"
# A sentence of the interface is a literal that holds a letter only Vietnamese has, or is given to `words`.
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.I)


def words_in_code() -> set[str]:
    """Vietnamese literals of what citizens meet that are not comments or docstrings."""
    found = set()
    said = [KIOSK / name for name in ("session.py", "facts.py", "view.py")]
    widgets = set(KIOSK.glob("widgets/*.py")) - {
        KIOSK / "widgets" / "theme.py"
    }  # it speaks to administrators
    for path in [*KIOSK.glob("screens/*.py"), *widgets, *said]:
        code = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.S)
        code = re.sub(r"#.*", "", code)
        for literal in LITERAL.findall(code):
            if len(literal) > 2 and VIETNAMESE.search(literal) and " ăâđ" not in literal:
                found.add(literal)
    return found


@pytest.mark.parametrize("language", [path.name for path in sorted((ASSETS / "locales").iterdir())])
def test_every_word_of_the_interface_is_in_every_catalogue(language: str) -> None:
    known = Catalogues(ASSETS / "locales").words(language)
    own_letters = {"ăâđêôơư"}
    missing = words_in_code() - set(known) - own_letters
    assert not missing


def test_a_word_that_no_catalogue_has_would_be_found() -> None:
    assert "Gọi cán bộ" in words_in_code()


def test_every_letter_that_is_shown_is_in_the_font() -> None:
    shown = set("".join(words_in_code()))
    catalogues = Catalogues(ASSETS / "locales")
    for language in catalogues.languages():
        shown |= set("".join(catalogues.words(language).values()))
    for path in (ASSETS / "surveys").glob("*.toml"):
        for _, text in survey_texts(load_survey(path)):
            shown |= set("".join(text.values()))
    for font in screen_fonts():
        letters = letters_of(font)
        missing = {unicodedata.name(letter) for letter in shown if ord(letter) not in letters}
        assert not missing, font


def test_every_letter_that_can_be_written_is_in_the_font() -> None:
    pages = [layout(page, wide=True) for page in get_args(Page)]
    keys = {key.name for page in pages for row in page.rows for key in row}
    letters = {form for key in keys if len(key) == 1 for form in (key, key.upper())}
    written = {
        Composition(text=letter, method="none").press(tone).text
        for letter in letters
        for tone in ("", *TONES)
    }  # fmt: skip
    for font in screen_fonts():
        missing = {unicodedata.name(sign) for sign in {*written, MASK} if ord(sign) not in letters_of(font)}
        assert not missing, font


def test_every_text_that_is_shown_is_in_nfc() -> None:
    paths = [*ASSETS.rglob("*.toml"), *ASSETS.rglob("*.po"), *KIOSK.rglob("*.py")]
    assert len(paths) > 50
    assert [path for path in paths if not unicodedata.is_normalized("NFC", path.read_text("utf-8"))] == []


def test_the_font_check_sees_what_is_missing() -> None:
    letters = letters_of(screen_fonts()[0])
    assert ord("ễ") in letters
    assert ord("中") not in letters
