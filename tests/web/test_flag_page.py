"""What looks unusual, as a page: the rows of the command `flags`, for who may open what is behind them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import void
from sync.central.office.units.stored import put_bundled_units
from sync.central.pulling import flagged
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import audit, responses
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.catalogue import Unit
from sync.contract.ids import uuid7
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response, Tag
from tests.support.browsing import words_of
from tests.support.people import make_person
from tests.support.served_pages import PageCentre
from tests.support.wire import NOW, CentreUnderTest, visit
from tests.web.people_steps import Window

DAYS = "from=2026-03-02&to=2026-03-02"
PAGE = f"/bat-thuong?{DAYS}"
FAST = "Mỗi câu trả lời chưa đến một giây"
UNITS = (
    Unit(code="tinh", name={"vi": "Tỉnh"}),
    Unit(code="phuong-mot", name={"vi": "Phường Một"}, parent="tinh"),
    Unit(code="xa-hai", name={"vi": "Xã Hai"}, parent="tinh"),
)


def tagged(number: int, unit: str, officer: str) -> Response:
    """An ordinary visit; its answers differ from those before it."""
    tag = Tag(unit, counter="1", procedure="1.001193", officer=officer)
    return replace(visit(number, result=1 + number % 5), seq=number, tag=tag)


def hurried(number: int, unit: str, officer: str) -> Response:
    """A visit that is flagged."""
    return replace(tagged(number, unit, officer), timing={"result": 300, "service": 200})


def refused(number: int, unit: str, officer: str) -> Response:
    return replace(tagged(number, unit, officer), outcome="declined", answers={}, timing={})


OWN, COLLEAGUES, FOREIGN = (
    hurried(1, "phuong-mot", "a01"),
    hurried(2, "phuong-mot", "a02"),
    hurried(3, "xa-hai", "b01"),
)


def arrive(central: CentreUnderTest, *visits: Response) -> None:
    forms = central.centre.devices.forms
    with writing(central.engine) as connection:
        for each in visits:
            assert each.tag is not None
            judged = judge(
                canonical_bytes(each), device="kiosk-1", unit=each.tag.unit, forms=forms, received_at=0
            )
            store(connection, "kiosk-1", [judged], 0, revoked=False)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """Three flagged visits of two units, and an officer whom many refuse."""
    made = CentreUnderTest(tmp_path / "centre")
    with writing(made.engine) as connection:
        put_bundled_units(connection, UNITS, NOW)
    arrive(made, OWN, COLLEAGUES, FOREIGN)
    arrive(made, *(tagged(number, "phuong-mot", "a01") for number in range(10, 35)))
    arrive(made, *(refused(number, "phuong-mot", "a02") for number in range(40, 65)))
    made.now = lambda: NOW + timedelta(hours=4)
    yield made
    made.close()


def person(central: CentreUnderTest, role: str, unit: str, officer: str = "") -> Window:
    return Window(central, make_person(central, f"nguoi-{role}", (role, unit), officer=officer))


def ids_on(html: str) -> list[str]:
    return re.findall(r'<th scope="row" class="nowrap"><a href="/phieu/([0-9a-f-]{36})"', html)


def test_each_flagged_visit_has_its_reason_and_leads_to_its_response(central: CentreUnderTest) -> None:
    window = person(central, "admin", "phuong-mot")
    page = window.get(PAGE)
    assert page.status_code == 200
    assert ids_on(page.text) == [COLLEAGUES.id, OWN.id], "the newest first, and no foreign one"
    words = words_of(page)
    assert words.count(FAST) == 2
    assert "2 lượt" in words
    assert "Cán bộ Một" in words
    assert FAST in words_of(window.get(f"/phieu/{OWN.id}"))
    assert "Bị từ chối 25 trên 26 lượt đã gắn" in words


def test_one_that_was_looked_at_and_is_valid_is_marked_with_by_whom_and_why(central: CentreUnderTest) -> None:
    window = person(central, "admin", "phuong-mot")
    address = f"/phieu/{OWN.id}"
    assert f"{address}/hop-le" in window.get(address).text
    assert "HL5071" in words_of(window.post(f"{address}/hop-le", ly_do=" "))
    done = window.post(f"{address}/hop-le", ly_do="người trả lời bấm nhanh")
    assert done.headers["location"] == address
    page = window.get(address)
    assert f"{address}/hop-le" not in page.text
    history = words_of(page).partition("Lịch sử")[2]
    assert all(word in history for word in ("phiếu hợp lệ", "Nguoi-Admin", "người trả lời bấm nhanh"))
    assert FAST in words_of(page), "the flag stays"
    assert words_of(window.get(PAGE)).count("đã xem: hợp lệ") == 1
    with reading(central.engine) as connection:
        line = connection.execute(select(audit.c.subject).where(audit.c.act == "flag-valid")).scalar_one()
    assert line == digest_of(OWN.id)
    assert window.post(f"/phieu/{FOREIGN.id}/hop-le", ly_do="x").status_code == 404


def test_a_table_is_that_of_the_command(central: CentreUnderTest) -> None:
    window = person(central, "admin", "")
    days = ["--first", "2026-03-02", "--last", "2026-03-02", "--data", str(central.folder)]
    for table, option in (("luot", []), ("can-bo", ["--officers"])):
        file = window.get(f"/bat-thuong/tai-ve?{DAYS}&bang={table}")
        assert "attachment" in file.headers["content-disposition"]
        written = CliRunner().invoke(app, ["flags", *days, *option]).output
        assert sorted(file.text.splitlines()) == sorted(written.splitlines())
        assert len(file.text.splitlines()) > 1
    assert FOREIGN.id not in window.get(f"/bat-thuong/tai-ve?{DAYS}&unit=phuong-mot").text


def test_only_who_may_open_a_response_finds_flagged_ones(central: CentreUnderTest) -> None:
    for role in ("analyst", "viewer", "keyer"):
        window = person(central, role, "")
        for address in (PAGE, f"/bat-thuong/tai-ve?{DAYS}"):
            assert window.get(address).status_code == 403
        assert "/bat-thuong" not in window.get("/phieu").text
    assert 'href="/bat-thuong"' in person(central, "admin", "").get("/phieu").text


def test_a_foreign_unit_looks_like_none(central: CentreUnderTest) -> None:
    window = person(central, "admin", "phuong-mot")
    for path in ("/bat-thuong", "/bat-thuong/tai-ve"):
        answers = [window.get(f"{path}?{DAYS}&unit={unit}") for unit in ("xa-hai", "khong-co", "tinh")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1


def test_nobody_finds_what_is_about_oneself(central: CentreUnderTest) -> None:
    window = person(central, "admin", "phuong-mot", officer="a01")
    page = window.get(PAGE)
    assert ids_on(page.text) == [COLLEAGUES.id]
    assert "1 lượt" in words_of(page)
    assert "Cán bộ Một" not in words_of(page)
    assert "từ chối" not in words_of(page), "there is nobody else to compare with"
    for table in ("luot", "can-bo"):
        text = window.get(f"/bat-thuong/tai-ve?{DAYS}&bang={table}").text
        assert OWN.id not in text
        assert "a01" not in text


def test_each_look_leaves_a_line(central: CentreUnderTest) -> None:
    window = person(central, "admin", "")
    for address in (PAGE, f"/bat-thuong/tai-ve?{DAYS}"):
        window.get(address)
    looks = select(audit.c.subject).where(audit.c.act == "look")
    with reading(central.engine) as connection:
        assert set(connection.execute(looks).scalars()) == {"/bat-thuong", "/bat-thuong/tai-ve"}


def test_the_usual_days_are_the_last_thirty(central: CentreUnderTest) -> None:
    account = make_person(central, "quan-tri", ("admin", ""))
    central.now = lambda: datetime(2026, 3, 31, 8, tzinfo=VIET_NAM)
    assert len(ids_on(Window(central, account).get("/bat-thuong").text)) == 3
    central.now = lambda: datetime(2026, 4, 1, 8, tzinfo=VIET_NAM)
    page = Window(central, account).get("/bat-thuong")
    assert page.status_code == 200
    assert ids_on(page.text) == []
    assert "Không có lượt nào cần xem lại trong những ngày này." in words_of(page)


@pytest.mark.parametrize(
    ("days", "status", "number"),
    [
        ("from=2026-03-03&to=2026-03-02", 422, "HL5023"),
        ("from=hom-qua", 400, "HL4013"),
    ],
)
def test_days_that_are_none_are_shown_as_typed(
    central: CentreUnderTest, days: str, status: int, number: str
) -> None:
    page = person(central, "admin", "").get(f"/bat-thuong?{days}")
    assert page.status_code == status
    assert number in words_of(page)
    assert f'value="{days[5:15].partition("&")[0]}"' in page.text
    assert "Không có lượt nào" not in words_of(page)


def test_the_first_day_of_all_has_none_before_it(central: CentreUnderTest) -> None:
    assert person(central, "admin", "").get("/bat-thuong?to=0001-01-01").status_code == 200


def test_more_responses_than_are_compared_are_refused_in_words(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flagged, "MOST", 10)
    window = person(central, "admin", "")
    page = window.get(PAGE)
    assert page.status_code == 200
    assert "hãy chọn một đơn vị hoặc ít ngày hơn" in words_of(page)
    file = window.get(f"/bat-thuong/tai-ve?{DAYS}")
    assert file.status_code == 400
    assert "HL4013" in words_of(file)
    assert ids_on(window.get(f"{PAGE}&unit=xa-hai").text) == [FOREIGN.id]


def test_a_voided_one_is_marked(central: CentreUnderTest) -> None:
    window = person(central, "admin", "phuong-mot")
    assert "đã hủy" not in words_of(window.get(PAGE))
    with acting(central.engine, By("test", NOW)) as act:
        void(act, OWN.id, "bấm thử")
    page = window.get(PAGE)
    assert ids_on(page.text) == [COLLEAGUES.id, OWN.id]
    assert words_of(page).count("đã hủy") == 1


def test_a_visit_outside_the_hours_that_a_unit_was_given_is_flagged(own_centre: PageCentre) -> None:
    unit, c = own_centre.province.communes[0].code, responses.c
    with writing(own_centre.engine) as connection:
        wanted = select(c.body).where(c.unit == unit, c.channel == "kiosk", c.outcome == "complete")
        stored = decode_response(bytes(connection.execute(wanted.limit(1)).scalar_one()))
        seq = connection.execute(select(func.max(c.seq)).where(c.device == stored.device)).scalar_one() + 1
        at = own_centre.centre.now().astimezone(VIET_NAM).replace(hour=2) - timedelta(days=1)
        tag = replace(stored.tag, scanned_at=None) if stored.tag else None
        night = replace(
            stored,
            id=uuid7(at.astimezone(UTC), lambda size: seq.to_bytes(size, "big")),
            seq=seq,
            tag=tag,
            started_at=at,
            finished_at=at + timedelta(seconds=30),
        )
        judged = judge(
            canonical_bytes(night),
            device=night.device,
            unit=unit,
            forms=own_centre.centre.devices.forms,
            received_at=0,
        )
        receipts, _ = store(connection, night.device, [judged], 0, revoked=False)
    assert [receipt.status for receipt in receipts] == ["stored"]
    page = own_centre.client("tin-hoc").get("/bat-thuong")
    assert ids_on(page.text) == [night.id]
    assert "Ngoài giờ mở cửa" in words_of(page)
