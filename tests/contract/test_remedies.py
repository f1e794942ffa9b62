"""What an office puts right: who sees it, what reports say of it, how it is handled, and how it is kept."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from sync.central.office.alerts.alarms import Alarm, raise_alarms
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check, restore
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.handling import NewRemedy, handle_remedy, make_remedy, new_id
from sync.central.office.remedies.register import (
    PAGE,
    RemediesAsked,
    RemedyCounts,
    RemedyHistory,
    finished_remedies,
    open_remedies,
    remedies_from,
    remedies_of,
    remedy_counts,
    remedy_of,
)
from sync.central.office.remedies.stages import Stage
from sync.central.store.alert_tables import remedies
from sync.central.store.database import reading, writing
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest

WARD = ("phuong-mot",)
LAN, MINH = 1, 2
READER = Reader(LAN, WARD)
DUE = date(2026, 3, 20)
WAITS = NewRemedy(
    unit="phuong-mot",
    problem="Thời gian chờ ở quầy Chứng thực",
    figure="61,5% (n = 52)",
    question="time",
    first=date(2026, 2, 1),
    last=date(2026, 2, 28),
    measure="Mở thêm một quầy vào sáng thứ Hai",
    person="Bộ phận Một cửa",
    due=DUE,
)


def made(central: CentreUnderTest, new: NewRemedy = WAITS, *, now: datetime = NOW, id: str = "") -> str:
    with acting(central.engine, By("test", now)) as act:
        return make_remedy(act, new, id=id or new_id())


def do(
    central: CentreUnderTest,
    id: str,
    step: Any,
    *,
    read: int,
    account: int = LAN,
    now: datetime = NOW,
    units: tuple[str, ...] = WARD,
    **entries: str,
) -> Stage:
    with acting(central.engine, By("test", now)) as act:
        return handle_remedy(act, Reader(account, units), id, step, read=read, **entries)


def open_on(central: CentreUnderTest, day: date, unit: str = "phuong-mot") -> list[str]:
    with reading(central.engine) as connection:
        return [each.id for each in open_remedies(connection, unit, day)]


def finished_in(central: CentreUnderTest, first: date, last: date) -> list[str]:
    with reading(central.engine) as connection:
        return [each.id for each in finished_remedies(connection, "phuong-mot", first, last)]


def one(central: CentreUnderTest, id: str, units: tuple[str, ...] = WARD) -> RemedyHistory:
    with reading(central.engine) as connection:
        return remedy_of(connection, Reader(LAN, units), id)


def test_a_remedy_that_is_neither_done_nor_given_up_is_in_every_later_report_of_its_unit_by_itself(
    central: CentreUnderTest,
) -> None:
    today, april = date(2026, 3, 2), datetime(2026, 4, 15, 9, tzinfo=VIET_NAM)
    remedy = made(central)
    assert open_on(central, today - timedelta(days=1)) == []
    assert (
        open_on(central, today)
        == open_on(central, date(2027, 1, 31))
        == open_on(central, today, "")
        == [remedy]
    )
    assert open_on(central, today, "phuong-khac") == []
    do(central, remedy, "finish", read=0, now=april, note="Đã mở", after="88,0% (n = 50)")
    # Reports of the months before are made again as they were; the one of its own month has the result.
    assert open_on(central, date(2026, 3, 31)) == [remedy]
    assert open_on(central, date(2026, 4, 30)) == []
    assert finished_in(central, date(2026, 3, 1), date(2026, 3, 31)) == []
    assert finished_in(central, date(2026, 4, 1), date(2026, 4, 30)) == [remedy]
    do(central, remedy, "reopen", read=1, now=april, note="Lại chờ lâu")
    assert open_on(central, date(2026, 4, 30)) == [remedy]


def test_a_remedy_keeps_its_figure_its_period_and_who_does_it(central: CentreUnderTest) -> None:
    account = make_person(central, "lan", ("admin", "phuong-mot"))
    typed, of_account = made(central), made(central, replace(WAITS, person="", account=account))
    shown = one(central, typed).remedy
    assert (shown.figure, shown.question, shown.first, shown.last) == (
        "61,5% (n = 52)",
        "time",
        date(2026, 2, 1),
        date(2026, 2, 28),
    )
    assert (shown.person, one(central, of_account).remedy.person) == ("Bộ phận Một cửa", "Lan")
    assert (shown.overdue(DUE), shown.overdue(DUE + timedelta(days=1))) == (False, True)


def test_of_two_who_act_at_once_or_of_one_form_sent_twice_one_act_is_done(central: CentreUnderTest) -> None:
    id = new_id()
    assert made(central, id=id) == made(central, id=id) == id
    do(central, id, "begin", read=0)
    with pytest.raises(ProblemError, match="HL5172"):
        do(central, id, "finish", read=0, note="Xong")
    assert [step.step for step in one(central, id).steps] == ["begin"]


def test_a_form_that_is_sent_again_with_other_contents_is_refused_and_not_lost(
    central: CentreUnderTest,
) -> None:
    id = made(central)
    for other in (replace(WAITS, problem="Gửi lần hai"), replace(WAITS, due=DUE + timedelta(days=1))):
        with pytest.raises(ProblemError, match="HL5179"):
            made(central, other, id=id)
    assert one(central, id).remedy.problem == WAITS.problem


def test_nobody_sees_a_remedy_of_an_alert_about_oneself_not_even_in_a_count(
    central: CentreUnderTest,
) -> None:
    alarm = Alarm(
        kind="low",
        subject="r1",
        unit="phuong-mot",
        day=NOW.date(),
        episode="",
        since=NOW,
        officers=frozenset({"a01"}),
    )
    with writing(central.engine) as connection:
        raise_alarms(connection, [alarm], NOW)
    source = f"alert {alarm.id}"
    remedy = made(central, replace(WAITS, source=source))
    concerned = (replace(READER, officer="a01"), replace(READER, about=frozenset({"r1"})))
    with reading(central.engine) as connection:
        for reader in (READER, replace(READER, officer="a02")):
            assert [each.id for each in remedies_from(connection, reader, source)] == [remedy]
            assert remedy_counts(connection, reader, "", DUE) == RemedyCounts(1)
        for reader in concerned:
            assert remedies_from(connection, reader, source) == ()
            assert remedies_of(connection, reader, RemediesAsked()).remedies == ()
            assert remedy_counts(connection, reader, "", DUE) == RemedyCounts()
            with pytest.raises(ProblemError, match="HL5170"):
                remedy_of(connection, reader, remedy)


def test_who_had_to_do_it_does_not_check_it_and_is_not_asked_to(central: CentreUnderTest) -> None:
    lan = make_person(central, "lan", ("admin", "phuong-mot"))
    remedy = made(central, replace(WAITS, account=lan, person=""))
    minh, hoa = lan + 1, lan + 2
    do(central, remedy, "finish", read=0, account=minh, note="Đã mở")
    for account in (lan, minh):
        with pytest.raises(ProblemError, match="HL5171"):
            do(central, remedy, "check", read=1, account=account)
    with reading(central.engine) as connection:
        asked = {
            account: len(
                remedies_of(connection, READER, RemediesAsked(state="done", checker=account)).remedies
            )
            for account in (lan, minh, hoa)
        }
    assert asked == {lan: 0, minh: 0, hoa: 1}
    assert do(central, remedy, "check", read=1, account=hoa).state == "checked"


def test_a_foreign_remedy_and_one_that_there_is_not_are_the_same_answer(central: CentreUnderTest) -> None:
    remedy = made(central)
    for id, units in ((remedy, ("phuong-khac",)), ("0" * 12, WARD)):
        with pytest.raises(ProblemError, match="HL5170"):
            one(central, id, units)
        with pytest.raises(ProblemError, match="HL5170"):
            do(central, id, "begin", read=0, units=units)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"problem": " "}, "problem"),
        ({"measure": ""}, "measure"),
        ({"person": ""}, "person"),
        ({"figure": "x" * 1001}, "figure"),
        ({"last": date(2026, 1, 1)}, "last"),
    ],
)
def test_a_remedy_without_what_it_needs_is_not_made(
    central: CentreUnderTest, wrong: dict[str, Any], where: str
) -> None:
    with pytest.raises(ProblemError, match=rf"HL5173.*{where}"):
        made(central, replace(WAITS, **wrong))
    assert open_on(central, DUE) == []


def test_lists_are_by_due_day_in_pages_and_counted(central: CentreUnderTest) -> None:
    days = [DUE + timedelta(days=number % 7) for number in range(PAGE + 3)]
    for day in days:
        made(central, replace(WAITS, due=day))
    with reading(central.engine) as connection:
        first = remedies_of(connection, READER, RemediesAsked())
        rest = remedies_of(connection, READER, RemediesAsked(), after=first.next)
        late = remedies_of(connection, READER, RemediesAsked(due_before=DUE + timedelta(days=1)))
        counts = remedy_counts(connection, READER, "", DUE + timedelta(days=1))
        elsewhere = remedy_counts(connection, Reader(LAN, ("phuong-khac",)), "", DUE)
    listed = [*first.remedies, *rest.remedies]
    assert [each.due for each in listed] == sorted(days)
    assert (len({each.id for each in listed}), rest.next) == (PAGE + 3, "")
    assert counts == RemedyCounts(PAGE + 3, len(late.remedies))
    assert elsewhere == RemedyCounts()


def test_what_was_decided_after_a_backup_is_kept_by_a_restore(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    before = made(central)
    back_up(central.engine, tmp_path / "copy")
    lan = make_person(central, "lan", ("admin", "phuong-mot"))
    do(central, before, "finish", read=0, account=lan, note="Xong")
    later = made(central, replace(WAITS, account=lan, person=""))
    url = central.url or f"sqlite:///{central.folder / 'central.db'}"
    central.close()
    restore(tmp_path / "copy", url, By("an administrator", NOW + timedelta(days=1)))
    central.open()
    history = one(central, before)
    assert (history.remedy.state, history.remedy.result) == ("done", "Xong")
    assert one(central, later).remedy.person == "Lan"
    assert history.possible == (("reopen",) if lan == LAN else ("check", "reopen"))


def test_the_check_of_a_backup_finds_a_remedy_that_is_not_where_its_steps_lead(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    made(central)
    with writing(central.engine) as connection:
        connection.execute(update(remedies).values(state="done"))
    back_up(central.engine, tmp_path / "copy")
    with pytest.raises(ProblemError, match=r"HL5009.*not where its steps lead"):
        check(tmp_path / "copy", central.url)
