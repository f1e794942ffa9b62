"""Tokens of programs on pages: made for oneself and for people one manages, shown once, ended."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.people import make_person
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import province, words
from tests.web.people_steps import Window

OWN, PEOPLE = "/tai-khoan/toi/ma", "/tai-khoan"
MAKE = {"viec": "tao", "ghi_chu": "bảng giao ban", "so_ngay": "30"}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    with province(tmp_path) as made:
        yield made


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, words(answer)
    (token,) = re.findall(r'value="(hl_[\w-]+)"', answer.text)
    return str(token)


def id_of(answer: httpx.Response) -> str:
    return str(re.findall(r'name="so" value="(\d+)"', answer.text)[0])


def status(window: Window, token: str, path: str = "/v1/summary") -> int:
    return window.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_person_makes_expires_and_revokes_own_tokens(central: CentreUnderTest) -> None:
    window = Window(central, make_person(central, "phan.tich", ("analyst", "phuong-mot")))
    token = token_of(window.post(OWN, **MAKE, vai_tro="viewer", don_vi="phuong-mot"))
    shown = window.get(OWN)
    assert token not in shown.text
    assert "bảng giao ban Xem số liệu Phường Một" in words(shown)
    assert status(window, token) == 200
    assert status(window, token, "/v1/responses") == 403
    number = id_of(shown)
    assert window.post(OWN, viec="thu-hoi", so=number).status_code == 400  # without a reason
    assert window.post(OWN, viec="doi-han", so=number, so_ngay="0").headers["location"] == OWN
    assert status(window, token) == 401
    assert "hết hạn" in words(window.get(OWN))
    second = token_of(window.post(OWN, **MAKE, vai_tro="analyst", don_vi="phuong-mot"))
    window.post(OWN, viec="thu-hoi", so=id_of(window.get(OWN)), ly_do="lộ mã")
    assert status(window, second) == 401


def test_no_token_is_more_than_its_person(central: CentreUnderTest) -> None:
    window = Window(central, make_person(central, "phan.tich", ("analyst", "phuong-mot")))
    for role, unit in (("admin", "phuong-mot"), ("viewer", "tinh"), ("viewer", "")):
        answer = window.post(OWN, **MAKE, vai_tro=role, don_vi=unit)
        assert (answer.status_code, "HL5105" in answer.text) == (400, True), (role, unit)
    keyer = Window(central, make_person(central, "nhap", ("keyer", "phuong-mot")))
    assert 'name="viec" value="tao"' not in keyer.get(OWN).text


def test_a_token_needs_a_person_who_has_lately_shown_who_it_is(central: CentreUnderTest) -> None:
    window = Window(central, make_person(central, "phan.tich", ("analyst", "phuong-mot")))
    later = central.now() + timedelta(minutes=20)
    central.now = lambda: later
    assert window.get(OWN).headers["location"] == "/xac-nhan?tiep=%2Ftai-khoan%2Ftoi%2Fma"
    answer = window.post(OWN, **MAKE, vai_tro="viewer", don_vi="phuong-mot")
    assert answer.headers["location"].partition("?")[0] == "/xac-nhan"


def test_a_manager_ends_tokens_of_the_own_people_alone(central: CentreUnderTest) -> None:
    mine = make_person(central, "phan.tich", ("analyst", "phuong-mot"))
    foreign = make_person(central, "xem.hai", ("viewer", "phuong-hai"))
    both = make_person(central, "hai.noi", ("viewer", "phuong-mot"), ("viewer", "phuong-hai"))
    theirs = Window(central, foreign)
    foreign_token = token_of(theirs.post(OWN, **MAKE, vai_tro="viewer", don_vi="phuong-hai"))
    number = id_of(theirs.get(OWN))
    ward = Window(central, make_person(central, "quan.tri.mot", ("admin", "phuong-mot")))
    token = token_of(ward.post(f"{PEOPLE}/{mine}/ma", **MAKE, vai_tro="analyst", don_vi="phuong-mot"))
    assert status(ward, token, "/v1/responses") == 200
    answers = [ward.get(f"{PEOPLE}/{each}/ma") for each in (foreign, 999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert ward.get(f"{PEOPLE}/{both}/ma").status_code == 403
    for address in (f"{PEOPLE}/{mine}/ma", OWN):  # the number of a token of somebody else
        for each in (number, "999"):
            answer = ward.post(address, viec="thu-hoi", so=each, ly_do="thử")
            assert (answer.status_code, "HL5010" in answer.text) == (400, True)
    assert status(theirs, foreign_token) == 200
    page = ward.get(f"{PEOPLE}/{mine}/ma")
    ward.post(f"{PEOPLE}/{mine}/ma", viec="thu-hoi", so=id_of(page), ly_do="nghỉ việc")
    assert status(ward, token) == 401
