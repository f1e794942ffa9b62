"""One's own account: where one is signed in, and a new password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.web.visit import SESSION
from tests.support.people import PASSWORD, make_person, visitor_of
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import words
from tests.web.people_steps import Window

OWN = "/tai-khoan/toi"
NEW = "một câu khác cũng dễ nhớ"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    made = CentreUnderTest(tmp_path / "centre")
    yield made
    made.close()


def test_a_person_signs_out_elsewhere(central: CentreUnderTest) -> None:
    account = make_person(central, "xem", ("viewer", ""))
    here, there, elsewhere = Window(central, account), Window(central), Window(central)
    for window in (there, elsewhere):
        window.sign_in("xem", PASSWORD)
    assert here.get(OWN).text.count("<tr>") == 1 + 3  # with the heading
    ids = [part.partition('"')[0] for part in here.get(OWN).text.split('name="phien" value="')[1:]]
    assert len(ids) == 2
    assert here.post(OWN, viec="phien", phien=ids[1]).headers["location"] == OWN
    assert [window.get(OWN).status_code for window in (here, there, elsewhere)] == [200, 303, 200]
    there.sign_in("xem", PASSWORD)
    here.post(OWN, viec="phien-khac")
    assert [window.get(OWN).status_code for window in (here, there, elsewhere)] == [200, 303, 303]
    assert "Đăng xuất mọi nơi khác" not in here.get(OWN).text


def test_nobody_ends_a_session_of_somebody_else(central: CentreUnderTest) -> None:
    make_person(central, "xem", ("viewer", ""))
    victim, other = Window(central), Window(central, make_person(central, "khac", ("viewer", "")))
    victim.sign_in("xem", PASSWORD)
    visitor = visitor_of(central, victim.client.cookies[SESSION])
    assert visitor is not None
    other.post(OWN, viec="phien", phien=str(visitor.session))
    other.post(OWN, viec="phien-khac")
    assert victim.get(OWN).status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(central: CentreUnderTest) -> None:
    make_person(central, "xem", ("viewer", ""))
    here, there = Window(central), Window(central)
    for window in (here, there):
        window.sign_in("xem", PASSWORD)
    both = {"viec": "mat-khau", "moi": NEW, "lan_hai": NEW}
    for fields, number in (
        ({**both, "cu": "không phải"}, "HL4230"),
        ({**both, "cu": PASSWORD, "lan_hai": "khác"}, "HL4241"),
        ({**both, "cu": PASSWORD, "moi": "ngắn", "lan_hai": "ngắn"}, "HL5103"),
    ):
        answer = here.post(OWN, **fields)
        assert (answer.status_code, number in answer.text) == (400, True)
    assert there.get(OWN).status_code == 200
    assert here.post(OWN, **both, cu=PASSWORD).headers["location"] == OWN
    assert (here.get(OWN).status_code, there.get(OWN).status_code) == (200, 303)
    assert there.sign_in("xem", PASSWORD).status_code == 401
    assert there.sign_in("xem", NEW).status_code == 303


def test_who_came_by_the_link_of_set_up_sets_a_first_password_without_an_old_one(
    central: CentreUnderTest,
) -> None:
    window = Window(central, make_person(central, "dau", ("viewer", ""), password=None))
    assert 'name="cu"' not in window.get(OWN).text
    assert window.post(OWN, viec="mat-khau", moi=NEW, lan_hai=NEW).headers["location"] == OWN
    assert 'name="cu"' in window.get(OWN).text
    assert Window(central).sign_in("dau", NEW).status_code == 303


def test_a_role_says_where_it_counts(central: CentreUnderTest) -> None:
    said = words(Window(central, make_person(central, "xem", ("viewer", ""))).get(OWN))
    assert "Xem số liệu, toàn trung tâm" in said
    said = words(Window(central, make_person(central, "khong", password=None)).get(OWN))
    assert "Chưa có vai trò nào" in said
