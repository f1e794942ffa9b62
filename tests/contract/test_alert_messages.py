"""Messages about alerts that became visible and about reports that wait: one for each person, each once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select

from sync.central.duties import approvals, watching
from sync.central.duties.alert_duty import raise_alerts
from sync.central.duties.approvals import PAUSE, ask_for_approval
from sync.central.office.audit.acts import By, acting
from sync.central.office.messages.identity import CENTRE_ITSELF, Content
from sync.central.office.messages.outbox import begin_anew, put
from sync.central.office.messages.settings import FILE
from sync.central.office.messages.subscribing import entries_of
from sync.central.office.people.accounts import mark_approver
from sync.central.office.people.roles import take_role
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.issuing import acts
from sync.central.reports.records.stored import read_report
from sync.central.store.database import reading, writing
from sync.central.store.outgoing import messages, subscriptions
from sync.central.store.schema import roles
from sync.contract.catalogue import Unit
from sync.contract.plan import VIET_NAM
from tests.contract.test_alerts import NEXT_MORNING, enrolled, many, sent, unhappy
from tests.contract.test_duties import turn_at
from tests.support.people import make_person
from tests.support.small_kind import KINDS, MARCH
from tests.support.wire import NOW, CentreUnderTest

SITE = "https://hailong.example.vn"


WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))


@pytest.fixture(autouse=True)
def wards(central: CentreUnderTest) -> None:
    with writing(central.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)


def wants(
    central: CentreUnderTest,
    login: str,
    kind: str,
    *held: tuple[str, str],
    officer: str = "",
    approver: bool = False,
) -> int:
    """A person who asked for messages of this kind long ago."""
    account = make_person(central, login, *held, officer=officer, password=None)
    with writing(central.engine) as connection:
        row = {"account": account, "since": 0, "kinds": f'["{kind}"]', "address": f"{login}@example.vn"}
        connection.execute(insert(subscriptions).values(row))
    if approver:
        with acting(central.engine, By("test", NOW)) as act:
            mark_approver(act, account, True)
    return account


def said(central: CentreUnderTest, account: int) -> list[Content]:
    """What this person was told, the first first."""
    query = select(messages.c.body).where(messages.c.recipient == account).order_by(messages.c.id)
    with reading(central.engine) as connection:
        bodies = connection.execute(query).scalars().all()
    return [msgspec.json.decode(body, type=Content) for body in bodies if body]


def raise_at(central: CentreUnderTest, now: datetime) -> int:
    return raise_alerts(turn_at(central, now))


# --- alerts -----------------------------------------------------------------------------------------------


def test_a_turn_makes_one_message_for_a_person_however_many_alerts_there_are(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CHUNK", 7)  # so that a turn has several rounds
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"))
    other = wants(central, "noi.khac", "alerts", ("admin", "phuong-hai"))
    viewer = wants(central, "xem", "alerts", ("viewer", "phuong-mot"))
    silent = wants(central, "khong.chon", "monday", ("admin", "phuong-mot"))
    sent(central, many(central, 48))
    assert raise_at(central, NEXT_MORNING - timedelta(minutes=1)) > 3
    assert said(central, chief) == []  # none of them is visible yet
    for _ in range(3):
        raise_at(central, NEXT_MORNING)
    (content,) = said(central, chief)
    assert content.title.endswith("cảnh báo mới, Phường Một")
    (line,) = content.lines
    assert line.startswith("Phường Một: ")
    assert "lượt chưa hài lòng và có viết" in line
    assert content.links[0].path == "/canh-bao"
    assert [said(central, each) for each in (other, viewer, silent)] == [[], [], []]


def test_a_message_has_counts_and_units_no_officer_and_no_word_of_a_citizen(central: CentreUnderTest) -> None:
    chief = wants(central, "chu.tich", "alerts", ("admin", ""))
    response = unhappy(central, words={"unsatisfied": "Chờ lâu quá"})
    raise_at(central, NEXT_MORNING)
    (content,) = said(central, chief)
    text = repr(content)
    assert content.lines == ("Phường Một: 1 lượt chưa hài lòng và có viết.",)
    for secret in ("Chờ lâu", "a01", "Cán bộ Một", response.id, response.device):
        assert secret not in text


def test_nobody_is_told_of_an_alert_about_oneself_as_an_officer(central: CentreUnderTest) -> None:
    own = wants(central, "can.bo", "alerts", ("admin", "phuong-mot"), officer="a01")
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"))
    unhappy(central)
    enrolled(central, {"kiosk-1": NEXT_MORNING, "kiosk-2": NEXT_MORNING - timedelta(hours=2)})
    raise_at(central, NEXT_MORNING)
    assert [each.title for each in said(central, own)] == ["1 cảnh báo mới, Phường Một"]
    assert said(central, own)[0].lines == ("Phường Một: 1 máy im lặng.",)
    assert said(central, chief)[0].lines == ("Phường Một: 1 lượt chưa hài lòng và có viết; 1 máy im lặng.",)


def test_of_each_alert_everybody_who_asked_for_it_is_told_once_by_several_workers(
    central: CentreUnderTest,
) -> None:
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"))
    sent(central, many(central, 48))
    together(lambda: raise_at(central, NEXT_MORNING))
    assert len(said(central, chief)) == 1


def test_what_was_told_before_a_restore_is_not_told_again(central: CentreUnderTest) -> None:
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"))
    unhappy(central)
    with writing(central.engine) as connection:
        begin_anew(connection, NEXT_MORNING + timedelta(hours=1))
    # The database that was replaced may have told of it at seven; this one raises it for the first time.
    assert raise_at(central, NEXT_MORNING + timedelta(hours=2)) == 1
    assert said(central, chief) == []
    enrolled(central, {"kiosk-1": NEXT_MORNING, "kiosk-2": NEXT_MORNING + timedelta(hours=3)})
    raise_at(central, NEXT_MORNING + timedelta(hours=3))
    assert said(central, chief)[0].lines == ("Phường Một: 1 máy im lặng.",)


def test_who_may_no_longer_see_alerts_reads_nothing_of_them(central: CentreUnderTest) -> None:
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"), ("viewer", ""))
    unhappy(central)
    raise_at(central, NEXT_MORNING)

    def entries() -> int:
        with reading(central.engine) as connection:
            return len(entries_of(connection, chief, SITE, NEXT_MORNING))

    assert entries() == 1
    with acting(central.engine, By("test", NEXT_MORNING)) as act:
        take_role(act, chief, role="admin", unit="phuong-mot")
    assert entries() == 0


def test_the_program_of_the_office_is_told_of_devices_and_of_no_visit(central: CentreUnderTest) -> None:
    (central.folder / FILE).write_text('[webhook]\naddress = "https://example.vn/hailong"\n')
    unhappy(central)
    enrolled(central, {"kiosk-1": NEXT_MORNING, "kiosk-2": NEXT_MORNING - timedelta(hours=2)})
    raise_at(central, NEXT_MORNING)
    (content,) = said(central, CENTRE_ITSELF)
    assert content.lines == ("Phường Một: 1 máy im lặng.",)


def test_a_mistake_in_the_settings_keeps_no_alert_from_being_raised(central: CentreUnderTest) -> None:
    (central.folder / FILE).write_text("[mail")
    chief = wants(central, "chu.tich", "alerts", ("admin", "phuong-mot"))
    unhappy(central)
    assert raise_at(central, NEXT_MORNING) == 1
    assert len(said(central, chief)) == 1


# --- reports that wait ------------------------------------------------------------------------------------

LAST = datetime(2026, 3, 31, 8, 0, tzinfo=VIET_NAM)  # the last day of MARCH


@pytest.fixture(autouse=True)
def small_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "KINDS", KINDS)


def do(
    central: CentreUnderTest, who: int, at: datetime, work: Callable[..., Any], *given: Any, **named: Any
) -> Any:
    with acting(central.engine, By(f"account {who}", at)) as act:
        return work(act, *given, **named)


def read(central: CentreUnderTest, id: int) -> str:
    with reading(central.engine) as connection:
        return read_report(connection, id).read


def asked_at(central: CentreUnderTest, now: datetime) -> int:
    return ask_for_approval(turn_at(central, now))


def test_a_person_is_told_once_that_a_report_waits_and_again_only_after_it_was_given_back(
    central: CentreUnderTest,
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    chief = wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    id = do(central, drafter, LAST, acts.draft, KINDS, MARCH)
    assert asked_at(central, LAST + PAUSE - timedelta(seconds=1)) == 0
    assert [asked_at(central, LAST + PAUSE + timedelta(minutes=each)) for each in range(3)] == [1, 0, 0]
    (content,) = said(central, chief)
    assert content.title == "Một báo cáo chờ phê duyệt"
    assert content.lines == ("Phường Một: Báo cáo nhỏ, tháng\xa03/2026.",)
    assert content.links[0].path == f"/bao-cao/{id}"
    later = LAST + timedelta(hours=3)
    do(
        central,
        drafter,
        later,
        acts.write_words,
        KINDS,
        id,
        {"nguyen-nhan": "Mất điện"},
        read=read(central, id),
    )
    assert asked_at(central, later + PAUSE) == 0
    do(central, chief, later, acts.return_to_drafter, id, read=read(central, id), note="Thiếu nguyên nhân")
    assert asked_at(central, later + PAUSE) == 0
    again = later + timedelta(hours=2)
    do(central, drafter, again, acts.write_words, KINDS, id, {"nguyen-nhan": "Mưa"}, read=read(central, id))
    assert [asked_at(central, again + PAUSE), asked_at(central, again + PAUSE)] == [1, 0]
    do(central, chief, again, acts.approve, KINDS, id, read=read(central, id))
    assert asked_at(central, again + timedelta(days=1)) == 0
    assert len(said(central, chief)) == 2


def test_a_draft_of_days_that_are_not_there_yet_waits_for_nobody(central: CentreUnderTest) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    early = LAST - timedelta(days=5)
    id = do(central, drafter, early, acts.draft, KINDS, MARCH)
    assert asked_at(central, LAST + timedelta(days=1)) == 0
    do(central, drafter, LAST, acts.refresh, KINDS, id, read=read(central, id))
    assert asked_at(central, LAST + timedelta(days=1)) == 1


def test_nobody_is_told_of_a_report_that_this_person_wrote_or_may_not_approve(
    central: CentreUnderTest,
) -> None:
    drafter = wants(central, "soan", "approval", ("admin", "phuong-mot"), approver=True)
    unmarked = wants(central, "khong.dau", "approval", ("admin", "phuong-mot"))
    elsewhere = wants(central, "noi.khac", "approval", ("viewer", "phuong-hai"), approver=True)
    do(central, drafter, LAST, acts.draft, KINDS, MARCH)
    assert asked_at(central, LAST + PAUSE) == 0
    assert [said(central, each) for each in (drafter, unmarked, elsewhere)] == [[], [], []]


def test_people_of_the_reports_own_unit_come_first(central: CentreUnderTest) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    above = wants(central, "cap.tren", "approval", ("viewer", ""), approver=True)
    do(central, drafter, LAST, acts.draft, KINDS, MARCH)
    assert asked_at(central, LAST + PAUSE) == 1
    assert len(said(central, above)) == 1
    near = wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    april = msgspec.structs.replace(MARCH, first=MARCH.first.replace(day=2))
    do(central, drafter, LAST + timedelta(hours=2), acts.draft, KINDS, april)
    assert asked_at(central, LAST + timedelta(hours=4)) == 1
    assert (len(said(central, above)), len(said(central, near))) == (1, 1)
    assert said(central, near)[0].title == "2 báo cáo chờ phê duyệt"


def test_who_is_above_is_told_when_the_nearer_one_may_approve_no_more(central: CentreUnderTest) -> None:
    """Also of a report that waited before this person was last told of another one."""
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    above = wants(central, "cap.tren", "approval", ("viewer", ""), approver=True)
    near = wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    do(central, drafter, LAST, acts.draft, KINDS, MARCH)
    assert asked_at(central, LAST + PAUSE) == 1
    elsewhere = msgspec.structs.replace(MARCH, unit="phuong-hai")
    do(central, drafter, LAST + timedelta(hours=2), acts.draft, KINDS, elsewhere)
    assert asked_at(central, LAST + timedelta(hours=4)) == 1
    assert (len(said(central, near)), len(said(central, above))) == (1, 1)
    with writing(central.engine) as connection:
        connection.execute(delete(roles).where(roles.c.account == near))
    assert [asked_at(central, LAST + timedelta(hours=each)) for each in (5, 6)] == [1, 0]
    assert [len(each.units) for each in said(central, above)] == [1, 1]
    assert said(central, above)[-1].units == ("phuong-mot",)


def test_a_worker_that_dies_between_two_reports_of_a_message_has_told_nobody(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    chief = wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    for day in (1, 2, 3):
        asked = msgspec.structs.replace(MARCH, first=MARCH.first.replace(day=day))
        do(central, drafter, LAST, acts.draft, KINDS, asked)
    for dies_at in (2, 3):
        calls = count(1)

        def dies(*given: Any, at: int = dies_at, calls: Any = calls, **named: Any) -> bool:
            if next(calls) == at:
                raise KeyboardInterrupt
            return put(*given, **named)

        with monkeypatch.context() as patched:
            patched.setattr(approvals, "put", dies)
            with pytest.raises(KeyboardInterrupt):
                asked_at(central, LAST + PAUSE)
        assert said(central, chief) == []
    assert [asked_at(central, LAST + PAUSE), asked_at(central, LAST + PAUSE)] == [1, 0]
    assert [each.title for each in said(central, chief)] == ["3 báo cáo chờ phê duyệt"]


def test_several_workers_ask_once(central: CentreUnderTest) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"), password=None)
    chief = wants(central, "chu.tich", "approval", ("viewer", "phuong-mot"), approver=True)
    do(central, drafter, LAST, acts.draft, KINDS, MARCH)
    together(lambda: asked_at(central, LAST + PAUSE))
    assert len(said(central, chief)) == 1


def together(work: Callable[[], object], workers: int = 4) -> None:
    """The same work in several threads at once."""
    begin = threading.Barrier(workers)
    failures: list[BaseException] = []

    def works() -> None:
        try:
            begin.wait(60)
            work()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=works) for _ in range(workers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failures == []
