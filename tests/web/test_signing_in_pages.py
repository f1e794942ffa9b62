"""Signing in on pages: a link that works once, the way back to the page that was asked for, and the end."""

from playwright.sync_api import expect

from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import create_account
from tests.support.browsing import words_of
from tests.support.served_pages import FORM, PageCentre
from tests.support.web_browser import PHONE
from tests.web.conftest import SignedIn


def test_a_link_signs_a_person_in_once_and_looking_at_it_does_not_spend_it(pages: PageCentre) -> None:
    browser = pages.stranger()
    path = pages.province.sign_in_path("chu-tich", pages.centre.now())
    assert browser.get(path).status_code == 200
    assert browser.get(path).status_code == 200
    first, second = browser.post(path, headers=FORM), pages.stranger().post(path, headers=FORM)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert second.status_code == 410
    assert "HL4232" in second.text


def test_the_cookie_of_a_session_is_of_this_host_alone_and_for_no_script(pages: PageCentre) -> None:
    answer = pages.stranger().post(pages.province.sign_in_path("chu-tich", pages.centre.now()), headers=FORM)
    (session,) = (each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-hl="))
    marks = {mark.strip().lower() for mark in session.split(";")[1:]}
    assert marks == {"path=/", "secure", "httponly", "samesite=lax"}  # no domain, and gone with the browser


def test_a_stranger_is_led_to_sign_in_and_back_to_the_page_that_was_asked_for(pages: PageCentre) -> None:
    answer = pages.stranger().get("/xac-nhan?tiep=%2Fmay")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?tiep=%2Fxac-nhan%3Ftiep%3D%252Fmay"


def test_nobody_is_led_to_another_site(pages: PageCentre) -> None:
    browser = pages.stranger()
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        text = browser.get("/dang-nhap", params={"tiep": elsewhere}).text
        assert 'name="tiep" value="/"' in text


def test_letters_beyond_ascii_lead_on_escaped(pages: PageCentre) -> None:
    fields = {"ngon_ngu": "vi", "tiep": "/phieu/ă?x=ộ"}
    answer = pages.stranger().post("/ngon-ngu", data=fields, headers=FORM)
    assert answer.headers["location"] == "/phieu/%C4%83?x=%E1%BB%99"


def test_a_number_that_no_database_holds_is_a_wrong_field(pages: PageCentre) -> None:
    answer = pages.send("phan-tich", "/tai-khoan/toi", viec="phien", phien="9" * 25)
    assert answer.status_code == 400
    assert "HL4241" in answer.text
    assert pages.client("quan-tri").get("/tai-khoan/" + "9" * 25).status_code == 404


def test_over_an_open_connection_nobody_signs_in(pages: PageCentre) -> None:
    browser = pages.stranger()
    answer = browser.get("http://centre.example/dang-nhap")
    assert answer.status_code == 403
    assert "HL4242" in answer.text


def test_work_that_takes_longer_than_a_moment_says_so(signed_in: SignedIn) -> None:
    page = signed_in("chu-tich", "/tai-khoan/toi")
    busy, sent = (
        page.locator("[data-busy]"),
        "form => form.dispatchEvent(new Event('submit', {bubbles: true}))",
    )
    page.locator("form[action='/ngon-ngu']").evaluate(sent)
    expect(busy).to_have_text("Đang làm, xin chờ…")
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(busy).to_have_text("")


def test_who_signs_out_is_out(own_centre: PageCentre) -> None:
    browser = own_centre.client("tin-hoc")
    assert browser.get("/xac-nhan").status_code == 200
    assert own_centre.send("tin-hoc", "/dang-xuat").status_code == 303
    assert browser.get("/xac-nhan").status_code == 303


def test_who_sees_no_figures_is_led_to_the_page_of_their_work_in_no_circle(pages: PageCentre) -> None:
    browser = pages.client("nhap-phieu")
    first = browser.get("/")
    assert (first.status_code, first.headers["location"]) == (303, "/nhap-phieu")
    assert browser.get("/nhap-phieu").status_code == 200
    assert browser.get("/tai-khoan/toi").status_code == 200


def test_whom_no_page_is_open_to_is_led_to_the_own_account_instead_of_in_a_circle(
    own_centre: PageCentre,
) -> None:
    with acting(own_centre.engine, By("test", own_centre.centre.now())) as act:
        create_account(act, login="chua-co-vai-tro", name="Chưa có vai trò")
    browser = own_centre.client("chua-co-vai-tro")
    first = browser.get("/")
    assert first.status_code == 403
    assert "Vai trò của bạn chưa mở trang nào ở đây" in words_of(first)
    assert "Về trang đầu" not in words_of(first)
    assert browser.get("/tai-khoan/toi").status_code == 200


def test_a_person_signs_in_with_a_real_browser(signed_in: SignedIn) -> None:
    page = signed_in("tin-hoc", "/xac-nhan", PHONE)
    assert page.locator("h1").inner_text() == "Xác nhận lại là chính bạn"
    page.locator(".me summary").click()
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
