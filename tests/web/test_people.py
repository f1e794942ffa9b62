"""People as pages: who sees whom, what a manager may change, and a link that one browser shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from sync.central.office.people.accounts import account_status
from sync.central.office.people.permissions import Held
from sync.central.store.database import reading
from sync.central.store.schema import audit, officers
from tests.support.people import PASSWORD, make_person
from tests.support.served_pages import FORM
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import province, words
from tests.web.people_steps import Window

PEOPLE, NEW = "/tai-khoan", "/tai-khoan/moi"
REASON = "nghỉ việc từ tháng này"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    with province(tmp_path) as made:
        yield made


@pytest.fixture
def ward(central: CentreUnderTest) -> Window:
    """An administrator of Phường Một."""
    return Window(central, make_person(central, "quan.tri.mot", ("admin", "phuong-mot")))


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r'<a href="/tai-khoan/\d+">([^<]+)</a>', answer.text)


def roles(central: CentreUnderTest, account: int) -> tuple[Held, ...]:
    with reading(central.engine) as connection:
        return account_status(connection, account).person.roles


def test_a_manager_sees_the_people_of_the_own_units_alone(central: CentreUnderTest, ward: Window) -> None:
    make_person(central, "xem.mot", ("viewer", "phuong-mot"))
    make_person(central, "xem.hai", ("viewer", "phuong-hai"))
    make_person(central, "xem.tinh", ("viewer", "tinh"))
    make_person(central, "khong.ai")
    both = make_person(central, "hai.noi", ("viewer", "phuong-mot"), ("analyst", "phuong-hai"))
    assert names(ward.get(PEOPLE)) == ["Hai.Noi", "Quan.Tri.Mot", "Xem.Mot"]
    assert names(ward.get(f"{PEOPLE}?tim=XEM")) == ["Xem.Mot"]
    assert names(ward.get(f"{PEOPLE}?vai_tro=analyst")) == []
    assert "Phường Hai" not in words(ward.get(f"{PEOPLE}/{both}"))
    assert "còn vai trò ở đơn vị khác" in words(ward.get(f"{PEOPLE}/{both}"))
    above = Window(central, make_person(central, "quan.tri.tinh", ("admin", "tinh")))
    assert len(names(above.get(PEOPLE))) == 6
    whole = Window(central, make_person(central, "quan.tri", ("admin", "")))
    assert "Khong.Ai" in names(whole.get(PEOPLE))


def test_a_foreign_person_answers_as_one_that_there_is_not(central: CentreUnderTest, ward: Window) -> None:
    foreign = make_person(central, "xem.hai", ("viewer", "phuong-hai"))
    missing = [ward.get(f"{PEOPLE}/{number}") for number in (foreign, 999, "abc", "9" * 30, "-1", "²")]
    assert {answer.status_code for answer in missing} == {404}
    assert len({answer.text for answer in missing}) == 1
    for change in ("cho-vai-tro", "lien-ket", "dong", "dat-lai-ma", "duyet"):
        fields = {"viec": change, "vai_tro": "viewer", "don_vi": "phuong-mot", "ly_do": REASON}
        answers = [ward.post(f"{PEOPLE}/{number}", **fields) for number in (foreign, 999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
    assert [held.unit for held in roles(central, foreign)] == ["phuong-hai"]


def test_a_new_person_sets_the_password_with_a_link_that_one_browser_shows(
    central: CentreUnderTest, ward: Window
) -> None:
    fields = {"ho_ten": "Nguyễn Ví Dụ", "ten": "vi.du", "vai_tro": "analyst", "don_vi": "phuong-mot"}
    waits = ward.post(NEW, **fields).headers["location"]
    made = ward.get(waits)
    (link,) = re.findall(r'value="(https://centre.example/bat-dau/[\w-]+)"', made.text)
    (back,) = re.findall(r'href="(/tai-khoan/\d+)"', made.text)
    for path in (PEOPLE, NEW, back):
        assert "/bat-dau/" not in ward.get(path).text
    assert link in ward.get(waits).text  # loaded again
    other = Window(central, make_person(central, "quan.tri.nua", ("admin", "phuong-mot")))
    assert "/bat-dau/" not in other.get(waits).text
    assert "chưa đặt mật khẩu" in words(ward.get(back))
    person = Window(central)
    person.client.post(urlsplit(link).path, headers=FORM)
    assert person.post("/mat-khau", moi=PASSWORD, lan_hai=PASSWORD).status_code == 303
    assert person.get("/tai-khoan/toi").status_code == 200
    assert person.get(PEOPLE).status_code == 403
    assert "đã được dùng hoặc đã hết hạn" in words(ward.get(waits))
    with reading(central.engine) as connection:
        lines = [(row.act, row.detail) for row in connection.execute(audit.select())]
    assert ("role-give", "analyst phuong-mot ..") in lines
    assert not any(link.rpartition("/")[2] in detail for _, detail in lines)
    taken = ward.post(NEW, **fields)
    assert (taken.status_code, "HL5101" in taken.text) == (400, True)
    assert 'value="Nguyễn Ví Dụ"' in taken.text


def test_nobody_hands_on_more_than_they_hold(central: CentreUnderTest, ward: Window) -> None:
    account = make_person(central, "xem.mot", ("viewer", "phuong-mot"))
    give = {"viec": "cho-vai-tro", "vai_tro": "viewer"}
    refused = [
        ward.post(f"{PEOPLE}/{account}", **give, don_vi=unit).text
        for unit in ("phuong-hai", "khong-co", "tinh")
    ]
    assert all("HL4241" in text for text in refused)
    assert len(set(refused)) == 1
    assert "HL4241" in ward.post(f"{PEOPLE}/{account}", **give, don_vi="").text
    assert "HL4241" in ward.post(f"{PEOPLE}/{account}", viec="can-bo", can_bo="b01").text  # of another ward
    new = {"ho_ten": "A", "ten": "moi.toanh", "vai_tro": "admin"}
    assert "HL4241" in ward.post(NEW, **new, don_vi="tinh").text
    assert ward.post(f"{PEOPLE}/{account}", **give, don_vi="phuong-mot", den="2020-01-01").status_code == 400
    assert [(held.role, held.unit) for held in roles(central, account)] == [("viewer", "phuong-mot")]
    assert ward.post(f"{PEOPLE}/{account}", **{**give, "vai_tro": "keyer"}, don_vi="phuong-mot").is_redirect
    assert [held.role for held in roles(central, account)] == ["viewer", "keyer"]
    taken = ward.post(f"{PEOPLE}/{account}", viec="bo-vai-tro", vai_tro="viewer", don_vi="phuong-mot")
    assert taken.headers["location"] == f"{PEOPLE}/{account}"
    last = ward.post(f"{PEOPLE}/{account}", viec="bo-vai-tro", vai_tro="keyer", don_vi="phuong-mot")
    assert last.headers["location"] == PEOPLE  # without a role, the account is the centre's


def test_all_that_is_wrong_with_a_new_person_or_a_role_is_named_at_once(
    central: CentreUnderTest, ward: Window
) -> None:
    role = {"vai_tro": "chief", "don_vi": "phuong-hai", "tu": "2026-13-01", "den": "2020-01-01"}
    new = ward.post(NEW, ho_ten="", ten="A", can_bo="b01", **role)
    wrong = ("HL5102", "HL5109", "Mã đơn vị", "Từ ngày", "HL5003", "HL5107", "Mã cán bộ")
    assert new.status_code == 400
    assert [each for each in wrong if each not in words(new)] == []
    account = make_person(central, "xem.mot", ("viewer", "phuong-mot"))
    given = ward.post(f"{PEOPLE}/{account}", viec="cho-vai-tro", **role)
    assert [each for each in ("Mã đơn vị", "Từ ngày", "HL5003", "HL5107") if each not in words(given)] == []
    assert [held.role for held in roles(central, account)] == ["viewer"]


def test_who_has_a_role_elsewhere_is_not_ended_or_let_in_anew(central: CentreUnderTest, ward: Window) -> None:
    account = make_person(central, "hai.noi", ("viewer", "phuong-mot"), ("viewer", "phuong-hai"))
    for change in ("dong", "lien-ket", "dat-lai-ma", "duyet", "can-bo"):
        answer = ward.post(f"{PEOPLE}/{account}", viec=change, ly_do=REASON)
        assert (answer.status_code, "HL5105" in answer.text) == (400, True)


def test_an_administrator_who_is_an_officer_manages_no_accounts(central: CentreUnderTest) -> None:
    """In a second account without the mark, they would read what is about themselves."""
    concerned = make_person(central, "vua.lam", ("admin", "phuong-mot"), officer="a01")
    other = make_person(central, "xem.mot", ("viewer", "phuong-mot"))
    window = Window(central, concerned)
    new = {"ho_ten": "Người Hai", "ten": "nguoi.hai", "vai_tro": "admin", "don_vi": "phuong-mot"}
    assert window.post(NEW, **new).status_code == 403
    assert window.post(f"{PEOPLE}/{other}", viec="lien-ket").status_code == 403
    assert window.get(f"{PEOPLE}/{other}").status_code == 403
    assert f'href="{PEOPLE}"' not in window.get("/danh-muc").text
    assert window.get("/y-kien").status_code == 200


def test_a_manager_of_a_part_sees_nothing_of_the_rest(central: CentreUnderTest, ward: Window) -> None:
    both = make_person(central, "hai.noi", ("viewer", "phuong-mot"), ("admin", "phuong-hai"), officer="b01")
    with reading(central.engine) as connection:
        officer = connection.execute(select(officers.c.name).where(officers.c.id == "b01")).scalar_one()
    text = ward.get(f"{PEOPLE}/{both}").text + ward.get(PEOPLE).text
    assert [word for word in ("Phường Hai", "phuong-hai", "b01", officer) if word in text] == []


def test_an_account_that_ended_opens_nothing_and_is_folded(central: CentreUnderTest, ward: Window) -> None:
    account = make_person(central, "xem.mot", ("viewer", "phuong-mot"))
    person = Window(central, account)
    assert ward.post(f"{PEOPLE}/{account}", viec="dong").status_code == 400  # without a reason
    assert person.get("/tai-khoan/toi").status_code == 200
    ended = ward.post(f"{PEOPLE}/{account}", viec="dong", ly_do=REASON)
    assert ended.headers["location"] == f"{PEOPLE}/{account}"
    assert person.get("/tai-khoan/toi").status_code == 303
    text = ward.get(PEOPLE).text
    assert "Xem.Mot" in text.partition('<details class="more">')[2]
    assert "đã đóng" in words(ward.get(f"{PEOPLE}/{account}"))
    assert 'name="viec"' not in ward.get(f"{PEOPLE}/{account}").text


def test_the_last_administrator_stays_one(central: CentreUnderTest) -> None:
    account = make_person(central, "quan.tri", ("admin", ""))
    window = Window(central, account)
    for fields in (
        {"viec": "dong", "ly_do": REASON},
        {"viec": "bo-vai-tro", "vai_tro": "admin", "don_vi": ""},
    ):
        answer = window.post(f"{PEOPLE}/{account}", **fields)
        assert answer.status_code == 400
        assert "Đây là người quản trị cuối cùng của trung tâm" in answer.text
    assert [held.role for held in roles(central, account)] == ["admin"]
    assert "HL5105" in window.post(f"{PEOPLE}/{account}", viec="duyet").text  # nobody marks oneself


def test_marks_and_a_lost_phone(central: CentreUnderTest, ward: Window) -> None:
    account = make_person(central, "phan.tich", ("analyst", "phuong-mot"))
    address = f"{PEOPLE}/{account}"
    ward.post(address, viec="duyet")
    assert "duyệt báo cáo" in words(ward.get(PEOPLE))
    assert "chưa cài mã xác thực" in words(ward.get(PEOPLE))  # who approves needs one
    ward.post(address, viec="thoi-duyet")
    assert "chưa cài mã xác thực" not in words(ward.get(address))
    person = Window(central, account)
    assert ward.post(address, viec="dat-lai-ma", ly_do="mất điện thoại").is_redirect
    assert person.get("/tai-khoan/toi").status_code == 303


def test_people_are_managed_by_who_has_lately_shown_who_it_is(central: CentreUnderTest) -> None:
    make_person(central, "quan.tri", ("admin", ""))
    analyst = Window(central, make_person(central, "phan.tich", ("analyst", "")))
    assert analyst.get(PEOPLE).status_code == 403
    stranger = Window(central)
    assert stranger.get(PEOPLE).headers["location"] == "/dang-nhap?tiep=%2Ftai-khoan"
    stranger.sign_in("quan.tri", PASSWORD)
    assert stranger.get(PEOPLE).headers["location"].startswith("/tai-khoan/xac-thuc")
