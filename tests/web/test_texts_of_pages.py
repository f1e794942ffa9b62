"""Every text of the pages is there in both languages, and no page in English shows Vietnamese by mistake."""

import ast
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import polib
import pytest
from jinja2 import Environment
from sqlalchemy import select

from kiosk.settings import ASSETS
from sync.central.figures.said import ENGLISH as SAID_OF_FIGURES
from sync.central.office.configuration.shipped_holidays import read_shipped
from sync.central.store.database import reading
from sync.central.store.schema import metadata
from sync.central.web import translation
from sync.central.web.visit import LANGUAGE
from tests.support.province import words
from tests.support.served_pages import FORM, PageCentre
from tests.support.web_walk import pages_of

WEB = Path(translation.__file__).parent
VIETNAMESE = re.compile(r"[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
PLACE = re.compile(r"%\((\w+)\)s")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# The product and a language have one name; the rows of a keyboard are the same in all languages.
IN_EVERY_LANGUAGE = {"Hài Lòng", "Tiếng Việt", "sắc huyền hỏi ngã nặng Ă Â Đ Ê Ô Ơ Ư"}


def catalogue() -> Mapping[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(WEB / "locales" / "en.po"))}


def drawn() -> dict[str, str]:
    """The texts of templates, with where each is."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    texts = {}
    for template in sorted((WEB / "templates").glob("*.html")):
        for line, _, message in environment.extract_translations(template.read_text("utf-8")):  # type: ignore[attr-defined]
            for text in message if isinstance(message, tuple) else (message,):
                if isinstance(text, str):
                    texts[text] = f"{template.name}:{line}"
    return texts


def said() -> dict[str, str]:
    """The Vietnamese texts of the code, with where each is; details of problems have a list of their own."""
    texts = {}
    for module in sorted(WEB.rglob("*.py")):
        for constant in _constants(ast.parse(module.read_text("utf-8"))):
            texts[constant.value] = f"{module.relative_to(WEB)}:{constant.lineno}"
    return texts


def _constants(node: ast.AST) -> Iterator[Any]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword) and child.arg == "detail":
            continue
        if isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "detail":
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child
        yield from _constants(child)


def test_every_text_has_its_english() -> None:
    terminal = polib.pofile(str(ASSETS / "locales" / "en" / "LC_MESSAGES" / "hailong.po"))
    known = {*catalogue(), *SAID_OF_FIGURES, *(entry.msgid for entry in terminal), *IN_EVERY_LANGUAGE}
    texts = drawn() | {text: where for text, where in said().items() if VIETNAMESE.search(text)}
    assert {text: where for text, where in texts.items() if text not in known} == {}


def test_the_catalogue_holds_no_text_twice_none_empty_and_none_that_is_not_used() -> None:
    entries = polib.pofile(str(WEB / "locales" / "en.po"))
    names = [entry.msgid for entry in entries]
    assert sorted(names) == sorted(set(names))
    assert [entry.msgid for entry in entries if not entry.msgstr.strip()] == []
    used = {*drawn(), *said()}
    assert [name for name in names if name not in used] == []


def test_english_has_the_same_places() -> None:
    def places(text: str) -> list[str]:
        return sorted(set(PLACE.findall(text)))

    wrong = {text: english for text, english in catalogue().items() if places(text) != places(english)}
    assert wrong == {}


class Texts(HTMLParser):
    """What a page in English says in English; an element in another language, such as a form, says so."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._languages: list[tuple[str, str]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        if self._languages[-1:] and self._languages[-1][1] == "en":
            self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = dict(attrs).get("lang") or (self._languages[-1][1] if self._languages else "")
        read_aloud = ("aria-label", "title", "alt", "placeholder", "data-label", "value", "label")
        if here == "en":
            self.texts += [value for name, value in attrs if name in read_aloud and value]
        if tag not in VOID:
            self._languages.append((tag, here))

    def handle_endtag(self, tag: str) -> None:
        while self._languages and self._languages.pop()[0] != tag:
            pass  # an end tag that HTML lets out


def stored(centre: PageCentre) -> list[str]:
    """Every name and word that somebody else wrote or that a text quotes, the longest first."""
    names = {*IN_EVERY_LANGUAGE, *_strings(words.UNHAPPY + words.SUGGESTIONS), *catalogue().values()}
    names.update(special.name for special in read_shipped())
    texts: set[str] = set()
    with reading(centre.engine) as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                texts.update(value for value in row if isinstance(value, str) and VIETNAMESE.search(value))
    names.update(name for text in texts for name in _strings(text))
    return sorted((name for name in names if VIETNAMESE.search(name)), key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value[:1] in ("{", "["):
            try:
                yield from _strings(msgspec.json.decode(value))
                return
            except msgspec.DecodeError:
                pass
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)


@pytest.mark.timeout(120)
def test_no_page_in_english_shows_vietnamese_that_is_not_a_name_or_word_of_the_office(
    pages: PageCentre,
) -> None:
    browser = pages.stranger()
    browser.post(pages.province.sign_in_path("quan-tri", pages.centre.now()), headers=FORM)
    browser.cookies.set(LANGUAGE, "en", domain="centre.example")
    names = re.compile("|".join(re.escape(name) for name in stored(pages)), re.IGNORECASE)
    left: dict[str, set[str]] = {}
    for path in pages_of(pages, "quan-tri"):
        html = browser.get(path).text
        assert '<html lang="en"' in html, path
        for text in Texts(html).texts:
            plain = " ".join(text.split())
            if VIETNAMESE.search(names.sub("", plain)):
                left.setdefault(plain, set()).add(path)
    assert left == {}
