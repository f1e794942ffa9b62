"""Responses as pages: the rows of /v1/responses, each with its history, and what may be done about it."""

import re
from html import unescape
from typing import get_args

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from sync.central.figures.flags import Flag
from sync.central.office.access import create_token
from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import find_account
from sync.central.store.database import reading, writing
from sync.central.store.schema import accounts, audit, gone, responses, voided
from sync.central.web import response_words
from sync.contract.response import Channel, Mode, Outcome, Respondent, TagSource
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre
from tests.support.web_browser import PHONE
from tests.web.conftest import SignedIn


def ids_on(html: str) -> list[str]:
    return re.findall(r'href="/phieu/([0-9a-f-]{36})"', html)


def some_id(centre: PageCentre, unit: str, **wanted: object) -> str:
    """A response that counts, of this unit."""
    counted = select(responses.c.id).where(
        responses.c.unit == unit,
        responses.c.outcome != "voided",
        responses.c.id.not_in(select(voided.c.id)),
        *(responses.c[name] == value for name, value in wanted.items()),
    )
    with reading(centre.engine) as connection:
        id = connection.execute(counted.order_by(responses.c.position.desc())).scalar()
    assert id is not None
    return str(id)


def commune(centre: PageCentre, number: int = 0) -> str:
    return centre.province.communes[number].code


def lines(centre: PageCentre, act: str) -> list[str]:
    with reading(centre.engine) as connection:
        query = select(audit.c.detail).where(audit.c.act == act).order_by(audit.c.number)
        return list(connection.execute(query).scalars())


def test_the_newest_come_first_a_page_at_a_time_and_each_once(pages: PageCentre) -> None:
    browser, unit = pages.client("tin-hoc"), commune(pages)
    with reading(pages.engine) as connection:
        query = select(responses.c.id).where(responses.c.unit == unit).order_by(responses.c.position.desc())
        stored = list(connection.execute(query).scalars())
    first = browser.get("/phieu")
    seen = ids_on(first.text)
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following is not None
    seen += ids_on(browser.get(unescape(following[1])).text)
    assert seen == stored[:100]


def test_filters_are_those_of_the_api_and_so_is_the_file(pages: PageCentre) -> None:
    asked = "outcome=declined&channel=kiosk"
    browser = pages.client("quan-tri")
    shown = ids_on(browser.get(f"/phieu?{asked}").text)
    token = {"Authorization": f"Bearer {pages.province.token()}"}
    answer = pages.stranger().get(f"/v1/responses?{asked}&limit=10000", headers=token).json()
    ids = [item["response"]["id"] for item in answer["items"]]
    assert shown == ids[::-1][: len(shown)]
    assert shown
    file = browser.get(f"/phieu/tai-ve?{asked}&format=csv")
    assert "attachment" in file.headers["content-disposition"]
    assert [line.split(",")[1] for line in file.text.splitlines()[1:]] == ids
    assert browser.get("/phieu?outcome=khac").status_code == 400
    assert browser.get("/phieu?from=hom-qua").status_code == 400


def test_a_file_leaves_one_line_and_holds_no_words(pages: PageCentre) -> None:
    before = len(lines(pages, "look"))
    browser = pages.client("tin-hoc")
    for kind in ("xlsx", "csv", "ndjson"):
        assert browser.get(f"/phieu/tai-ve?format={kind}").status_code == 200
    assert len(lines(pages, "look")) == before + 3
    assert lines(pages, "look")[-1] == "format=ndjson", "as the line of a program says it"
    assert '"words"' not in browser.get("/phieu/tai-ve?format=ndjson").text
    header = browser.get("/phieu/tai-ve?format=csv").text.splitlines()[0]
    assert "Máy" in header
    assert "góp ý" not in header.lower()


def test_an_analyst_sees_days_that_are_over_without_device_number_and_minute(pages: PageCentre) -> None:
    browser = pages.client("phan-tich")
    page = browser.get("/phieu")
    assert ids_on(page.text) == []
    assert re.search(r'<td class="nowrap">\d\d/\d\d/\d{4}</td>', page.text)
    assert pages.centre.web.today().strftime('<td class="nowrap">%d/%m/%Y</td>') not in page.text
    assert "may-0" not in words_of(page)
    assert "Máy" not in browser.get("/phieu/tai-ve?format=csv").text.splitlines()[0].split(",")
    assert browser.get(f"/phieu/{some_id(pages, commune(pages))}").status_code == 403
    assert browser.get("/phieu/tim?ma=may-001+1").status_code == 403
    assert pages.client("chu-tich").get("/phieu").status_code == 403


def test_a_response_is_shown_in_the_words_of_its_form(pages: PageCentre) -> None:
    id = some_id(pages, commune(pages), outcome="complete", channel="kiosk")
    page = pages.client("tin-hoc").get(f"/phieu/{id}")
    assert page.status_code == 200
    words = words_of(page)
    for text in ("Hài lòng", "Máy tại quầy", "Được tính", "Chưa ai hủy hay ghi lại phiếu này.", id):
        assert text.lower() in words.lower()


def test_one_is_found_by_its_id_or_its_device_and_number(pages: PageCentre) -> None:
    id = some_id(pages, commune(pages))
    with reading(pages.engine) as connection:
        row = connection.execute(select(responses).where(responses.c.id == id)).one()
    browser = pages.client("tin-hoc")
    for typed in (id, f"{row.device} {row.seq}"):
        answer = browser.get("/phieu/tim", params={"ma": typed})
        assert answer.headers["location"] == f"/phieu/{id}"
    foreign = some_id(pages, commune(pages, 1))
    for typed in (foreign, "khong co", "", "a b c", "may-001 99999999999999"):
        assert browser.get("/phieu/tim", params={"ma": typed}).status_code == 404


def test_a_foreign_one_looks_like_none_on_every_page_and_act(pages: PageCentre) -> None:
    foreign, missing = some_id(pages, commune(pages, 1)), "00000000-0000-7000-8000-000000000000"
    browser = pages.client("tin-hoc")
    for step in ("", "/huy", "/ghi-lai", "/xoa"):
        answers = [browser.get(f"/phieu/{id}{step}") for id in (foreign, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
    for step in ("huy", "ghi-lai", "xoa"):
        sent = [
            pages.send("tin-hoc", f"/phieu/{id}/{step}", ly_do="thử", chac_chan="co")
            for id in (foreign, missing)
        ]
        assert [answer.status_code for answer in sent] == [404, 404]
        assert sent[0].text == sent[1].text


def test_nobody_sees_a_response_about_oneself(own_centre: PageCentre) -> None:
    """Not in the list, on its page, in a file, or behind an act."""
    unit = commune(own_centre)
    officer = own_centre.province.communes[0].officers[0].id
    id = some_id(own_centre, unit, officer=officer)
    day = id_day(own_centre, id)
    browser, asked = own_centre.client("tin-hoc"), f"from={day}&to={day}"
    assert id in browser.get(f"/phieu/tai-ve?{asked}&format=csv").text
    with writing(own_centre.engine) as connection:
        number = find_account(connection, "tin-hoc")
        connection.execute(accounts.update().where(accounts.c.id == number).values(officer=officer))
    assert id not in browser.get(f"/phieu?{asked}").text
    assert id not in browser.get(f"/phieu/tai-ve?{asked}&format=csv").text
    assert browser.get(f"/phieu/{id}").status_code == 404
    assert own_centre.send("tin-hoc", f"/phieu/{id}/huy", ly_do="thử").status_code == 404
    with acting(own_centre.engine, By("test", own_centre.centre.now())) as act:
        token = create_token(
            act,
            token_text=lambda: "t" * 43,
            role="admin",
            unit=unit,
            account=find_account(act.connection, "tin-hoc"),
        )
    own = {"Authorization": f"Bearer {token}"}
    pulled = own_centre.stranger().get(f"/v1/responses?{asked}", headers=own)
    assert pulled.status_code == 200
    assert id not in pulled.text, "nor by a program of the same person"


def test_nobody_sees_what_a_correction_makes_about_oneself_or_made_so_before(own_centre: PageCentre) -> None:
    """The voided original holds the same answers as the response that counts now, under another officer."""
    mine = own_centre.province.communes[0]
    was, becomes = mine.officers[0].id, mine.officers[1].id
    id = some_id(own_centre, mine.code, officer=was)
    made = own_centre.send("tin-hoc", f"/phieu/{id}/ghi-lai", ly_do="nhầm thẻ", can_bo=becomes)
    now = made.headers["location"].removeprefix("/phieu/")
    day = id_day(own_centre, id)
    browser, asked = own_centre.client("tin-hoc"), f"from={day}&to={day}"
    with acting(own_centre.engine, By("test", own_centre.centre.now())) as act:
        number = find_account(act.connection, "tin-hoc")
        token = create_token(act, token_text=lambda: "t" * 43, role="admin", unit=mine.code, account=number)
    own = {"Authorization": f"Bearer {token}"}
    for officer in (was, becomes):
        with writing(own_centre.engine) as connection:
            connection.execute(accounts.update().where(accounts.c.id == number).values(officer=officer))
        answers = [
            browser.get(f"/phieu?{asked}"),
            browser.get(f"/phieu/tai-ve?{asked}&format=csv"),
            own_centre.stranger().get(f"/v1/responses?{asked}&limit=10000", headers=own),
            own_centre.stranger().get(f"/odata/Responses?$filter=day eq {day}", headers=own),
        ]
        assert [answer.status_code for answer in answers] == [200] * 4
        for each in (id, now):
            assert not any(each in answer.text for answer in answers)
            assert browser.get(f"/phieu/{each}").status_code == 404
            assert own_centre.send("tin-hoc", f"/phieu/{each}/huy", ly_do="thử").status_code == 404


def test_a_correction_of_today_shows_an_analyst_nothing_before_midnight(own_centre: PageCentre) -> None:
    """Days that are over stay as they were: else what is missing says what was corrected today."""
    mine = own_centre.province.communes[0]
    was, becomes = mine.officers[0].id, mine.officers[1].id
    today = own_centre.centre.web.today().isoformat()
    with reading(own_centre.engine) as connection:
        query = select(responses.c.id, responses.c.day).order_by(responses.c.day.desc())
        query = query.where(responses.c.unit == mine.code, responses.c.officer == was)
        query = query.where(responses.c.day < today, responses.c.outcome == "complete")
        row = connection.execute(query).first()
        assert row is not None
        id, day = row
        number = find_account(connection, "phan-tich")
    with writing(own_centre.engine) as connection:
        connection.execute(accounts.update().where(accounts.c.id == number).values(officer=becomes))
    asked = f"/phieu/tai-ve?from={day}&to={day}&format=csv"
    before = own_centre.client("phan-tich").get(asked).text
    assert before.count(day) > 0
    retagged = own_centre.send("tin-hoc", f"/phieu/{id}/ghi-lai", ly_do="nhầm thẻ", can_bo=becomes)
    assert retagged.status_code == 303
    assert own_centre.client("phan-tich").get(asked).text == before


def id_day(centre: PageCentre, id: str) -> str:
    with reading(centre.engine) as connection:
        return str(connection.execute(select(responses.c.day).where(responses.c.id == id)).scalar_one())


def test_a_response_is_voided_with_a_reason_and_both_pages_say_so(own_centre: PageCentre) -> None:
    id = some_id(own_centre, commune(own_centre))
    refused = own_centre.send("tin-hoc", f"/phieu/{id}/huy", ly_do=" ")
    assert "HL5071" in words_of(refused)
    assert own_centre.send("tin-hoc", f"/phieu/{id}/huy", ly_do="bấm thử").status_code == 303
    page = own_centre.client("tin-hoc").get(f"/phieu/{id}")
    words = words_of(page)
    assert "Đã hủy, không được tính" in words
    assert "bấm thử" in words
    assert f"Quản trị {own_centre.province.communes[0].name}" in words, "a name, not `account 3`"
    (other,) = ids_on(page.text)
    assert id in ids_on(own_centre.client("tin-hoc").get(f"/phieu/{other}").text)
    again = own_centre.send("tin-hoc", f"/phieu/{id}/huy", ly_do="lần nữa")
    assert "HL5013" in words_of(again)
    assert lines(own_centre, "void") == ["bấm thử"]


def test_a_response_is_retagged_to_what_its_unit_has_alone(own_centre: PageCentre) -> None:
    mine, other = own_centre.province.communes[:2]
    id = some_id(own_centre, mine.code, officer=mine.officers[0].id)
    path = f"/phieu/{id}/ghi-lai"
    for officer in (other.officers[0].id, "khong-co"):
        wrong = own_centre.send("tin-hoc", path, ly_do="nhầm", can_bo=officer)
        assert "HL5016" in words_of(wrong)
    assert "HL5016" in words_of(own_centre.send("tin-hoc", path, ly_do="nhầm")), "nothing changes"
    done = own_centre.send("tin-hoc", path, ly_do="nhầm thẻ", can_bo=mine.officers[1].id)
    made = done.headers["location"]
    page = own_centre.client("tin-hoc").get(made)
    assert mine.officers[1].name in words_of(page)
    assert id in ids_on(page.text)
    before = own_centre.client("tin-hoc").get(f"/phieu/{id}")
    assert made.removeprefix("/phieu/") in ids_on(before.text)
    assert "nhầm thẻ" in words_of(before)
    name = f"Quản trị {mine.name}"
    for shown, what in ((page, "Thay một phiếu ghi sai"), (before, "Được thay bằng một phiếu ghi đúng")):
        (row,) = (row for row in re.findall(r"<tr>.*?</tr>|<li>.*?</li>", shown.text, re.S) if what in row)
        assert (name in row, "nhầm thẻ" in row) == (True, True), "by whom, and why"


def test_forgetting_names_what_happens_and_asks_once_more(own_centre: PageCentre) -> None:
    id = some_id(own_centre, commune(own_centre))
    browser = own_centre.client("tin-hoc")
    assert "Không lấy lại được." in words_of(browser.get(f"/phieu/{id}/xoa"))
    asked = own_centre.send("tin-hoc", f"/phieu/{id}/xoa", ly_do="người dân yêu cầu")
    assert asked.status_code == 200
    assert "Xóa hẳn phiếu này?" in words_of(asked)
    assert browser.get(f"/phieu/{id}").status_code == 200, "nothing was deleted yet"
    done = own_centre.send("tin-hoc", f"/phieu/{id}/xoa", ly_do="người dân yêu cầu", chac_chan="co")
    assert done.status_code == 303
    assert browser.get(f"/phieu/{id}").status_code == 404
    with reading(own_centre.engine) as connection:
        assert connection.execute(select(gone.c.reason)).scalars().all() == ["forgotten"]
    assert lines(own_centre, "forget") == ["1 người dân yêu cầu"]


def test_every_word_of_a_response_has_its_text() -> None:
    for kind, words in (
        (Outcome, response_words.OUTCOMES),
        (Channel, response_words.CHANNELS),
        (Mode, response_words.MODES),
        (Respondent, response_words.RESPONDENTS),
        (TagSource, response_words.SOURCES),
    ):
        assert set(get_args(kind)) == set(words)
    assert set(Flag) == set(response_words.FLAGS)


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/huy", "/{id}/ghi-lai", "/{id}/xoa"])
def test_nothing_scrolls_sideways_on_a_phone(pages: PageCentre, signed_in: SignedIn, path: str) -> None:
    page = signed_in("tin-hoc", "/phieu" + path.format(id=some_id(pages, commune(pages))), PHONE)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_list_says_that_it_is_in_the_order_of_arrival(pages: PageCentre) -> None:
    assert "Phiếu, đến sau trước" in pages.client("tin-hoc").get("/phieu").text
