"""The second factor on pages: an administrator is led there, scans, confirms, and keeps recovery codes."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest

from tests.support.people import PASSWORD, make_person
from tests.support.wire import CentreUnderTest
from tests.web.people_steps import Window

FACTOR = "/tai-khoan/xac-thuc"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    made = CentreUnderTest(tmp_path / "centre")
    yield made
    made.close()


def codes_of(answer: httpx.Response) -> list[str]:
    return re.findall(r'<li class="code">([a-z2-7-]+)</li>', answer.text)


def secret_of(answer: httpx.Response) -> str:
    (text,) = re.findall(r'<p class="code">([A-Z2-7 ]+)</p>', answer.text)
    return str(text).replace(" ", "")


def test_an_administrator_sets_it_up_first_and_goes_on_to_the_page_that_was_asked_for(
    central: CentreUnderTest,
) -> None:
    make_person(central, "quan.tri", ("admin", ""))
    window = Window(central)
    assert window.sign_in("quan.tri", PASSWORD).status_code == 303
    led = window.get("/danh-muc?unit=")
    assert led.headers["location"] == f"{FACTOR}?tiep=%2Fdanh-muc%3Funit%3D"
    assert "<svg" not in window.get(led.headers["location"]).text
    begun = window.post(f"{FACTOR}/bat-dau", tiep="/danh-muc?unit=")
    page = window.get(begun.headers["location"])
    assert 'class="qr-code"' in page.text
    assert secret_of(window.get(FACTOR)) == secret_of(page)  # loading it again makes no other
    app = pyotp.TOTP(secret_of(page))
    wrong = window.post(FACTOR, ma="000000", tiep="/danh-muc?unit=")
    assert (wrong.status_code, "HL4233" in wrong.text) == (401, True)
    assert secret_of(wrong) == secret_of(page)
    done = window.post(FACTOR, ma=app.at(central.now()), tiep="/danh-muc?unit=")
    assert len(set(codes_of(done))) == 10
    assert 'href="/danh-muc?unit="' in html.unescape(done.text)
    assert "Danh mục" in done.text  # the menu of somebody with nothing left to do
    assert window.get("/danh-muc?unit=").status_code == 200
    again = Window(central)
    assert again.sign_in("quan.tri", PASSWORD).status_code == 303
    assert again.get("/danh-muc").headers["location"] == "/dang-nhap/ma?tiep=%2Fdanh-muc"
    assert again.post("/dang-nhap/ma", ma=codes_of(done)[3]).status_code == 303
    assert again.get("/danh-muc?unit=").status_code == 200


def test_new_recovery_codes_take_the_place_of_the_old_ones(central: CentreUnderTest) -> None:
    account = make_person(central, "quan.tri", ("admin", ""))
    window = Window(central, account)
    assert window.get(f"{FACTOR}/ma-du-phong").headers["location"] == FACTOR
    window.post(f"{FACTOR}/bat-dau")
    app = pyotp.TOTP(secret_of(window.get(FACTOR)))
    first = codes_of(window.post(FACTOR, ma=app.at(central.now())))
    assert codes_of(window.get(f"{FACTOR}/ma-du-phong")) == []
    second = codes_of(window.post(f"{FACTOR}/ma-du-phong"))
    assert len(second) == 10
    assert not set(first) & set(second)
    other = Window(central)
    other.sign_in("quan.tri", PASSWORD)
    assert other.post("/dang-nhap/ma", ma=first[0]).status_code == 401
    assert other.post("/dang-nhap/ma", ma=second[0]).status_code == 303


def test_who_has_one_shows_again_who_they_are_before_changing_it(central: CentreUnderTest) -> None:
    account = make_person(central, "quan.tri", ("admin", ""))
    window = Window(central, account)
    window.post(f"{FACTOR}/bat-dau")
    app = pyotp.TOTP(secret_of(window.get(FACTOR)))
    window.post(FACTOR, ma=app.at(central.now()))
    later = central.now() + timedelta(minutes=20)
    central.now = lambda: later
    for path in (FACTOR, f"{FACTOR}/ma-du-phong"):
        assert window.get(path).headers["location"].startswith("/xac-nhan?tiep=%2Ftai-khoan%2Fxac-thuc")
    onwards = window.post(f"{FACTOR}/ma-du-phong").headers["location"]
    assert onwards.partition("?")[0] == "/xac-nhan"
