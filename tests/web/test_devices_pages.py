"""Devices as pages: who needs a person first, a code at the counter, another device, and none any more."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx import Response
from playwright.sync_api import expect
from sqlalchemy import delete, update

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.sources import add_device, move_device
from sync.central.office.device_history import read_history
from sync.central.office.devices import list_devices
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import devices
from sync.contract.catalogue import Device, Unit
from sync.contract.enrolment import MINUTES, read_invitation
from sync.host.clock import local_now
from tests.support.browsing import Browser, words_of
from tests.support.province import small_province
from tests.support.province.arriving import Tablet
from tests.support.province.places import Trouble
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import PHONE, WebBrowser
from tests.support.wire import NOW, CentreUnderTest
from tests.web.catalogue_steps import Person, province, words
from tests.web.conftest import SignedIn

OWN = "may-001"
CODE = re.compile(r'<p class="code">([^<]+)</p>')


def code_on(page: Response) -> str:
    assert page.status_code == 200, words_of(page)
    found = CODE.search(page.text)
    assert found is not None
    return unescape(found[1])


def codes_known(page: Response) -> str:
    """What the form for a new code knows of the codes before."""
    return page.text.partition('name="truoc" value="')[2].partition('"')[0]


def ids_on(page: Response) -> list[str]:
    return re.findall(r'<th><a href="/may/([^"]+)"', page.text)


def test_who_needs_a_person_comes_first_with_the_reason_in_a_sentence(pages: PageCentre) -> None:
    page = pages.client("quan-tri").get("/may")
    with reading(pages.engine) as connection:
        every = [each.id for each in list_devices(connection) if each.kind == "terminal"]
    assert sorted(ids_on(page)) == every
    states = re.findall(r'<span class="tag ([a-z]*)">', page.text)
    assert states == sorted(states, key=lambda state: state != "call")
    assert "Đồng hồ chậm 4" in words_of(page)
    assert ids_on(page).index(pages.province.odd(Trouble.CLOCK).id) < states.count("call")


def test_a_device_that_was_moved_brings_no_lines_of_the_unit_before(tmp_path: Path) -> None:
    with province(tmp_path) as central:
        begun = central.now()
        terminal = Device(id="may-x", kind="terminal", unit="phuong-mot", counter="quay-1")
        with acting(central.engine, By("test", begun)) as act:
            add_device(act, terminal, "việc riêng của Phường Một")
        with acting(central.engine, By("test", begun + timedelta(minutes=1))) as act:
            move_device(act, "may-x", "điều chuyển", unit="phuong-hai", counter="quay-9")
        ward, above = (
            Person(central, ("admin", unit), login=unit).get("/may/may-x") for unit in ("phuong-hai", "tinh")
        )
    assert ["việc riêng" in words(page) for page in (ward, above)] == [False, True]
    assert all("điều chuyển" in words(page) for page in (ward, above))


def foreign(pages: PageCentre) -> str:
    """A device of the second commune."""
    return pages.province.communes[1].terminals[0].id


def test_a_list_is_of_one_unit_and_one_state(pages: PageCentre) -> None:
    browser = pages.client("quan-tri")
    unit = pages.province.communes[1].code
    assert foreign(pages) in ids_on(browser.get(f"/may?unit={unit}"))
    assert OWN not in ids_on(browser.get(f"/may?unit={unit}"))
    calling = browser.get("/may?trang_thai=can-xem")
    assert ids_on(calling)
    assert 'class="tag good"' not in calling.text
    assert browser.get("/may?trang_thai=khac").status_code == 400


def test_a_foreign_device_looks_like_none(pages: PageCentre) -> None:
    browser = pages.client("tin-hoc")
    missing = browser.get("/may/may-999")
    assert browser.get(f"/may/{OWN}").status_code == 200
    hidden = browser.get(f"/may/{foreign(pages)}")
    assert (hidden.status_code, hidden.text) == (404, missing.text)
    for act in ("ma", "thay", "thu-hoi"):
        answers = [pages.send("tin-hoc", f"/may/{id}/{act}") for id in (foreign(pages), "may-999")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
    elsewhere = pages.province.communes[1].code
    answers = [pages.send("tin-hoc", "/may/moi", don_vi=unit) for unit in (elsewhere, "khong-co")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


def test_an_analyst_sees_devices_and_changes_none(pages: PageCentre) -> None:
    page = pages.client("phan-tich").get(f"/may/{OWN}")
    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2]
    assert "Lịch sử" not in words_of(page)
    counts = ("Phiếu đã ghi", "Trung tâm đã nhận", "Chưa gửi")
    words = words_of(page), words_of(pages.client("phan-tich").get("/may"))
    assert not any(count in each for count in counts for each in words), "of a day that is not over"
    admin = words_of(pages.client("tin-hoc").get(f"/may/{OWN}"))
    assert all(count in admin for count in counts)
    assert "/may/moi" not in pages.client("phan-tich").get("/may").text
    assert pages.send("phan-tich", f"/may/{OWN}/ma").status_code == 403


def test_a_new_device_gets_a_code_for_ten_minutes_and_its_page_says_when_it_is_connected(
    own_centre: PageCentre,
) -> None:
    unit = own_centre.province.communes[0].code
    form = own_centre.client("tin-hoc").get("/may/moi")
    assert f"đã có máy {OWN}" in words_of(form)
    page = own_centre.send("tin-hoc", "/may/moi", don_vi=unit, quay="quay-1")
    code = read_invitation(code_on(page))
    assert "<svg" in page.text
    assert f"{MINUTES} phút" in words_of(page).replace("\xa0", " ")
    loaded = own_centre.send("tin-hoc", "/may/moi", don_vi=unit, quay="quay-1")
    assert loaded.status_code == 303, "the answer loaded again makes no other code"
    its_page = own_centre.client("tin-hoc").get(loaded.headers["location"])
    assert "Mã đã được tạo trước đó và chỉ hiện một lần" in words_of(its_page)
    assert "Tạo mã mới" in words_of(its_page)
    path, before = f"{loaded.headers['location']}/ma", codes_known(its_page)
    again = own_centre.send("tin-hoc", path, truoc=before)
    assert read_invitation(code_on(again)) != code
    assert own_centre.send("tin-hoc", path, truoc=before).status_code == 303
    with reading(own_centre.engine) as connection:
        waiting = [
            each.id for each in list_devices(connection) if not each.enrolled and each.kind == "terminal"
        ]
    assert len(waiting) == 1, "a place has at most one device that waits"
    own = f"/may/{waiting[0]}"
    before = codes_known(own_centre.client("tin-hoc").get(own))
    assert "chưa máy nào dùng" in words_of(own_centre.client("tin-hoc").get(own))
    secret = read_invitation(code_on(again)).code.secret
    Tablet(waiting[0], 1).enrol(own_centre.centre.devices, secret, own_centre.centre.now())
    assert "Đã nối với trung tâm lúc" in words_of(own_centre.client("tin-hoc").get(own))
    assert own_centre.send("tin-hoc", f"{own}/ma", truoc=before).status_code == 303, "its code was used"


def test_a_device_is_replaced_and_revoked_with_a_reason_and_its_history_says_so(
    own_centre: PageCentre,
) -> None:
    refused = own_centre.send("tin-hoc", f"/may/{OWN}/thay", ly_do=" ")
    assert refused.status_code == 400
    assert "HL5071" in words_of(refused)
    page = own_centre.send("tin-hoc", f"/may/{OWN}/thay", ly_do="vỡ màn hình")
    assert code_on(page)
    assert "không thì không biết" in words_of(page), "it may have recorded more after its last report"
    loaded = own_centre.send("tin-hoc", f"/may/{OWN}/thay", ly_do="vỡ màn hình")
    assert loaded.status_code == 303, "the answer loaded again makes no other code"
    with reading(own_centre.engine) as connection:
        old = read_history(connection, OWN)
    assert loaded.headers["location"] == f"/may/{old.replaced_by}"
    assert (old.revoked_reason, bool(old.replaced_by)) == ("vỡ màn hình", True)
    words = words_of(own_centre.client("tin-hoc").get(f"/may/{OWN}"))
    assert f"máy mới {old.replaced_by}; vỡ màn hình" in words
    assert "tin-hoc" in words, "who did it, by the name they sign in with"
    assert own_centre.send("tin-hoc", "/may/may-002/thu-hoi", ly_do="mất").status_code == 303
    assert "Thu hồi lúc" in words_of(own_centre.client("tin-hoc").get("/may/may-002"))


def test_of_a_replaced_device_that_never_reported_nobody_knows_what_it_holds(own_centre: PageCentre) -> None:
    with writing(own_centre.engine) as connection:
        connection.execute(update(devices).where(devices.c.id == OWN).values(heartbeat=None))
    page = own_centre.send("tin-hoc", f"/may/{OWN}/thay", ly_do="vỡ màn hình")
    assert "Không biết máy đó còn giữ phiếu nào không" in words_of(page)


def test_only_devices_in_use_are_counted_and_those_that_wait_are_named(own_centre: PageCentre) -> None:
    unit = own_centre.province.communes[0].code
    with reading(own_centre.engine) as connection:
        here = [
            each
            for each in list_devices(connection, units={unit})
            if each.enrolled and each.state == "active"
        ]
    own_centre.send("tin-hoc", "/may/moi", don_vi=unit, quay="quay-1")
    for device in here[1:]:
        assert own_centre.send("tin-hoc", f"/may/{device.id}/thu-hoi", ly_do="mất").status_code == 303
    words = words_of(own_centre.client("tin-hoc").get("/may"))
    assert "trong 1 máy cần người xem. 1 máy chờ ghi danh." in words
    assert own_centre.send("tin-hoc", f"/may/{here[0].id}/thu-hoi", ly_do="mất").status_code == 303
    words = words_of(own_centre.client("tin-hoc").get("/may"))
    assert "Chưa có máy nào đang dùng. 1 máy chờ ghi danh." in words


def test_a_counter_that_there_is_not_is_refused_with_what_was_typed(own_centre: PageCentre) -> None:
    unit = own_centre.province.communes[0].code
    page = own_centre.send("tin-hoc", "/may/moi", don_vi=unit, quay="quay-99")
    assert page.status_code == 400
    assert "HL5085" in words_of(page)


def test_the_page_of_a_code_says_by_itself_when_the_device_is_connected(
    tmp_path: Path, web_browser: WebBrowser
) -> None:
    province = small_province(tmp_path / "province")
    with (
        ServedPages(province) as served,
        PageCentre(province) as inside,
        web_browser.window(served.address, PHONE) as window,
    ):
        page = window.new_page()
        page.clock.install()
        page.goto(served.link("tin-hoc"))
        page.click("main form button")
        page.goto("/may/moi")
        page.click("main form[method=post] button")
        live = page.locator("[data-live]")
        expect(live).to_contain_text("chưa máy nào dùng")
        code = read_invitation(page.locator("p.code").inner_text()).code
        device = page.locator("main h1").inner_text().split()[-1]
        Tablet(device, 1).enrol(inside.centre.devices, code.secret, local_now())
        page.clock.run_for(6_000)
        expect(live).to_contain_text("Đã nối với trung tâm lúc")


def test_where_there_is_no_device_the_page_names_the_next_act(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    with writing(central.engine) as connection:
        connection.execute(delete(devices))
        put_bundled_units(connection, [Unit("phuong-mot", {"vi": "Phường Một"})], NOW)
    with Browser(central, "quan.tri", ("admin", "")) as browser:
        page = browser.get("/may")
    central.close()
    assert "Chưa có máy nào. Ghi danh máy đầu tiên" in words_of(page)


@pytest.mark.parametrize("path", ["/may", f"/may/{OWN}", "/may/moi"])
def test_nothing_scrolls_sideways_on_a_phone(signed_in: SignedIn, path: str) -> None:
    page = signed_in("tin-hoc", path, PHONE)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
