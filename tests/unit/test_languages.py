"""A language is a folder: no line of code names it."""

from pathlib import Path

import pytest

from kiosk.i18n import Catalogues, language_name
from kiosk.settings import ASSETS

WORDS = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Tiếng Việt"
msgstr "Lingua Franca"

msgid "Quay lại"
msgstr "Retro"

msgid "Gửi"
msgstr ""
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    folder = tmp_path / "lfn" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "hailong.po").write_text(WORDS, "utf-8")
    return Catalogues(tmp_path)


def test_a_folder_is_a_language(catalogues: Catalogues) -> None:
    assert catalogues.languages() == ["vi", "lfn"]
    assert catalogues.translate("lfn")("Quay lại") == "Retro"


def test_its_button_carries_its_own_name(catalogues: Catalogues) -> None:
    assert language_name("lfn", catalogues.translate) == "Lingua Franca"
    assert language_name("vi", catalogues.translate) == "Tiếng Việt"
    assert language_name("xx", catalogues.translate) == "XX"


def test_what_it_lacks_is_vietnamese(catalogues: Catalogues) -> None:
    assert catalogues.translate("lfn")("Gửi") == "Gửi"
    assert catalogues.translate("lfn")("Làm lại") == "Làm lại"


def test_the_shipped_languages_know_their_names() -> None:
    shipped = Catalogues(ASSETS / "locales")
    for code in shipped.languages():
        assert language_name(code, shipped.translate) != code.upper()
