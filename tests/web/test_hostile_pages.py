"""What strangers, neighbours and hostile names try on pages, and don't get."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from sync.central.http.token_bucket import Rates
from sync.central.store.alert_tables import alert_steps, remedies, remedy_steps
from sync.central.store.database import writing
from sync.central.store.paper_tables import paper_lots, print_runs
from sync.central.store.plan_tables import plan_drafts, plan_obstacles
from sync.central.store.schema import (
    accounts,
    counters,
    facts,
    known_ids,
    officers,
    offices,
    plans,
    procedures,
    remark_steps,
    tokens,
    units,
)
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.visit import SESSION
from tests.support.made_everything import make_everything
from tests.support.province import Province, small_province
from tests.support.served_pages import FORM, PageCentre, ServedPages
from tests.support.web_browser import WebBrowser
from tests.support.web_walk import pages_of

SCRIPT = '<script>window.taken=1</script>"><img src=x onerror=window.taken=1>'
FORMULA = '=HYPERLINK("https://evil.example","bấm")'
TURNED = "‮gnoS aoH gnờưhp‬​ﷺ"
HOSTILE = f"{SCRIPT}{FORMULA}{TURNED}"

# What people write in one field, and documents whose every text is replaced.
WRITTEN = (
    accounts.c.name, known_ids.c.name, officers.c.name, officers.c.title, tokens.c.label,
    alert_steps.c.note, remark_steps.c.note, remedies.c.problem, remedies.c.measure, remedy_steps.c.note,
    remedies.c.person, paper_lots.c.first_person, plan_obstacles.c.words, print_runs.c.holder,
)  # fmt: skip
DOCUMENTS = (plans, plan_drafts, offices)


def hostile(value: Any) -> Any:
    """The same document; what has a space is a text for people. The words of who signs have a form."""
    if isinstance(value, str):
        return HOSTILE if " " in value else value
    if isinstance(value, dict):
        return {name: each if name == "signer" else hostile(each) for name, each in value.items()}
    return [hostile(each) for each in value] if isinstance(value, list) else value


def test_looking_changes_nothing(pages: PageCentre) -> None:
    """No page that is asked for with GET stores anything, sessions and lines of the audit log aside."""
    paths = pages_of(pages, "quan-tri")
    before = pages.digest()
    for path in paths:
        pages.client("quan-tri").get(path)
    assert pages.digest() == before


def test_every_page_says_what_a_browser_may_load_and_keep(pages: PageCentre) -> None:
    for path in pages_of(pages, "quan-tri"):
        headers = pages.client("quan-tri").get(path).headers
        assert {name: headers[name] for name in PAGE_HEADERS} == dict(PAGE_HEADERS), path


def test_no_page_has_a_script_or_a_style_inside(pages: PageCentre) -> None:
    for path in pages_of(pages, "quan-tri"):
        text = pages.client("quan-tri").get(path).text
        assert text.count("<script") == 1, path
        assert 'type="module"></script>' in text, path
        assert "<style" not in text, path
        assert " style=" not in text, path
        assert " onclick=" not in text, path


def test_a_cookie_that_was_put_into_a_browser_beforehand_opens_nothing(pages: PageCentre) -> None:
    browser = pages.stranger()
    browser.cookies.set(SESSION, "planted", domain="centre.example")
    path = pages.province.sign_in_path("phan-tich", pages.centre.now())
    assert browser.post(path, headers=FORM).status_code == 303
    assert browser.cookies.get(SESSION) != "planted"
    other = pages.stranger()
    other.cookies.set(SESSION, "planted", domain="centre.example")
    assert other.get("/xac-nhan").headers["location"].startswith("/dang-nhap")


def test_wrong_tries_are_counted_by_name_whatever_address_a_stranger_claims(pages: PageCentre) -> None:
    browser = pages.stranger()
    fields = {"ten": "khong-co-nguoi-nay", "mat_khau": "một câu không đúng"}
    answers = [
        browser.post("/dang-nhap", data=fields, headers={**FORM, "X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(7)
    ]
    assert ["HL4230" in answer.text for answer in answers] == [True] * 5 + [False] * 2
    assert ["HL4231" in answer.text for answer in answers] == [False] * 5 + [True] * 2


def test_who_asks_for_pages_without_end_waits_and_nobody_else(province: Province) -> None:
    with PageCentre(province, views=lambda: Rates(burst=5, a_second=0.0)) as centre:
        answers = [centre.client("tin-hoc").get("/xac-nhan").status_code for _ in range(7)]
        assert answers == [200] * 5 + [429] * 2
        assert centre.client("phan-tich").get("/xac-nhan").status_code == 200


def test_a_form_that_is_too_large_is_refused(pages: PageCentre) -> None:
    fields = {"ten": "x" * 2_000_000, "mat_khau": "y"}
    answer = pages.stranger().post("/dang-nhap", data=fields, headers=FORM)
    assert answer.status_code == 413


@pytest.mark.timeout(300)
def test_hostile_names_are_text_on_every_page(tmp_path: Path, web_browser: WebBrowser) -> None:
    province = small_province(tmp_path / "province")
    make_everything(province)
    with province.database() as engine, writing(engine) as connection:
        named = msgspec.json.encode({"vi": HOSTILE, "en": HOSTILE}).decode()
        for table in (units, counters, procedures):
            connection.execute(update(table).values(name=named))
        for column in WRITTEN:
            connection.execute(update(column.table).values({column.name: HOSTILE}))
        for table in DOCUMENTS:
            for row in connection.execute(select(*table.primary_key, table.c.body)).all():
                this = (key == value for key, value in zip(table.primary_key, row[:-1], strict=True))
                body = msgspec.json.encode(hostile(msgspec.json.decode(row.body))).decode()
                connection.execute(update(table).where(*this).values(body=body))
        # Names are read again when the configuration has changed.
        connection.execute(update(facts).where(facts.c.name == "sample").values(value="yes"))
    with PageCentre(province) as centre, ServedPages(province) as served:
        paths = pages_of(centre, "quan-tri")
        with web_browser.window(served.address) as window:
            page = window.new_page()
            page.goto(served.link("quan-tri"))
            page.click("main form button")
            shown = 0
            for path in paths:
                page.goto(path)
                assert page.evaluate("window.taken") is None, path
                assert page.locator("img[src=x]").count() == 0, path
                shown += FORMULA in page.content().replace("&quot;", '"').replace("&#34;", '"')
    assert shown > 5
