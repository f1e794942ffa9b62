"""The pages on a citizen's own phone keep nobody out, and nothing on them scrolls sideways."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.support.phone import Phone, code_of, trust
from tests.support.web_browser import PHONE, WebBrowser
from tests.support.wire import NOW, CentreUnderTest, visit
from tests.web.test_accessible import complaints, size_of, too_wide

NARROW = (320, 640)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[dict[str, str]]:
    """One page of each kind, by its name."""
    central = CentreUnderTest(tmp_path / "centre")
    trust(central)
    with TestClient(central.app) as client:
        phone = Phone(client, code_of(visit(1), NOW)).open()
        found = {"first": phone.answer.text, "missing": phone.send("tiep").answer.text}
        found["gate"] = phone.rate(result="1", service="2").answer.text
        found["words"] = phone.send("tiep").answer.text
        found["contact"] = phone.send("tiep").send("tiep").answer.text
        found["thanks"] = phone.send("gui").answer.text
        found["problem"] = Phone(client, "A" * 200).open().answer.text
        several = code_of(visit(2), NOW, respondents=("citizen", "organisation"))
        found["whom"] = Phone(client, several).open("en").answer.text
    yield found
    central.close()


def test_axe_finds_nothing_serious_and_nothing_is_too_wide(
    pages: dict[str, str], web_browser: WebBrowser
) -> None:
    found = {}
    with web_browser.window("https://centre.example", PHONE) as window:
        page = window.new_page()
        for name, html in pages.items():
            page.set_content(html)
            for size in (PHONE, NARROW):
                page.set_viewport_size(size_of(size))
                if too_wide(page):
                    found[f"{name} {size}"] = ["too wide"]
            if wrong := complaints(page):
                found[name] = wrong
    assert found == {}
