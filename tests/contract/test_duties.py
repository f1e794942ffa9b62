"""What falls due by itself: Monday's message, reminders, and a second turn that does nothing."""

import threading
import time as clocks
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from sync.central.duties import monday
from sync.central.duties.all_duties import DUTIES
from sync.central.duties.monday import monday_of
from sync.central.duties.tick import tick
from sync.central.duties.turns import Duty, Turn
from sync.central.office.address import name_own_address
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.messages.identity import MONDAY, REMINDER
from sync.central.office.messages.outbox import milliseconds
from sync.central.office.messages.settings import FILE
from sync.central.office.messages.subscribing import choose_kinds, entries_of
from sync.central.office.names import NameBook
from sync.central.office.people.accounts import end_account, read_person
from sync.central.office.people.roles import take_role
from sync.central.store.database import reading, writing
from sync.central.store.days_over import Days
from sync.central.store.outgoing import deliveries, messages, subscriptions
from sync.central.store.storage import Storage
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED
from tests.contract.conftest import Run
from tests.support.mail_server import MailServer, mail_server
from tests.support.people import make_person
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

SITE = "https://hailong.example.vn"
LONG_AGO = datetime(2019, 12, 2, 8, 0, tzinfo=VIET_NAM)
NEXT_MONDAY = datetime(2026, 3, 9, 7, 0, tzinfo=VIET_NAM)  # the visits of wire.py are on Monday 2/3/2026


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def centre(central: CentreUnderTest, mailbox: MailServer) -> CentreUnderTest:
    with acting(central.engine, By("test", NOW)) as act:
        name_own_address(act, SITE)
    settings = (
        f'[mail]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "h@example.vn"\n'
    )
    (central.folder / FILE).write_text(settings)
    return central


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Ho_Chi_Minh"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the machine in another zone."""
    monkeypatch.setenv("TZ", request.param)
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


def subscriber(
    central: CentreUnderTest, login: str, *roles: tuple[str, str], kinds: str = '["monday","reminder"]'
) -> int:
    account = make_person(central, login, *roles, password=None)
    with writing(central.engine) as connection:
        row = {"account": account, "since": 0, "kinds": kinds, "address": f"{login}@example.vn"}
        connection.execute(insert(subscriptions).values(row))
    return account


def asked_at(central: CentreUnderTest, account: int, at: datetime) -> None:
    """Let the person have asked for messages at this moment."""
    with writing(central.engine) as connection:
        row = subscriptions.update().where(subscriptions.c.account == account)
        connection.execute(row.values(since=milliseconds(at)))


def turn_at(central: CentreUnderTest, now: datetime, *, serving: bool = False) -> Turn:
    storage = Storage(central.engine)
    # As the machine's clock gives it: with the offset of the machine.
    local = now.astimezone()
    days = Days(storage.engine, storage.changing, lambda: local)
    return Turn(
        storage=storage,
        clock=lambda: local,
        now=local,
        keys=central.keys,
        days=days,
        names=NameBook(),
        serving=serving,
    )


# Alerts and holidays have tests of their own.
OF_MESSAGES = tuple(duty for duty in DUTIES if duty.name not in ("alerts", "holidays"))


def done_at(central: CentreUnderTest, now: datetime, duties: Sequence[Duty] = OF_MESSAGES) -> dict[str, int]:
    """What one turn did; nothing has failed."""
    done = tick(turn_at(central, now), duties)
    assert [each.problem for each in done if each.problem] == []
    return {each.duty: each.count for each in done if each.count}


def plan_of(central: CentreUnderTest, *, issued: datetime = LONG_AGO, **changes: object) -> Plan:
    plan = replace(
        shipped_plans()["kien-hung-2020"],
        **{"unit": "phuong-mot", "starts": date(2020, 1, 1), "ends": date(2028, 12, 31), **changes},
    )
    plan = replace(plan, groups=tuple(replace(each, starts=None, ends=None) for each in plan.groups))
    plan = replace(plan, steps=(), tasks=())
    with writing(central.engine) as connection:
        put_plan(connection, plan, issued)
    return plan


def made(central: CentreUnderTest, kind: str) -> list[tuple[str, str]]:
    """Due day and body of the messages of a kind, the first first."""
    with reading(central.engine) as connection:
        query = select(messages.c.due, messages.c.body).where(messages.c.kind == kind).order_by(messages.c.id)
        return [(row.due, row.body) for row in connection.execute(query)]


def _subjects(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return list(connection.execute(select(messages.c.subject).order_by(messages.c.id)).scalars())


# --- Monday -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zone")
def test_mondays_message_comes_at_seven_on_monday_in_viet_nam(
    centre: CentreUnderTest, mailbox: MailServer
) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    for early in (timedelta(seconds=1), timedelta(hours=7), timedelta(days=1)):
        assert done_at(centre, NEXT_MONDAY - early) == {}
    assert done_at(centre, NEXT_MONDAY) == {"monday": 1, "post": 1}
    assert done_at(centre, NEXT_MONDAY) == {}
    assert done_at(centre, NEXT_MONDAY + timedelta(days=1)) == {}
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Phường Một, tuần 02/03–08/03/2026"
    text = mail.get_content()
    assert "- Cả 12 lượt đã trả lời. 100,0 % (n = 12);" in text
    assert "- Không ai chọn mức 1–2. 100,0 % hài lòng (n = 12)." in text
    assert f"{SITE}/don-vi/phuong-mot?ky=tuan" in text


def test_mondays_message_says_what_the_page_says_and_names_nobody(centre: CentreUnderTest) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    for role in ("viewer", "admin"):
        account = subscriber(centre, f"nguoi.{role}", (role, "phuong-mot"))
        turn = turn_at(centre, NEXT_MONDAY)
        turn.days.close()
        with reading(centre.engine) as connection:
            person = read_person(connection, account)
            content = monday_of(connection, turn, person, "phuong-mot")
        assert content is not None
        said = " ".join((content.title, *content.lines, *(link.path for link in content.links)))
        assert "(n = 12)" in said
        for secret in ("a01", "Cán bộ Một", *(each.id for each in numbered(12))):
            assert secret not in said


def test_where_nothing_happened_nothing_is_sent(centre: CentreUnderTest, mailbox: MailServer) -> None:
    subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    assert done_at(centre, NEXT_MONDAY) == {}
    assert made(centre, MONDAY) == [("2026-03-09", "")]  # it was asked, and will not be asked again
    assert mailbox.mails == []


def test_who_is_not_subscribed_or_has_left_or_may_see_nothing_gets_nothing(
    centre: CentreUnderTest, mailbox: MailServer
) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    subscriber(centre, "chi.nhac", ("viewer", "phuong-mot"), kinds='["reminder"]')
    subscriber(centre, "nhap.phieu", ("keyer", "phuong-mot"))
    left = subscriber(centre, "da.nghi", ("viewer", "phuong-mot"))
    with acting(centre.engine, By("test", NOW)) as act:
        end_account(act, left, "left")
    assert done_at(centre, NEXT_MONDAY) == {}
    assert mailbox.mails == []


def test_what_fell_due_before_somebody_asked_is_not_made_up_for(centre: CentreUnderTest) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    account = subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    asked_at(centre, account, NEXT_MONDAY + timedelta(hours=1))
    assert done_at(centre, NEXT_MONDAY + timedelta(hours=2)) == {}


def test_monday_is_not_worked_out_for_who_asked_too_late(
    centre: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    asked_at(centre, account, NEXT_MONDAY + timedelta(hours=1))
    worked_out: list[str] = []
    monkeypatch.setattr(monday, "monday_of", lambda *_: worked_out.append("phuong-mot"))
    for minutes in range(60, 63):
        assert done_at(centre, NEXT_MONDAY + timedelta(minutes=minutes, seconds=1)) == {}
    assert worked_out == []


def test_several_processes_together_do_what_one_does(centre: CentreUnderTest, mailbox: MailServer) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    people = [f"nguoi.{number}" for number in range(6)]
    for login in people:
        subscriber(centre, login, ("viewer", "phuong-mot"))
    plan_of(centre, report_day=11)
    turns = [turn_at(centre, NEXT_MONDAY) for _ in range(4)]
    threads = [threading.Thread(target=tick, args=(turn, OF_MESSAGES)) for turn in turns]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    done_at(centre, NEXT_MONDAY)  # what was about to be claimed when another one ended
    assert len(mailbox.mails) == len(people) * 2
    assert set(mailbox.accepted.values()) == {1}


def test_who_may_no_longer_see_a_unit_gets_nothing_more_about_it(
    centre: CentreUnderTest, mailbox: MailServer
) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    plan_of(centre, report_day=12)
    account = subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    mailbox.answers = ["451 Later"] * 2
    assert done_at(centre, NEXT_MONDAY) == {"monday": 1, "reminders": 1}
    later = NEXT_MONDAY + timedelta(hours=1)

    def entries() -> int:
        with reading(centre.engine) as connection:
            return len(entries_of(connection, account, SITE, later))

    assert entries() == 2
    with acting(centre.engine, By("test", NEXT_MONDAY)) as act:
        take_role(act, account, role="viewer", unit="phuong-mot")
    assert entries() == 0
    assert done_at(centre, later) == {}
    assert mailbox.mails == []
    with reading(centre.engine) as connection:
        rows = connection.execute(select(deliveries.c.state, deliveries.c.why)).all()
    assert {tuple(row) for row in rows} == {("left", "người nhận không còn quyền xem đơn vị này")}


# --- reminders --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("zone")
def test_a_reminder_comes_three_working_days_ahead_and_once(
    centre: CentreUnderTest, mailbox: MailServer
) -> None:
    plan = plan_of(centre, report_day=20)
    subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    wednesday = datetime(2020, 9, 16, 7, 0, tzinfo=VIET_NAM)
    assert done_at(centre, wednesday - timedelta(minutes=1)) == {}
    assert done_at(centre, wednesday) == {"reminders": 1, "post": 1}
    for later in (timedelta(0), timedelta(days=1), timedelta(days=4, hours=16)):
        assert done_at(centre, wednesday + later) == {}
    (mail,) = mailbox.mails
    text = mail.get_content()
    assert mail["Subject"].startswith("Nhắc việc: Báo cáo định kỳ")
    assert "Hạn rơi vào ngày nghỉ" in text
    assert "Còn 3 ngày làm việc." in text
    assert made(centre, REMINDER)[0][0] == "2020-09-20"
    assert plan.id in _subjects(centre)[0]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (18, "Còn 1 ngày làm việc."),
        (19, "Trước hạn không còn ngày làm việc nào."),  # a Saturday
        (20, "Hạn là hôm nay."),
    ],
)
def test_a_reminder_that_comes_late_says_how_much_time_is_left(
    centre: CentreUnderTest, mailbox: MailServer, day: int, said: str
) -> None:
    plan_of(centre, report_day=20)
    subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    assert done_at(centre, datetime(2020, 9, day, 8, 0, tzinfo=VIET_NAM))["reminders"] == 1
    assert said in mailbox.mails[0].get_content()


@pytest.mark.parametrize(
    ("report_day", "due", "reminded"),
    [
        (31, date(2027, 1, 31), date(2027, 1, 27)),
        (31, date(2027, 2, 28), date(2027, 2, 24)),
        (31, date(2028, 2, 29), date(2028, 2, 24)),
        (30, date(2027, 4, 30), date(2027, 4, 27)),
    ],
)
def test_months_ends_are_reminded_of_as_well(
    centre: CentreUnderTest, report_day: int, due: date, reminded: date
) -> None:
    plan_of(centre, report_day=report_day)
    subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    at = datetime.combine(reminded, time(7), VIET_NAM)
    done_at(centre, at - timedelta(minutes=1))
    assert [day for day, _ in made(centre, REMINDER) if day == due.isoformat()] == []
    done_at(centre, at)
    assert [day for day, _ in made(centre, REMINDER) if day == due.isoformat()] == [due.isoformat()]


def test_what_was_due_before_the_plan_was_issued_is_not_reminded_of(centre: CentreUnderTest) -> None:
    """Vạn Thắng's first task was due eighteen days before its plan was issued."""
    plan = replace(shipped_plans()["van-thang-2023"], unit="phuong-mot")
    issued = datetime(2023, 9, 16, 8, 0, tzinfo=VIET_NAM)
    with writing(centre.engine) as connection:
        put_plan(connection, plan, issued)
    subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    for day in range(60):
        done_at(centre, issued + timedelta(days=day))
    days = [day for day, _ in made(centre, REMINDER)]
    assert days
    assert min(days) >= "2023-09-16"
    assert len(_subjects(centre)) == len(set(zip(_subjects(centre), days, strict=True)))


def test_a_plan_that_is_issued_late_is_reminded_of_who_asked_before(
    centre: CentreUnderTest, mailbox: MailServer
) -> None:
    account = subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    asked = datetime(2026, 3, 18, 9, 0, tzinfo=VIET_NAM)  # the reminder of 20/3 was due on 17/3
    asked_at(centre, account, asked)
    assert done_at(centre, asked + timedelta(minutes=1)) == {}
    plan_of(centre, report_day=20, issued=asked + timedelta(hours=1))
    assert done_at(centre, asked + timedelta(hours=2)) == {"reminders": 1, "post": 1}
    assert done_at(centre, asked + timedelta(hours=3)) == {}
    assert [day for day, _ in made(centre, REMINDER)] == ["2026-03-20"]


def test_who_saves_the_same_choice_again_misses_nothing_that_fell_due_before(centre: CentreUnderTest) -> None:
    plan_of(centre, report_day=20)
    account = subscriber(centre, "chuyen.vien", ("analyst", "phuong-mot"), kinds='["reminder"]')
    morning = datetime(2026, 3, 17, 7, 0, tzinfo=VIET_NAM)
    with acting(centre.engine, By("test", morning + timedelta(seconds=10))) as act:
        choose_kinds(act, account, ["reminder"])
    assert done_at(centre, morning + timedelta(seconds=20)) == {"reminders": 1, "post": 1}
    with acting(centre.engine, By("test", morning + timedelta(days=9))) as act:
        choose_kinds(act, account, ["reminder", "monday"])
    with reading(centre.engine) as connection:
        since = connection.execute(select(subscriptions.c.since)).scalar_one()
    assert since == milliseconds(morning + timedelta(days=9))


# --- turns ------------------------------------------------------------------------------------------------


def test_a_duty_that_fails_keeps_no_other_one_from_its_work(centre: CentreUnderTest) -> None:
    def fail(_: Turn) -> int:
        raise ProblemError(DATABASE_FAILED(detail="test"))

    def fall_over(_: Turn) -> int:
        raise KeyError("what a citizen wrote")

    duties = [Duty("a", "a", fail), Duty("b", "b", fall_over), Duty("c", "c", lambda _: 3)]
    done = tick(turn_at(centre, NOW), duties)
    assert [(each.count, each.problem.number if each.problem else "") for each in done] == [
        (0, "HL5006"),
        (0, "HL5000"),
        (3, ""),
    ]
    assert "citizen" not in str(done[1].problem)


def test_a_serving_process_leaves_sending_to_the_timer_where_that_is_set(centre: CentreUnderTest) -> None:
    file = centre.folder / FILE
    file.write_text('sent_by = "timer"\n' + file.read_text())
    for serving in (True, False):
        turn = turn_at(centre, centre.now(), serving=serving)
        assert list(turn.carriers()) == ([] if serving else ["mail"])


def test_a_mistake_in_the_settings_of_messages_stops_messages_alone(centre: CentreUnderTest) -> None:
    subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))

    def failed(duties: Sequence[Duty] = DUTIES) -> list[str]:
        done = tick(turn_at(centre, NEXT_MONDAY), duties)
        return [each.duty for each in done if each.problem]

    file = centre.folder / FILE
    right = file.read_text()
    file.write_text(right + "thua = 1\n")
    assert failed() == ["monday", "reminders", "post"]
    file.write_text(right + 'user = "a"\npassword_file = "none"\n')
    assert failed() == ["post"]  # what it could not sign in for waits
    file.write_text(right)
    assert failed() == []


def test_the_commands_say_what_they_did(centre: CentreUnderTest, mailbox: MailServer, run: Run) -> None:
    assert run("try-mail", "can-bo@example.vn") == "Đã gửi tới can-bo@example.vn.\n"
    assert mailbox.mails[0]["Subject"] == "Thư thử của Hài Lòng"
    assert run("try-mail", "không phải") == "HL5180"
    assert run("tick").startswith("ngày nghỉ đi cùng phần mềm đã thêm: ")
    assert run("tick") == "Không có việc nào đến hạn.\n"
    (centre.folder / FILE).unlink()
    assert run("try-mail", "can-bo@example.vn") == "HL5184"


# --- restore ----------------------------------------------------------------------------------------------


def test_a_restore_sends_nothing_again_and_sends_what_was_waiting(
    centre: CentreUnderTest, mailbox: MailServer, tmp_path: Path
) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    stays = subscriber(centre, "o.lai", ("viewer", "phuong-mot"))
    stops = subscriber(centre, "thoi.nhan", ("viewer", "phuong-mot"))
    plan_of(centre, report_day=12)
    copy = tmp_path / "copy"
    back_up(centre.engine, copy)
    assert done_at(centre, NEXT_MONDAY)["post"] == 4
    with writing(centre.engine) as connection:
        connection.execute(subscriptions.delete().where(subscriptions.c.account == stops))
        connection.execute(deliveries.update().values(state="waiting").where(deliveries.c.message == 1))
    centre.close()
    restore(copy, centre.address, By("test", NEXT_MONDAY + timedelta(hours=1)))
    centre.open()
    assert done_at(centre, NEXT_MONDAY + timedelta(hours=2)) == {"post": 1}
    assert len(mailbox.mails) == 5
    with reading(centre.engine) as connection:
        assert connection.execute(select(subscriptions.c.account)).scalars().all() == [stays]


def test_after_a_restore_without_the_old_database_nothing_older_is_sent(
    centre: CentreUnderTest, mailbox: MailServer, tmp_path: Path
) -> None:
    assert set(store_unasked(centre, numbered(12))) == {"stored"}
    subscriber(centre, "chu.tich", ("viewer", "phuong-mot"))
    copy = tmp_path / "copy"
    mailbox.answers = ["451 Later"]
    done_at(centre, NEXT_MONDAY)  # made, and not delivered yet
    back_up(centre.engine, copy)
    assert done_at(centre, NEXT_MONDAY + timedelta(minutes=2)) == {"post": 1}
    with writing(centre.engine) as connection:  # all that the replaced database knew of it is gone
        connection.execute(deliveries.delete())
        connection.execute(messages.delete())
    centre.close()
    restore(copy, centre.address, By("test", NEXT_MONDAY + timedelta(hours=1)))
    centre.open()
    plan_of(centre, report_day=12)  # its reminder was due at seven, before the restore
    for hours in (2, 24):
        assert done_at(centre, NEXT_MONDAY + timedelta(hours=hours)) == {}
    assert len(mailbox.mails) == 1
    with reading(centre.engine) as connection:
        assert connection.execute(select(deliveries.c.state)).scalars().all() == ["unsure"]
