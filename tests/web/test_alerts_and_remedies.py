"""From an alert to a remedy that is done and checked, as pages; who sees what; thresholds that are tried."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response as Answer
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.duties.watching import watch
from sync.central.office.remedies.register import open_remedies
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.central.store.storage import Storage
from sync.contract.catalogue import Unit
from sync.contract.plan import VIET_NAM
from tests.support.browsing import Browser, words_of
from tests.support.remarks import send, written
from tests.support.wire import NOW, CentreUnderTest, visit

WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
# NOW, the day of the visits, is Monday 2 March 2026.
NEXT_MORNING = datetime(2026, 3, 3, 7, tzinfo=VIET_NAM)
WORDS = "Chờ lâu quá"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with two wards and an unhappy visit, on the morning after."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)
    centre.now = lambda: NEXT_MORNING
    made = replace(visit(1, result=2), seq=1)
    assert [each.status for each in send(centre, written(centre, made, {"unsatisfied": WORDS}))] == ["stored"]
    watch(Storage(centre.engine), centre.now())
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", "phuong-mot")) as browser:
        yield browser


def alert_in(page: Answer) -> str:
    """The address of the only alert of a list."""
    (address,) = set(re.findall(r'href="(/canh-bao/[0-9a-f]{32})"', page.text))
    return str(address)


def hidden(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


def remedy_fields(page: Answer, **fields: str) -> dict[str, str]:
    """The form of a remedy as it is sent."""
    usual = {
        "van_de": "Chờ lâu ở quầy 1",
        "so_lieu": "61,5% (n = 52)",
        "tu": "2026-02-01",
        "den": "2026-02-28",
        "bien_phap": "Mở thêm một quầy",
        "nguoi_lam": "",
        "chuc_danh": "Bộ phận Một cửa",
        "han": "2026-03-20",
    }
    return {name: hidden(page, name) for name in ("ma", "canh_bao", "don_vi")} | usual | fields


def test_an_alert_is_taken_handled_closed_and_leads_to_a_remedy_that_somebody_else_checks(
    central: CentreUnderTest, chief: Browser
) -> None:
    listed = chief.get("/canh-bao")
    assert "1 cảnh báo đang mở." in words_of(listed)
    address = alert_in(listed)
    assert WORDS not in listed.text + chief.get(address).text
    assert chief.post(address, {"buoc": "take", "da_doc": "0"}).status_code == 303
    assert "Một lượt chọn mức thấp và có viết" in words_of(chief.get("/viec"))
    assert chief.post(address, {"buoc": "act", "da_doc": "1", "ghi_chu": "Đã gọi lại"}).status_code == 303
    form = chief.get(f"/khac-phuc/moi?canh_bao={address.rpartition('/')[2]}")
    fields = remedy_fields(form)
    made = chief.post("/khac-phuc/moi", fields)
    remedy = made.headers["location"]
    assert chief.post("/khac-phuc/moi", fields).headers["location"] == remedy
    assert chief.post(address, {"buoc": "close", "da_doc": "2", "ket_qua": "fixed"}).status_code == 303
    assert "Không còn cảnh báo nào đang mở." in words_of(chief.get("/canh-bao"))
    shown = words_of(chief.get(address))
    assert "Đã gọi lại" in shown
    assert "Mở thêm một quầy" in shown
    with reading(central.engine) as connection:
        assert [each.figure for each in open_remedies(connection, "phuong-mot", date(2026, 3, 31))] == [
            "61,5% (n = 52)"
        ]
    done = {"buoc": "finish", "da_doc": "0", "ghi_chu": "Đã mở", "so_lieu_sau": "91,0% (n = 88)"}
    assert chief.post(remedy, done).status_code == 303
    assert "người khác sẽ kiểm tra" in words_of(chief.get(remedy))
    assert chief.post(remedy, {"buoc": "check", "da_doc": "1"}).status_code == 409
    with Browser(central, "deputy", ("admin", "phuong-mot")) as deputy:
        assert "Việc khắc phục chờ kiểm tra" in words_of(deputy.get("/viec"))
        assert deputy.post(remedy, {"buoc": "check", "da_doc": "1"}).status_code == 303
        assert "91,0% (n = 88)" in words_of(deputy.get("/khac-phuc?trang_thai=da-xong"))
    with reading(central.engine) as connection:
        assert open_remedies(connection, "phuong-mot", date(2026, 3, 31)) == ()
        lines = " ".join(f"{row.act} {row.subject} {row.detail}" for row in connection.execute(select(audit)))
    assert {"alert-take", "alert-close", "remedy", "remedy-check"} <= set(lines.split())
    assert not any(text in lines for text in ("gọi lại", "Mở thêm", WORDS))


def test_the_officer_concerned_another_ward_and_who_may_not_learn_nothing(
    central: CentreUnderTest, chief: Browser
) -> None:
    address = alert_in(chief.get("/canh-bao"))
    with (
        Browser(central, "officer", ("admin", "phuong-mot"), officer="a01") as officer,
        Browser(central, "elsewhere", ("admin", "phuong-hai")) as elsewhere,
        Browser(central, "viewer", ("viewer", "phuong-mot")) as viewer,
    ):
        for browser in (officer, elsewhere):
            assert "Không còn cảnh báo nào đang mở." in words_of(browser.get("/canh-bao"))
            nothing = browser.get(f"/canh-bao/{'0' * 32}")
            there = browser.get(address)
            assert (there.status_code, there.text) == (nothing.status_code, nothing.text)
            assert browser.post(address, {"buoc": "take", "da_doc": "0"}).status_code == 404
        assert viewer.get("/canh-bao").status_code == 403
        assert viewer.get("/khac-phuc").status_code == 200
        assert "Lập việc khắc phục" not in viewer.get("/khac-phuc").text


def test_a_remedy_is_refused_in_words_and_keeps_what_was_typed(chief: Browser) -> None:
    form = chief.get("/khac-phuc/moi")
    for field, value in (
        ("han", ""),
        ("han", "0001-01-01"),
        ("bien_phap", " "),
        ("chuc_danh", ""),
        ("den", "2026-01-01"),
    ):
        page = chief.post("/khac-phuc/moi", remedy_fields(form, **{field: value}))
        assert page.status_code in (400, 422), field
        assert "61,5% (n = 52)" in page.text
    foreign = chief.post("/khac-phuc/moi", remedy_fields(form, don_vi="phuong-hai"))
    missing = chief.post("/khac-phuc/moi", remedy_fields(form, don_vi="khong-co"))
    assert (foreign.status_code, missing.status_code) == (400, 400)


def test_a_form_that_is_changed_after_it_was_sent_makes_another_remedy(chief: Browser) -> None:
    form = chief.get("/khac-phuc/moi")
    first = chief.post("/khac-phuc/moi", remedy_fields(form)).headers["location"]
    page = chief.post("/khac-phuc/moi", remedy_fields(form, bien_phap="Thêm một máy in"))
    assert (page.status_code, "Thêm một máy in" in page.text) == (409, True)
    second = chief.post("/khac-phuc/moi", remedy_fields(page, bien_phap="Thêm một máy in"))
    assert (second.status_code, second.headers["location"] != first) == (303, True)
    assert {"Mở thêm một quầy", "Thêm một máy in"} <= set(re.findall(r"[^<>]+", chief.get("/khac-phuc").text))


def test_a_number_that_no_account_and_no_message_can_have_is_refused(
    central: CentreUnderTest, chief: Browser
) -> None:
    form = chief.get("/khac-phuc/moi")
    for number in ("9" * 20, "999999999"):
        assert 400 <= chief.post("/khac-phuc/moi", remedy_fields(form, nguoi_lam=number)).status_code < 500
    with Browser(central, "head", ("admin", "")) as head:
        assert head.get(f"/thong-bao?truoc={2**63 - 1}").status_code == 200
        assert 400 <= head.get(f"/thong-bao?truoc={'9' * 20}").status_code < 500


def test_a_threshold_is_tried_on_the_month_before_and_counts_from_its_change_on(
    central: CentreUnderTest,
) -> None:
    april = datetime(2026, 4, 2, 8, tzinfo=VIET_NAM)
    central.now = lambda: april
    with Browser(central, "later", ("admin", "phuong-mot")) as browser:
        tried = words_of(browser.get("/canh-bao/nguong?loai=low&nguong=1"))
        assert "ngưỡng 1 sẽ báo 0 lần; ngưỡng đang dùng: 1 lần" in tried
        with Browser(central, "officer", ("admin", "phuong-mot"), officer="a01") as officer:
            own = words_of(officer.get("/canh-bao/nguong?loai=low&nguong=1"))
            assert "ngưỡng đang dùng: 0 lần" in own
        for kind, bound in (("streak", 5), ("silent", 60), ("deadline", 3), ("burst", 9), ("after-hours", 1)):
            assert browser.get(f"/canh-bao/nguong?loai={kind}&nguong={bound}").status_code == 200
        fields = {"don_vi": "phuong-mot", "loai": "low", "nguong": "1", "dung": "co"}
        assert browser.post("/canh-bao/nguong", {**fields, "nguong": "3"}).status_code == 400
        assert browser.post("/canh-bao/nguong", {**fields, "don_vi": "phuong-hai"}).status_code == 404
        assert browser.post("/canh-bao/nguong", fields).status_code == 303
        assert "một trong 1 mức thấp nhất" in words_of(browser.get("/canh-bao/nguong"))
        made = replace(visit(2, result=2), seq=2, started_at=april, finished_at=april + timedelta(seconds=9))
        send(central, written(central, made, {"unsatisfied": WORDS}), at=april)
        watch(Storage(central.engine), april)
        assert alert_in(browser.get("/canh-bao?trang_thai=tat-ca"))
