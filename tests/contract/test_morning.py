"""The page of the morning: read with few queries, and equal to what the API gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, event, insert, update

from sync.central.figures.branch_query import Leaf
from sync.central.figures.branches import Answered
from sync.central.figures.morning import (
    Looking,
    Morning,
    Place,
    days_asked,
    read_morning,
    read_place,
    strip_day,
)
from sync.central.figures.said import in_words
from sync.central.figures.summary import HandoverRow
from sync.central.office.configuration.office_settings import put_office
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.names import NameBook
from sync.central.office.remarks.listing import RemarkCounts
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import counters, devices
from sync.contract.assignment import OfficeHours
from sync.contract.catalogue import Unit
from sync.contract.opening import Opening, SpecialDay
from sync.contract.plan import VIET_NAM
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

MORNING = datetime.combine(NOW.date() + timedelta(days=1), time(8), VIET_NAM)
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17)),)


@pytest.fixture
def centre(central: CentreUnderTest) -> CentreUnderTest:
    with writing(central.engine) as connection:
        tree = [Unit(code="tinh", name={"vi": "Tỉnh Mẫu"})]
        tree += [Unit(code=code, name={"vi": code}, parent="tinh") for code in ("phuong-mot", "xa-hai")]
        put_bundled_units(connection, tree, NOW)
        counter = {"unit": "phuong-mot", "id": "2", "name": '{"vi":"Quầy Hai"}'}
        connection.execute(insert(counters).values(counter))
    visits = numbered(12)
    for number in (0, 1):
        visits[number] = replace(visits[number], answers={"result": 1, "service": 2})
    visits[2] = replace(visits[2], answers={}, timing={}, outcome="timed_out")
    visits = [
        replace(one, tag=replace(one.tag, procedure="2.000815")) if number in (0, 3) and one.tag else one
        for number, one in enumerate(visits)
    ]
    assert set(store_unasked(central, visits)) == {"stored"}
    with writing(central.engine) as connection:
        seen = {"kiosk-1": MORNING, "kiosk-2": MORNING - timedelta(hours=16)}
        for device, at in seen.items():
            values = {"seen_at": at.isoformat(), "public_key": b"k" * 32, "counter": device[-1]}
            connection.execute(update(devices).where(devices.c.id == device).values(values))
    central.now = lambda: MORNING
    return central


@contextmanager
def counting(central: CentreUnderTest) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(central.engine, "before_cursor_execute", note)
    yield statements
    event.remove(central.engine, "before_cursor_execute", note)


def read(
    central: CentreUnderTest,
    unit: str,
    *,
    admin: bool = True,
    book: NameBook | None = None,
    overdue: int = 0,
) -> Morning:
    remarks = {"phuong-mot": RemarkCounts(open=overdue, overdue=overdue, longest=2)} if overdue else {}
    looking = Looking(unit=unit, scope=None, admin=admin, now=MORNING)
    with reading(central.engine) as connection:
        names = (book or NameBook()).read(connection)
        return read_morning(connection, looking, names, remarks if admin else None)


def words(morning: Morning) -> list[str]:
    return [in_words(each.sentence, "vi", MORNING) for each in morning.today.every]


def test_the_page_of_a_unit_has_the_figures_of_the_api(centre: CentreUnderTest) -> None:
    morning = read(centre, "phuong-mot")
    assert words(morning) == [
        "1 trong 2 máy đang gửi.",
        "11 trong 12 lượt đã trả lời.",
        "Không còn ý kiến nào cần xử lý; 2 lượt chọn mức 1\u2060–\u20602.",
        "Chưa có kế hoạch nào.",
    ]
    silent = morning.today.machines.figures[0]
    assert in_words(silent, "vi", MORNING).startswith("Quầy Hai im từ 16:00")
    with TestClient(centre.app) as client:
        client.headers["Authorization"] = f"Bearer {centre.token(role='admin')}"
        query = dict(morning.today.answers.link.query)
        total = client.get("/v1/summary", params=query).json()
        by_procedure = client.get("/v1/summary", params={**query, "by": "procedure"}).json()
    assert morning.reply.handovers.visits == total["handovers"]["visits"] == 12
    assert morning.today.unhappy.n == total["surveys"][0]["rows"][0]["n"]
    rows = {row["by"]["procedure"]: row for row in by_procedure["surveys"][0]["rows"][::2]}
    assert {line.code: line.n for line in morning.procedures} == {
        code: row["n"] for code, row in rows.items()
    }
    # One of two chose a low level, one of nine.
    assert [(line.code, line.low, line.n) for line in morning.procedures] == [
        ("1.001193", 1, 9),
        ("2.000815", 1, 2),
    ]
    (strip,) = morning.strips
    assert (strip.counter, len(strip.days), strip.days[-1].day) == ("1", 14, NOW.date())
    shown = strip.days[-1].row
    assert shown is not None
    assert (shown.tagged, shown.visits, shown.answered, shown.returned) == (12, 12, 11, None)
    assert [each.row for each in strip.days[:-1]] == [None] * 13


def test_the_page_of_a_unit_with_branches_has_one_line_for_each(centre: CentreUnderTest) -> None:
    morning = read(centre, "tinh")
    assert words(morning)[:2] == ["1 trong 2 máy đang gửi.", "11 trong 12 lượt đã trả lời."]
    assert [(branch.unit, branch.now.visits, branch.machines) for branch in morning.branches] == [
        ("phuong-mot", 12, 2),
        ("xa-hai", 0, 0),
    ]
    assert (morning.strips, morning.procedures) == ((), ())
    assert {branch.overdue for branch in read(centre, "tinh", admin=False).branches} == {None}
    late = read(centre, "tinh", overdue=3)
    assert words(late)[2] == "3 ý kiến cần xử lý."
    assert {branch.unit: branch.overdue for branch in late.branches} == {"phuong-mot": 3, "xa-hai": 0}
    assert morning.today.answers.link.target == "units"


def test_where_branches_have_branches_each_of_the_last_has_its_share(centre: CentreUnderTest) -> None:
    with counting(centre) as statements:
        leaves = read(centre, "").leaves
    assert leaves == (
        Leaf("tinh", "phuong-mot", Answered(12, 11)),
        Leaf("tinh", "xa-hai", Answered(0, 0)),
    )
    assert read(centre, "tinh").leaves == read(centre, "phuong-mot").leaves == ()
    with counting(centre) as fewer:
        read(centre, "tinh")
    assert len(statements) <= len(fewer) + 1


@pytest.mark.parametrize("unit", ["phuong-mot", "tinh", ""], ids=["ward", "province", "country"])
def test_the_page_takes_few_queries_however_many_devices_it_has(centre: CentreUnderTest, unit: str) -> None:
    book = NameBook()
    read(centre, unit, book=book)
    with counting(centre) as few:
        read(centre, unit, book=book)
    with writing(centre.engine) as connection:
        more = [
            {
                "id": f"may-{n}",
                "kind": "terminal",
                "unit": unit or "tinh",
                "counter": "1",
                "public_key": b"k" * 32,
            }
            for n in range(50)
        ]
        connection.execute(insert(devices), more)
    with counting(centre) as many:
        assert read(centre, unit, book=book).today.machines.n == 52
    assert len(few) == len(many) <= 12


def test_below_the_role_admin_only_days_that_are_over_are_shown(centre: CentreUnderTest) -> None:
    assert words(read(centre, "phuong-mot", admin=False))[1] == "Chưa có lượt nào."
    with TestClient(centre.app) as client:
        client.headers["Authorization"] = f"Bearer {centre.token(role='analyst')}"
        client.get("/v1/summary").raise_for_status()  # closes the days that are over
    morning = read(centre, "phuong-mot", admin=False)
    assert words(morning)[1:3] == [
        "11 trong 12 lượt đã trả lời.",
        "2 trong 11 lượt chọn mức 1\u2060–\u20602.",
    ]
    (strip,) = morning.strips
    assert strip.counter == "1"


@pytest.mark.parametrize(
    ("day", "window", "wanted"),
    [
        (date(2026, 11, 24), "day", (date(2026, 11, 23), date(2026, 11, 23), None)),
        (date(2026, 11, 23), "day", (date(2026, 11, 19), date(2026, 11, 19), date(2026, 11, 22))),
        (date(2026, 11, 25), "week", (date(2026, 11, 23), date(2026, 11, 24), None)),
        (date(2026, 11, 23), "week", (date(2026, 11, 16), date(2026, 11, 22), None)),
        (date(2026, 11, 25), "month", (date(2026, 11, 1), date(2026, 11, 24), None)),
        (date(2026, 12, 1), "month", (date(2026, 11, 1), date(2026, 11, 30), None)),
    ],
)
def test_the_days_of_the_page_end_with_the_last_one_that_is_over(
    day: date, window: Any, wanted: tuple[date, date, date | None]
) -> None:
    hours = OfficeHours(WEEK, (SpecialDay(date(2026, 11, 20), "Nghỉ"),))
    # 00:30 in Viet Nam is the day before in UTC.
    now = datetime.combine(day, time(0, 30), VIET_NAM)
    looking = Looking(unit="xa", scope=None, admin=True, now=now, window=window)
    asked = days_asked(looking, Place(branches=False, hours=hours))
    assert (asked.first, asked.last, asked.off) == wanted


def test_hours_are_those_that_the_unit_or_one_above_it_decided_and_never_those_of_one_below(
    centre: CentreUnderTest,
) -> None:
    everywhere, own = SpecialDay(NOW.date(), "Nghỉ"), SpecialDay(NOW.date() + timedelta(days=1), "Nghỉ xã")
    short = (Opening(("mon",), time(8), time(11)),)
    with writing(centre.engine) as connection:
        put_office(connection, "phuong-mot", OfficeRow(opening=short, special_days=(own,)))
    with reading(centre.engine) as connection:
        assert read_place(connection, "tinh", MORNING.date()) == Place(True, OfficeHours())
    with writing(centre.engine) as connection:
        put_office(connection, "", OfficeRow(opening=short, special_days=(everywhere,)))
        put_office(connection, "tinh", OfficeRow(opening=WEEK))
    with reading(centre.engine) as connection:
        places = {unit: read_place(connection, unit, MORNING.date()) for unit in ("", "tinh", "xa-hai")}
        ward = read_place(connection, "phuong-mot", MORNING.date())
    assert {unit: place.hours.opening for unit, place in places.items()} == {
        "": short,
        "tinh": WEEK,
        "xa-hai": WEEK,
    }
    assert {place.hours.special_days for place in places.values()} == {(everywhere,)}
    assert ward == Place(False, OfficeHours(short, (everywhere, own)))


def test_a_day_that_was_folded_or_hidden_is_unknown_on_a_strip_and_not_0() -> None:
    day, quiet = date(2026, 11, 23), date(2026, 11, 24)
    rows = {
        ("", day.isoformat()): HandoverRow(by={}, tagged=3),
        ("2", quiet.isoformat()): HandoverRow(by={}, hidden=True),
    }
    assert not strip_day(day, False, "1", rows, over=True).known
    assert not strip_day(quiet, False, "2", rows, over=True).known
    for shown in (
        strip_day(day, False, "1", rows, over=False),  # nothing is folded for administrators
        strip_day(quiet, False, "1", rows, over=True),  # nothing was folded on that day
        strip_day(day, False, "", rows, over=True),
    ):
        assert shown.known


def test_a_sum_of_returned_results_names_the_units_without_a_list(centre: CentreUnderTest) -> None:
    with writing(centre.engine) as connection:
        take_in(
            connection, "phuong-mot", NOW.date(), NOW.date(), {(NOW.date().isoformat(), "1.001193", ""): 21}
        )
        since = {"enrolled_at": (NOW - timedelta(days=9)).isoformat()}
        connection.execute(update(devices).values(since))
        connection.execute(update(devices).where(devices.c.id == "kiosk-2").values(unit="xa-hai"))
    lines = [in_words(each, "vi", MORNING) for each in read(centre, "tinh").today.answers.figures]
    assert "đã trả 21 · đã quét 12" in lines
    assert "chưa có đủ danh sách đã trả: xa-hai" in lines
