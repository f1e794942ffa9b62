"""What somebody must know is raised once, shown to those who may read it and to nobody else, and handled."""

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, delete, event, insert, select, update

from sync.central.duties import watching
from sync.central.duties.watching import CHUNK, Watched, watch
from sync.central.figures.deadlines import REGULAR
from sync.central.office import corrections, removal
from sync.central.office.alerts.alarms import Shown
from sync.central.office.alerts.handling import handle_alert
from sync.central.office.alerts.listing import (
    AlertCounts,
    AlertHistory,
    AlertsAsked,
    alert_counts,
    alert_of,
    alert_reader,
    alerts_of,
)
from sync.central.office.alerts.stages import Stage as AlertStage
from sync.central.office.alerts.thresholds import Threshold, change_threshold, read_thresholds
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check, restore
from sync.central.office.configuration.office_settings import put_office
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.keys.unsealing import Opener
from sync.central.office.people.permissions import Held, Person
from sync.central.office.remarks.listing import Reader
from sync.central.office.remarks.opening import open_some
from sync.central.office.remedies.handling import NewRemedy, make_remedy, new_id
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.alert_tables import alert_steps, alerts, remedies
from sync.central.store.database import open_database, reading, writing
from sync.central.store.issuing import reports
from sync.central.store.schema import bundles, devices, facts, plans
from sync.central.store.storage import Storage
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Unit
from sync.contract.opening import Opening, SpecialDay
from sync.contract.plan import VIET_NAM, Plan, Task
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from tests.support.killed import killed_at_line
from tests.support.plans import shipped_plans
from tests.support.remarks import send, written
from tests.support.wire import NOW, CentreUnderTest, visit

WARD = Reader(account=1, units=("phuong-mot",))
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17, 0)),)
# NOW is Monday 2 March 2026, 15:00 in Viet Nam.
SOON = NOW + timedelta(minutes=1)
NEXT_MORNING = datetime(2026, 3, 3, 7, tzinfo=VIET_NAM)


def looked(central: CentreUnderTest, now: datetime = SOON, told: list[Shown] | None = None) -> Watched:
    """Rounds until nothing is left to do, as one."""
    told = [] if told is None else told
    rounds = [Watched(more=True)]
    while rounds[-1].more:
        rounds.append(watch(Storage(central.engine), now, lambda _, shown: told.extend(shown)))
    return Watched(
        raised=tuple(each for one in rounds for each in one.raised),
        shown=tuple(each for one in rounds for each in one.shown),
        closed=sum(one.closed for one in rounds),
    )


def raised(central: CentreUnderTest, now: datetime = SOON) -> list[tuple[str, str]]:
    return sorted((alarm.kind, alarm.subject) for alarm in looked(central, now).raised)


def listed(central: CentreUnderTest, reader: Reader = WARD, **asked: Any) -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        page = alerts_of(connection, reader, AlertsAsked(**asked))
        counts = alert_counts(connection, reader, AlertsAsked())
    if not asked:
        assert counts.open == sum(each.stage.state != "closed" for each in page.alerts)
    return sorted((each.kind, each.subject) for each in page.alerts)


def first_id(central: CentreUnderTest) -> str:
    with reading(central.engine) as connection:
        return str(connection.execute(select(alerts.c.id).order_by(alerts.c.id)).scalars().first())


def one(central: CentreUnderTest, id: str, reader: Reader = WARD) -> AlertHistory:
    with reading(central.engine) as connection:
        return alert_of(connection, reader, id)


def do(
    central: CentreUnderTest, id: str, step: Any, reader: Reader = WARD, *, read: int, **entries: str
) -> None:
    with acting(central.engine, By("test", NEXT_MORNING)) as act:
        handle_alert(act, reader, id, step, read=read, **entries)


def spaced(number: int, *, result: int = 5, device: str = "kiosk-1") -> Response:
    """A visit far from the others, with answers of its own, so that it makes no pattern."""
    made = visit(10 * number, device=device, result=result)
    return replace(made, seq=number, answers={"result": result, "service": number % 4 + 1})


def unhappy(central: CentreUnderTest, number: int = 1, words: Any = None) -> Response:
    """One stored response that chose a low level, with words."""
    response = written(central, spaced(number, result=2), words or {"unsatisfied": "Chờ lâu"})
    assert [each.status for each in send(central, response)] == ["stored"]
    return response


def enrolled(central: CentreUnderTest, seen: dict[str, datetime], *, unit: str = "phuong-mot") -> None:
    """Devices of a unit that were last heard at these moments."""
    with writing(central.engine) as connection:
        for device, moment in seen.items():
            values = {"unit": unit, "seen_at": moment.isoformat(), "public_key": b"k" * 32}
            connection.execute(update(devices).where(devices.c.id == device).values(**values))


def opened_at(central: CentreUnderTest, office: str) -> None:
    """Let the terminals of the ward have these hours."""
    with writing(central.engine) as connection:
        connection.execute(delete(bundles))
        row = {"version": 1, "unit": "phuong-mot", "issued_at": NOW.isoformat(), "basis": "", "digest": ""}
        connection.execute(
            insert(bundles).values(**row, files=msgspec.json.encode({"office.toml": office}).decode())
        )


@pytest.fixture
def alone(tmp_path: Path) -> Any:
    """A centre over SQLite."""
    centre = CentreUnderTest(tmp_path / "centre")
    yield centre
    centre.close()


# --- responses ------------------------------------------------------------------------------------------


def test_a_low_answer_with_words_is_raised_once_and_visible_from_seven_on_the_next_working_day(
    central: CentreUnderTest,
) -> None:
    with writing(central.engine) as connection:
        put_office(
            connection, "phuong-mot", OfficeRow(opening=WEEK, special_days=(SpecialDay(date(2026, 3, 3)),))
        )
    response = unhappy(central)
    send(central, spaced(2, result=1), written(central, spaced(3, result=4), {"unsatisfied": "Tốt"}))
    told: list[Shown] = []
    assert [alarm.subject for alarm in looked(central, SOON, told).raised] == [response.id]
    assert (listed(central), told) == ([], [])
    # A day off is no working day.
    assert looked(central, NEXT_MORNING, told) == Watched()
    after = NEXT_MORNING + timedelta(days=1)
    assert looked(central, after - timedelta(minutes=1), told) == Watched()
    assert [each.subject for each in looked(central, after, told).shown] == [response.id]
    assert looked(central, after, told) == Watched()
    assert [each.subject for each in told] == [response.id]
    assert listed(central) == [("low", response.id)]


def test_it_is_visible_at_once_only_where_the_citizen_asked_to_be_called(central: CentreUnderTest) -> None:
    words = {"unsatisfied": "Chờ lâu", "contact": {"name": "Bà Lan", "phone": "0900 000 001"}}
    called, silent = unhappy(central, 1, words), unhappy(central, 2)
    assert len(looked(central).raised) == 2
    with writing(central.engine) as connection:
        opener = Opener(load_surveys(connection), central.keys.sealing_keys())
        assert open_some(connection, opener) == 2
    assert [each.subject for each in looked(central).shown] == [called.id]
    assert listed(central) == [("low", called.id)]
    assert [each.subject for each in looked(central, NEXT_MORNING).shown] == [silent.id]


def test_nobody_sees_an_alert_about_oneself_as_an_officer_not_even_in_a_count(
    central: CentreUnderTest,
) -> None:
    response = unhappy(central)
    send(central, *(replace(visit(100 + number), seq=100 + number) for number in range(8)))
    looked(central, NEXT_MORNING)
    assert {kind for kind, _ in listed(central)} == {"low", "burst", "streak"}
    oneself = replace(WARD, officer="a01")
    assert listed(central, oneself) == []
    with reading(central.engine) as connection:
        assert alert_counts(connection, oneself, AlertsAsked()) == AlertCounts()
        for row in connection.execute(select(alerts.c.id)):
            with pytest.raises(ProblemError, match="HL5174"):
                alert_of(connection, oneself, row.id)
    assert len(listed(central, replace(WARD, officer="a02"))) == 3
    # An officer whom the response named before its correction.
    assert ("low", response.id) not in listed(central, replace(WARD, about=frozenset({response.id})))


def test_only_who_may_see_alerts_of_a_unit_is_a_reader_of_them() -> None:
    day = NOW.date()
    people = {
        role: Person(account=1, login="lan", name="Lan", roles=(Held(role=role, unit="phuong-mot"),))
        for role in ("admin", "analyst", "viewer", "keyer")
    }
    assert [role for role, person in people.items() if alert_reader(person, day, "see-alerts")] == ["admin"]


def test_a_foreign_alert_one_that_is_not_visible_yet_and_one_that_there_is_not_are_the_same_answer(
    central: CentreUnderTest,
) -> None:
    unhappy(central)
    looked(central)
    id = first_id(central)
    for reader, of in ((WARD, id), (Reader(1, ("xa-khac",)), id), (WARD, "0" * 32)):
        with pytest.raises(ProblemError, match="HL5174"):
            one(central, of, reader)
    looked(central, NEXT_MORNING)
    with pytest.raises(ProblemError, match="HL5174"):
        do(central, id, "take", Reader(1, ("xa-khac",)), read=0)
    assert one(central, id).alert.n == 1


def test_a_corrected_response_keeps_its_alert_and_a_voided_one_leaves_the_lists(
    central: CentreUnderTest,
) -> None:
    kept, voided = unhappy(central, 1), unhappy(central, 2)
    looked(central, NEXT_MORNING)
    assert len(listed(central)) == 2
    with acting(central.engine, By("test", NEXT_MORNING)) as act:
        made = corrections.retag(act, kept.id, {"counter": "2"}, "nhầm")
        corrections.void(act, voided.id, "thử máy")
    assert looked(central, NEXT_MORNING + timedelta(hours=1)).raised == ()
    assert listed(central) == [("low", made)]


def test_a_response_that_is_forgotten_takes_its_alert_along_and_the_remedy_goes_on_without_it(
    central: CentreUnderTest,
) -> None:
    response = unhappy(central)
    looked(central, NEXT_MORNING)
    id = first_id(central)
    do(central, id, "take", read=0)
    with acting(central.engine, By("test", NEXT_MORNING)) as act:
        new = NewRemedy(
            unit="phuong-mot",
            problem="Chờ lâu",
            measure="Thêm quầy",
            person="Một cửa",
            due=date(2026, 3, 20),
            source=f"alert {id}",
        )
        make_remedy(act, new, id=new_id())
        removal.forget(act, id=response.id)
    with reading(central.engine) as connection:
        assert connection.execute(select(alerts)).first() is None
        assert connection.execute(select(alert_steps)).first() is None
        assert connection.execute(select(remedies.c.source)).scalars().all() == [""]
    again = Watched()
    assert looked(central, NEXT_MORNING) == again


def test_old_closed_alerts_are_purged(central: CentreUnderTest) -> None:
    enrolled(central, {"kiosk-1": NOW - timedelta(hours=2)})
    looked(central, NOW)
    enrolled(central, {"kiosk-1": NOW})
    assert looked(central, NOW).closed == 1
    for days, left in ((700, 1), (732, 0)):
        removal.purge(central.engine, By("test", NOW + timedelta(days=days)))
        with reading(central.engine) as connection:
            assert len(connection.execute(select(alerts)).all()) == left


def test_what_arrives_a_month_after_its_day_raises_nothing(central: CentreUnderTest) -> None:
    response = written(central, spaced(1, result=1), {"unsatisfied": "Chờ lâu"})
    send(central, response, at=NOW + timedelta(days=31))
    assert raised(central, NOW + timedelta(days=31)) == []


def test_patterns_of_visits_are_raised_once_a_device_and_day(central: CentreUnderTest) -> None:
    visits = [replace(visit(number), seq=number) for number in range(1, 13)]
    send(central, *visits[:4])
    assert raised(central) == []
    send(central, *visits[4:10])
    assert raised(central) == [("burst", "kiosk-1"), ("streak", "kiosk-1")]
    send(central, *visits[10:])
    assert raised(central) == []
    with reading(central.engine) as connection:
        rows = connection.execute(select(alerts.c.kind, alerts.c.n)).all()
    # A pattern that grew names all of its visits: 12 in a row, 8 of them within five minutes.
    assert sorted(map(tuple, rows)) == [("burst", 8), ("streak", 12)]


# --- once -----------------------------------------------------------------------------------------------


def many(central: CentreUnderTest, count: int) -> list[Response]:
    """Visits of two devices: some low with words, a streak, a burst, and some of no interest."""
    visits = []
    for number in range(1, count + 1):
        device = "kiosk-2" if number % 3 == 0 else "kiosk-1"
        result = (1, 5, 2, 5, 5, 4)[number % 6]
        begun = NOW + timedelta(seconds=20 * number)
        made = replace(visit(number, device=device, result=result), seq=number, started_at=begun)
        visits.append(written(central, made, {"unsatisfied": "Chờ lâu"}) if number % 4 == 0 else made)
    return visits


def state_of(central: CentreUnderTest) -> list[tuple[Any, ...]]:
    """All alerts, but when they were raised and shown."""
    with reading(central.engine) as connection:
        columns = [column for column in alerts.c if column.name not in ("raised_at", "shown_at")]
        return sorted(map(tuple, connection.execute(select(*columns))))


def sent(central: CentreUnderTest, visits: Sequence[Response]) -> None:
    for device in ("kiosk-1", "kiosk-2"):
        of_device = [each for each in visits if each.device == device]
        if of_device:
            send(central, *of_device, device=device)


def test_any_split_of_arrival_gives_the_same_alerts(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = CentreUnderTest(tmp_path_factory.mktemp("whole"))
    visits = many(whole, 48)
    sent(whole, visits)
    looked(whole)
    wanted = state_of(whole)
    whole.close()
    assert {row[1] for row in wanted} == {"low", "burst"}

    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.integers(1, 47), max_size=6, unique=True), st.integers(1, 60))
    def splits(cuts: list[int], chunk: int) -> None:
        monkeypatch.setattr(watching, "CHUNK", chunk)
        part = CentreUnderTest(tmp_path_factory.mktemp("part"))
        ends = [0, *sorted(cuts), len(visits)]
        for first, last in pairwise(ends):
            sent(part, visits[first:last])
            looked(part)
        assert state_of(part) == wanted
        part.close()

    splits()


def tells(connection: Connection, shown: Sequence[Shown]) -> None:
    """A message of each, in the same transaction: the database refuses a second one about the same alert."""
    connection.execute(insert(facts), [{"name": each.id, "value": "told"} for each in shown])


def told_of(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return sorted(connection.execute(select(facts.c.name).where(facts.c.value == "told")).scalars())


def shown_in(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        query = select(alerts.c.id).where(alerts.c.shown_at.is_not(None))
        return sorted(connection.execute(query).scalars())


def test_a_watcher_that_is_killed_at_any_line_raises_and_tells_of_everything_once(
    central: CentreUnderTest,
) -> None:
    visits = many(central, 24)
    central.close()
    number, killed = 1, 0
    for first in range(0, len(visits), 12):
        central.open()
        sent(central, visits[first : first + 12])
        central.close()
        while killed_at_line(number, (watching.__file__,), watches, central.address):
            number, killed = number + 31, killed + 1
        number = 9
    central.open()
    assert killed > 8
    assert told_of(central) == shown_in(central)
    assert len(state_of(central)) == len(told_of(central)) >= 4


def watches(address: str) -> None:
    storage = Storage(open_database(address))
    while watch(storage, NEXT_MORNING, tells).more:
        pass


def test_four_workers_raise_and_tell_of_everything_once(central: CentreUnderTest) -> None:
    visits = many(central, 48)
    enrolled(central, {"desk-1": NOW - timedelta(hours=2)})
    failures: list[BaseException] = []
    begin, done = threading.Barrier(5), threading.Event()

    def works() -> None:
        storage = Storage(open_database(central.address))
        try:
            begin.wait(60)
            while not done.is_set() or watch(storage, NEXT_MORNING, tells).more:
                watch(storage, NEXT_MORNING, tells)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            storage.engine.dispose()

    workers = [threading.Thread(target=works) for _ in range(4)]
    for worker in workers:
        worker.start()
    begin.wait(60)
    for first in range(0, len(visits), 6):
        sent(central, visits[first : first + 6])
    done.set()
    for worker in workers:
        worker.join(60)
    assert failures == []
    watch(Storage(central.engine), NEXT_MORNING, tells)
    assert told_of(central) == shown_in(central)
    assert {row[1] for row in state_of(central)} == {"low", "burst", "silent"}
    assert len(state_of(central)) == len(told_of(central))


def test_nothing_is_raised_again_after_a_restore_and_by_a_response_that_comes_again(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    visits = many(central, 48)
    sent(central, visits[:24])
    enrolled(central, {"kiosk-1": NOW - timedelta(hours=3)})
    looked(central, NOW - timedelta(hours=1))
    back_up(central.engine, tmp_path / "copy")
    sent(central, visits[24:])
    enrolled(central, {"kiosk-1": NOW - timedelta(hours=2)})
    looked(central, NEXT_MORNING)
    id = first_id(central)
    do(central, id, "take", read=0)
    wanted = state_of(central)
    url = central.address
    central.close()
    restore(tmp_path / "copy", url, By("an administrator", NEXT_MORNING))
    central.open()
    told: list[Shown] = []
    assert looked(central, NEXT_MORNING, told) == Watched()
    sent(central, visits)
    enrolled(central, {"kiosk-1": NOW - timedelta(hours=2)})
    assert looked(central, NEXT_MORNING + timedelta(days=1), told) == Watched()
    assert (state_of(central), told) == (wanted, [])
    assert one(central, id).alert.stage.owner == 1
    # What arrives from now on is raised as always.
    new = unhappy(central, 900)
    assert ("low", new.id) in raised(central, NEXT_MORNING)


def test_the_check_of_a_backup_finds_an_alert_that_is_not_where_its_steps_lead(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    unhappy(central)
    looked(central)
    with writing(central.engine) as connection:
        connection.execute(update(alerts).values(state="taken", owner=1))
    back_up(central.engine, tmp_path / "copy")
    with pytest.raises(ProblemError, match=r"HL5009.*alert that is not where its steps lead"):
        check(tmp_path / "copy", central.url)


# --- devices --------------------------------------------------------------------------------------------


def test_a_silent_device_is_raised_at_once_and_closed_by_the_centre_when_it_sends_again(
    central: CentreUnderTest,
) -> None:
    enrolled(central, {"kiosk-1": NOW, "kiosk-2": NOW})
    later = NOW + timedelta(minutes=31)
    enrolled(central, {"kiosk-2": later})
    assert raised(central, NOW + timedelta(minutes=30)) == []
    assert [each.kind for each in looked(central, later).shown] == ["silent"]
    assert raised(central, later + timedelta(minutes=5)) == []
    id = first_id(central)
    do(central, id, "take", read=0)
    heard = later + timedelta(minutes=6)
    enrolled(central, {"kiosk-1": heard, "kiosk-2": heard})
    assert looked(central, heard).closed == 1
    history = one(central, id)
    assert (history.alert.stage.state, history.alert.stage.result) == ("closed", "recovered")
    assert [(each.account, each.step) for each in history.steps] == [(1, "take"), (0, "recover")]
    assert looked(central, heard) == Watched()


def test_a_whole_unit_that_falls_silent_raises_one_alert(central: CentreUnderTest) -> None:
    enrolled(central, {"kiosk-1": NOW, "kiosk-2": NOW + timedelta(minutes=2), "desk-1": NOW})
    minutes = [alarm for minute in range(90) for alarm in raised(central, NOW + timedelta(minutes=minute))]
    assert minutes == [("silent-unit", "phuong-mot")]


TET = "".join(f"{{day = 2026-02-{day}, name = 'Tết'}}, " for day in range(16, 21))
HOURS = f"""
opening = [{{days = ["mon", "tue", "wed", "thu", "fri"], start = 07:30:00, end = 17:00:00}}]
special_days = [{TET}]
"""


def test_a_device_that_is_silent_while_its_office_is_closed_on_a_weekend_or_at_tet_raises_nothing(
    central: CentreUnderTest,
) -> None:
    # Friday 13 February 2026, 17:00, until Monday the 23rd after Tết.
    opened_at(central, HOURS)
    enrolled(central, {"kiosk-1": datetime(2026, 2, 13, 16, 58, tzinfo=VIET_NAM)})
    begin = datetime(2026, 2, 13, 17, tzinfo=VIET_NAM)
    for hour in range(0, 24 * 9 + 14):
        assert raised(central, begin + timedelta(hours=hour)) == [], hour
    back = datetime(2026, 2, 23, 7, 31, tzinfo=VIET_NAM)
    assert raised(central, back + timedelta(minutes=28)) == []
    assert raised(central, back + timedelta(minutes=30)) == [("silent", "kiosk-1")]


def test_visits_on_a_saturday_of_make_up_work_raise_nothing_and_those_on_a_day_off_do(
    central: CentreUnderTest,
) -> None:
    # NOW is a Monday in the hours of the office.
    opened_at(central, HOURS.replace("special_days = [", "special_days = [{day = 2026-03-02}, "))
    send(central, *(spaced(number) for number in range(1, 5)))
    assert raised(central) == [("after-hours", "kiosk-1")]
    worked = "{day = 2026-03-07, hours = [{start = 07:30:00, end = 17:00:00}]}, "
    opened_at(central, HOURS.replace("special_days = [", f"special_days = [{worked}"))
    saturday = datetime(2026, 3, 7, 9, tzinfo=VIET_NAM)
    visits = [
        replace(
            spaced(number),
            started_at=saturday + timedelta(minutes=10 * number),
            finished_at=saturday + timedelta(minutes=10 * number + 1),
        )
        for number in range(5, 9)
    ]
    send(central, *visits, at=saturday + timedelta(hours=2))
    assert raised(central, saturday + timedelta(hours=2)) == []


# --- deadlines and thresholds ---------------------------------------------------------------------------


def test_a_deadline_is_raised_a_working_day_ahead_and_one_of_before_the_plan_was_issued_is_not(
    central: CentreUnderTest,
) -> None:
    tasks = (
        Task(name="Gửi danh sách", owner="Văn phòng", due=date(2026, 3, 1)),
        Task(name="Gửi báo cáo", owner="Văn phòng", due=date(2026, 3, 8)),
    )
    plan = replace(shipped_plans()["kien-hung-2020"], unit="phuong-mot", tasks=tasks, groups=(), report_day=0)
    plan = replace(plan, steps=(), issued=date(2026, 3, 2))
    with writing(central.engine) as connection:
        put_office(connection, "phuong-mot", OfficeRow(opening=WEEK))
        body = msgspec.json.encode(plan).decode()
        values = {"id": plan.id, "version": 1, "unit": plan.unit, "issued_at": NOW.isoformat()}
        connection.execute(insert(plans).values(body=body, **values))
    days = {
        day: [alarm.name for alarm in looked(central, datetime(2026, 3, day, 8, tzinfo=VIET_NAM)).raised]
        for day in range(2, 10)
    }
    # Sunday the 8th: the last working day before it is Friday the 6th.
    assert {day: names for day, names in days.items() if names} == {5: ["Gửi báo cáo"]}
    assert listed(central) == [("deadline", plan.id)]


def reports_monthly(central: CentreUnderTest, day: int) -> Plan:
    """A plan of the ward that asks for a report on this day of each month."""
    plan = replace(shipped_plans()["kien-hung-2020"], unit="phuong-mot", tasks=(), groups=(), steps=())
    days = {"issued": date(2026, 1, 2), "starts": date(2026, 1, 2), "ends": date(2026, 12, 31)}
    plan = replace(plan, **days, report_day=day)
    with writing(central.engine) as connection:
        body = msgspec.json.encode(plan).decode()
        values = {"id": plan.id, "version": 1, "unit": plan.unit, "issued_at": NOW.isoformat()}
        connection.execute(insert(plans).values(body=body, **values))
    return plan


def drafted(central: CentreUnderTest, plan: Plan, last: date, sent: str = "") -> None:
    """The report of this plan for the days until `last`; sent: the number of its paper."""
    empty = dict.fromkeys(("plan_group", "why", "figures", "figures_at", "words", "digest", "drafted_by"), "")
    values = {"kind": REGULAR, "unit": plan.unit, "plan": plan.id, "last_day": last.isoformat()}
    values |= {"first_day": "2026-02-16", "state": "approved", "sent_number": sent, "sent_day": ""}
    with writing(central.engine) as connection:
        connection.execute(delete(reports))
        connection.execute(insert(reports).values(**empty, **values, revision=0))


def test_no_deadline_is_raised_for_a_report_that_was_sent_and_one_that_is_sent_later_ends_its_alert(
    central: CentreUnderTest,
) -> None:
    plan = reports_monthly(central, 15)
    friday, due = datetime(2026, 3, 13, 8, tzinfo=VIET_NAM), date(2026, 3, 15)
    drafted(central, plan, due, sent="12/BC-UBND")
    assert looked(central, friday) == Watched()
    drafted(central, plan, due)
    assert raised(central, friday) == [("deadline", plan.id)]
    drafted(central, plan, due, sent="12/BC-UBND")
    # It was sent after its day.
    monday = friday + timedelta(days=3)
    assert looked(central, monday).closed == 1
    assert one(central, first_id(central)).alert.stage == AlertStage("closed", None, "sent")
    assert looked(central, monday) == Watched()


def test_a_unit_that_has_decided_no_hours_works_from_monday_to_friday(central: CentreUnderTest) -> None:
    plan = reports_monthly(central, 16)
    # A working day before Monday the 16th is Friday the 13th.
    assert raised(central, datetime(2026, 3, 12, 8, tzinfo=VIET_NAM)) == []
    assert raised(central, datetime(2026, 3, 13, 8, tzinfo=VIET_NAM)) == [("deadline", plan.id)]


def changed(central: CentreUnderTest, unit: str, kind: Any, threshold: Threshold, now: datetime) -> None:
    with acting(central.engine, By("test", now)) as act:
        change_threshold(act, unit, kind, threshold)


def test_a_threshold_counts_for_what_arrives_after_it_was_changed(central: CentreUnderTest) -> None:
    send(central, written(central, spaced(1, result=2), {"unsatisfied": "Chờ lâu"}))
    changed(central, "phuong-mot", "low", Threshold(1), NOW + timedelta(minutes=5))
    after = NOW + timedelta(minutes=6)
    second, third = (
        written(central, spaced(n, result=r), {"unsatisfied": "Lâu"}) for n, r in ((2, 2), (3, 1))
    )
    send(central, second, third, at=after)
    assert {alarm.subject for alarm in looked(central, after).raised} == {third.id, spaced(1).id}
    changed(central, "phuong-mot", "low", Threshold(1, used=False), after)
    send(central, written(central, spaced(4, result=1), {"unsatisfied": "Lâu"}), at=after)
    assert raised(central, after) == []


def test_the_nearest_unit_that_decided_a_threshold_decides_it(central: CentreUnderTest) -> None:
    tree = {"tinh": None, "xa-hai": "tinh", "thon": "xa-hai"}
    with writing(central.engine) as connection:
        units = [Unit(code=code, name={"vi": code}, parent=parent) for code, parent in tree.items()]
        put_bundled_units(connection, [*units, Unit(code="phuong-mot", name={"vi": "Phường Một"})], NOW)
    for unit, bound in (("tinh", 20), ("xa-hai", 60), ("", 90)):
        changed(central, unit, "silent", Threshold(bound), NOW)
    at = int(NOW.timestamp() * 1000)
    with reading(central.engine) as connection:
        thresholds = read_thresholds(connection, NOW.date())
    found = {unit: thresholds.of(unit, "silent", at).bound for unit in (*tree, "phuong-mot")}
    assert found == {"tinh": 20, "xa-hai": 60, "thon": 60, "phuong-mot": 90}
    assert thresholds.of("thon", "silent", at - 1).bound == 30
    with pytest.raises(ProblemError, match=r"HL5178.*từ 10 đến 1440"):
        changed(central, "tinh", "silent", Threshold(9), NOW)


# --- handling and cost ----------------------------------------------------------------------------------


def test_of_two_who_act_at_once_one_act_is_done_and_lists_are_by_owner(central: CentreUnderTest) -> None:
    unhappy(central)
    looked(central, NEXT_MORNING)
    id = first_id(central)
    deputy = replace(WARD, account=2)
    do(central, id, "take", read=0)
    with pytest.raises(ProblemError, match="HL5176"):
        do(central, id, "take", deputy, read=0)
    assert listed(central, owner=1) == listed(central, state="open") == listed(central, kinds=("low",))
    assert (
        listed(central, owner=2)
        == listed(central, kinds=("silent",))
        == listed(central, state="closed")
        == []
    )
    with reading(central.engine) as connection:
        assert alert_counts(connection, WARD, AlertsAsked()) == AlertCounts(open=1, new=0, own=1)
        assert alert_counts(connection, deputy, AlertsAsked()) == AlertCounts(open=1, new=0, own=0)
    do(central, id, "act", read=1, note="Đã gọi")
    do(central, id, "close", read=2, result="fixed")
    with reading(central.engine) as connection:
        assert alert_counts(connection, WARD, AlertsAsked()) == AlertCounts()


def statements(engine: Any, work: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements that `work` executes, with their values."""
    made: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        made.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    work()
    event.remove(engine, "before_cursor_execute", keep)
    return made


def test_a_round_takes_as_many_statements_for_168_units_as_for_one(alone: CentreUnderTest) -> None:
    visits = many(alone, 40)

    def round_of(at: datetime) -> int:
        return len(statements(alone.engine, lambda: watch(Storage(alone.engine), at)))

    sent(alone, visits[:20])
    enrolled(alone, {"kiosk-1": NOW - timedelta(hours=1), "kiosk-2": NOW - timedelta(hours=2)})
    few = round_of(NOW)
    with writing(alone.engine) as connection:
        row = connection.execute(select(devices).where(devices.c.id == "kiosk-1")).one()
        connection.execute(
            insert(devices),
            [dict(row._mapping) | {"id": f"m-{n}", "unit": f"xa-{n // 2}"} for n in range(336)],
        )
    sent(alone, visits[20:])
    enrolled(alone, {"kiosk-1": NOW - timedelta(hours=1), "kiosk-2": NOW - timedelta(hours=2)})
    assert round_of(NOW) <= few <= 30
    with reading(alone.engine) as connection:
        kinds = connection.execute(select(alerts.c.kind)).scalars().all()
    assert kinds.count("silent-unit") == 169


def test_a_round_decodes_the_visits_of_some_devices_and_days_after_the_others(
    alone: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A thousand devices that had a hundred visits each are hundreds of megabytes.
    monkeypatch.setattr(watching, "CHUNK", 6)
    names = ("kiosk-1", "kiosk-2", "desk-1")
    visits = {
        name: [spaced(6 * at + number, device=name) for number in range(1, 7)]
        for at, name in enumerate(names)
    }
    for name in names:
        send(alone, *visits[name][:5], device=name)
    looked(alone)
    for name in names:
        send(alone, visits[name][5], device=name)
    made = statements(alone.engine, lambda: watch(Storage(alone.engine), SOON))
    bodies = [parameters for text, parameters in made if "responses.body" in text]
    assert [len(parameters) for parameters in bodies] == [6 + len(["the day"])] * 3


def test_no_round_reads_all_responses(central: CentreUnderTest) -> None:
    sent(central, many(central, 30))
    made = statements(central.engine, lambda: looked(central))
    assert CHUNK == 1000
    on_sqlite = central.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN "
    asked = [each for each in made if "FROM responses" in each[0]]
    assert len(asked) >= 2
    with reading(central.engine) as connection:
        if not on_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked:
            plan = "\n".join(
                str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)
            )
            assert "SCAN responses" not in plan, plan
            assert "Seq Scan on responses" not in plan, plan
            assert "device" not in plan.replace("ix_responses_day", "") or not on_sqlite, plan
