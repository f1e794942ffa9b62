"""A document on a page: the same words as its files, escaped, with fields where an official writes."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest

from sync.central.reports.model import Document, Paragraph, Words, blocks_of, words_of
from sync.central.reports.writing.layout import lay_out
from sync.central.web.rendering import environment
from sync.central.web.translation import load_translations
from tests.support.documents import letter, minutes, monthly_report
from tests.support.printed_words import texts_of

READ = '{% from "document_parts.html" import document_sheets %}{{ document_sheets(parts) }}'
WRITE = (
    '{% from "document_parts.html" import document_sheets %}{% call(words) document_sheets(parts) %}'
    '<textarea name="{{ words.id }}" placeholder="{{ words.hint }}">{{ words.text }}</textarea>{% endcall %}'
)


def drawn(document: Document, template: str = READ) -> str:
    pages = environment(load_translations()["vi"], {})
    return pages.from_string(template).render(parts=lay_out(document))


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("document", [monthly_report(), letter(), minutes()])
def test_every_text_of_the_document_is_on_the_page_in_its_order(document: Document) -> None:
    page = unescape(re.sub(r"<[^>]+>", " ", drawn(document)))
    at = 0
    for part in lay_out(document):
        for text in texts_of(part.pieces):
            at = page.index(text, at)


def test_text_is_escaped() -> None:
    document = msgspec.structs.replace(
        letter(), body=(Paragraph("<script>&"), Words(id="x", text='"><i id=x>'))
    )
    for template in (READ, WRITE):
        page = drawn(document, template)
        assert "<script>" not in page
        assert "<i id=x>" not in page
        assert "&lt;script&gt;&amp;" in page


def test_official_writes_in_the_place_of_each_text() -> None:
    report = monthly_report()
    page = drawn(report, WRITE)
    fields = [attributes["name"] for tag, attributes in Tags(page).tags if tag == "textarea"]
    assert fields == [words.id for words in words_of(report)]
    assert "Số lần phát thanh, số ngày niêm yết." in page
    assert "Số lần phát thanh" not in drawn(report)
    assert 'class="p-line"' in drawn(report)
    assert 'class="p-line"' not in page


def test_headings_are_in_order_and_tables_have_names_and_scopes() -> None:
    report = monthly_report()
    tags = Tags(drawn(report)).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 2
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tables = [attributes for tag, attributes in tags if tag == "table"]
    assert [table["id"] for table in tables] == ["bang-1", "bang-2", "bang-4", "bang-ngay", "bang-3"]
    regions = [attributes["aria-label"] for _, attributes in tags if attributes.get("role") == "region"]
    assert len([name for name in regions if name]) == len(tables)
    assert {attributes["scope"] for tag, attributes in tags if tag == "th"} == {"col", "colgroup"}
    assert len([block for block in blocks_of(report) if isinstance(block, Words)]) == 2


def test_page_needs_no_style_of_its_own_and_no_script() -> None:
    page = drawn(monthly_report(), WRITE)
    assert not re.search(r"<style|style=|<script|\son\w+=", page)
