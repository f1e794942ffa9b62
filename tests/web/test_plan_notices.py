"""The notice of a plan to the units that take part: who has read it is counted, who has not is named."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import add_release
from sync.central.office.people.accounts import find_account
from sync.central.office.people.at_units import people_at
from sync.central.office.planning.drafts import begin_plan, change_plan, find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.contract.catalogue import Unit
from sync.contract.plan import Part, Plan
from tests.support.browsing import Browser, words_of
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.wire import NOW, CentreUnderTest

CITY = Unit("thanh-pho", {"vi": "Thành phố Mẫu"})
WARDS = tuple(
    Unit(code, {"vi": name}, parent="thanh-pho")
    for code, name in (("phuong-mot", "Phường Một"), ("phuong-hai", "Phường Hai"), ("phuong-ba", "Phường Ba"))
)
TODAY = NOW.date()
SHIPPED = shipped_plans()["van-thang-2023"]
PLAN = replace(
    SHIPPED,
    id="dot-mot",
    unit="thanh-pho",
    design="quota",
    starts=TODAY - timedelta(days=1),
    ends=TODAY + timedelta(days=30),
    groups=(
        replace(
            SHIPPED.groups[0],
            starts=None,
            ends=None,
            parts=tuple(Part(id=ward.code, name=ward.name, forms=60) for ward in WARDS),
        ),
    ),
)
AT = "/ke-hoach/dot-mot/pho-bien"


def issue(central: CentreUnderTest, plan: Plan = PLAN, day: date = TODAY) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        if find_plan_draft(act.connection, plan.id) is None:
            begin_plan(act, plan)
        draft = find_plan_draft(act.connection, plan.id)
        assert draft is not None
        issue_plan(act, plan.id, number="15/KH-UBND", day=day, before=draft.changed_at)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A city with three wards, whose plan is in force."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, (CITY, *WARDS), NOW)
        add_release(connection, shipped_surveys()[PLAN.groups[0].survey], NOW)
    issue(centre)
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", "thanh-pho")) as browser:
        yield browser


def test_a_notice_to_every_unit_counts_who_has_read_it_and_names_who_has_not(
    central: CentreUnderTest, chief: Browser
) -> None:
    with (
        Browser(central, "one", ("viewer", "phuong-mot")) as one,
        Browser(central, "two", ("analyst", "phuong-hai")) as two,
    ):
        assert one.get(AT).status_code == 404  # nothing was sent yet
        assert "Gửi thông báo đến 3 đơn vị" in words_of(chief.get(AT))
        assert chief.post(AT, {}).status_code == 303
        page = words_of(chief.get(AT))
        assert "Đã xem 0/3 đơn vị" in page
        assert "Chưa xem Phường Hai Phường Một" in page
        assert "không có ai dùng phần mềm: gửi bằng công văn Phường Ba" in page
        assert "Kế hoạch phổ biến đến đơn vị tôi" in words_of(one.get("/viec"))
        there = words_of(one.get(AT))
        assert "60 phiếu" in there
        assert "Đã xem" not in there  # counts are the office's
        assert one.get(f"{AT}/van-ban?kieu=pdf").content.startswith(b"%PDF")
        for _ in range(2):  # a second time changes nothing
            assert one.post(f"{AT}/da-xem", {}, at=AT).status_code == 303
        assert "Đơn vị bạn đã xem." in words_of(one.get(AT))
        assert "Kế hoạch phổ biến" not in words_of(one.get("/viec"))
        page = words_of(chief.get(AT))
        assert "Đã xem 1/3 đơn vị" in page
        assert "Chưa xem Phường Hai" in page
        assert "Phường Một One, " in page
        assert two.post(AT, {}, at=AT).status_code == 403
    refused = chief.post(AT, {}, at="/ke-hoach")
    assert (refused.status_code, "HL4361" in refused.text) == (409, True)
    with reading(central.engine) as connection:
        c = audit.c
        rows = connection.execute(select(c.act, c.detail).where(c.act.startswith("plan-notice")))
        assert [tuple(row) for row in rows] == [
            ("plan-notice", "version: 1, units: 3"),
            ("plan-notice-read", "phuong-mot"),
        ]


def test_a_unit_has_read_the_notice_once_one_of_its_own_people_has_not_somebody_above_it(
    central: CentreUnderTest, chief: Browser
) -> None:
    assert chief.post(AT, {}).status_code == 303
    assert chief.post(f"{AT}/da-xem", {}, at="/ke-hoach").status_code == 303
    assert "Đã xem 0/3 đơn vị" in words_of(chief.get(AT))
    with Browser(central, "former", ("viewer", "phuong-mot")), reading(central.engine) as connection:
        former = find_account(connection, "former")
        assert people_at(connection, ["phuong-mot"], "see-plans", TODAY) == {"phuong-mot": {former: "Former"}}
        assert people_at(connection, ["phuong-mot"], "change-plans", TODAY) == {}


def test_a_later_wording_is_another_notice_who_has_read_the_one_before_is_asked_again(
    central: CentreUnderTest, chief: Browser
) -> None:
    assert chief.post(AT, {}).status_code == 303
    with Browser(central, "one", ("viewer", "phuong-mot")) as one:
        assert one.post(f"{AT}/da-xem", {}, at=AT).status_code == 303
        with acting(central.engine, By("test", NOW)) as act:
            change_plan(act, replace(PLAN, title={"vi": "Tên mới"}), "")
        issue(central)
        assert "Đã xem 1/3 đơn vị" in words_of(chief.get(AT))
        assert "3 đơn vị mới xem hoặc mới nhận bản trước" in words_of(chief.get(AT))
        assert chief.post(AT, {}).status_code == 303
        assert "Đã xem 0/3 đơn vị" in words_of(chief.get(AT))
        assert "Tên mới" in words_of(one.get("/viec"))


def test_who_got_no_notice_sees_nothing_of_the_plan(central: CentreUnderTest, chief: Browser) -> None:
    with writing(central.engine) as connection:
        put_bundled_units(connection, [Unit("xa-khac", {"vi": "Xã Khác"})], NOW)
    assert chief.post(AT, {}).status_code == 303
    with Browser(central, "elsewhere", ("admin", "xa-khac")) as elsewhere:
        for path in ("", "/van-ban"):
            there, nothing = elsewhere.get(AT + path), elsewhere.get(f"/ke-hoach/khong-co/pho-bien{path}")
            assert (there.status_code, there.text) == (nothing.status_code, nothing.text) == (404, there.text)
        assert elsewhere.post(f"{AT}/da-xem", {}, at="/ke-hoach").status_code == 404
