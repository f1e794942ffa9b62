"""The words of the interface: all there in every language, and every letter in the font."""

import re
import struct
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import pytest

from kiosk.i18n import Catalogues
from kiosk.settings import ASSETS
from sync.contract.survey import load_survey, survey_texts

KIOSK = Path(__file__).parents[2] / "kiosk"
# A sentence of the interface is a literal that holds a letter only Vietnamese has, or is given to `words`.
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.I)


def words_in_code() -> set[str]:
    """Vietnamese literals of the screens and widgets that are not comments or docstrings."""
    found = set()
    for path in [*KIOSK.glob("screens/*.py"), *KIOSK.glob("widgets/*.py")]:
        code = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.S)
        code = re.sub(r"#.*", "", code)
        for literal in LITERAL.findall(code):
            if len(literal) > 2 and VIETNAMESE.search(literal) and " ăâđ" not in literal:
                found.add(literal)
    return found


def letters_of(font: Path) -> set[int]:
    """The code points that a TrueType font has a glyph for: its cmap table, formats 4 and 12."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    names = {
        data[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", data, 20 + 16 * i)[0] for i in range(tables)
    }
    cmap = names[b"cmap"]
    letters: set[int] = set()
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * index)[0]
        if struct.unpack_from(">H", data, at)[0] == 4:
            segments = struct.unpack_from(">H", data, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", data, at + 14)
            starts = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
            for start, end in zip(starts, ends, strict=True):
                letters |= set(range(start, end + 1)) - {0xFFFF}
        if struct.unpack_from(">H", data, at)[0] == 12:
            for group in range(struct.unpack_from(">I", data, at + 12)[0]):
                start, end, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
                letters |= set(range(start, end + 1))
    return letters


@pytest.mark.parametrize("language", [path.name for path in sorted((ASSETS / "locales").iterdir())])
def test_every_word_of_the_interface_is_in_every_catalogue(language: str) -> None:
    known = Catalogues(ASSETS / "locales").words(language)
    own_letters = {"ăâđêôơư"}
    missing = words_in_code() - set(known) - own_letters
    assert not missing


def test_a_word_that_no_catalogue_has_would_be_found() -> None:
    assert "Gọi cán bộ" in words_in_code()


def test_every_letter_that_is_shown_is_in_the_font() -> None:
    spec = find_spec("kivy")
    assert spec is not None
    assert spec.origin is not None
    fonts = Path(spec.origin).parent / "data" / "fonts"
    shown = set("".join(words_in_code()))
    catalogues = Catalogues(ASSETS / "locales")
    for language in catalogues.languages():
        shown |= set("".join(catalogues.words(language).values()))
    for path in (ASSETS / "surveys").glob("*.toml"):
        for _, text in survey_texts(load_survey(path)):
            shown |= set("".join(text.values()))
    for font in ("Roboto-Regular.ttf", "Roboto-Bold.ttf"):
        letters = letters_of(fonts / font)
        missing = {unicodedata.name(letter) for letter in shown if ord(letter) not in letters}
        assert not missing, font


def test_the_font_check_sees_what_is_missing() -> None:
    spec = find_spec("kivy")
    assert spec is not None
    assert spec.origin is not None
    letters = letters_of(Path(spec.origin).parent / "data" / "fonts" / "Roboto-Regular.ttf")
    assert ord("ễ") in letters
    assert ord("中") not in letters
