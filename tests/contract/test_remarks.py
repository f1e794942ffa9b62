"""What citizens wrote becomes work: who sees it and when, how it is handled, and how it goes."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, event, select

from sync.central.housekeeping import House
from sync.central.office import corrections, removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check, restore
from sync.central.office.configuration.office_settings import put_office
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.keys.unsealing import Opener
from sync.central.office.people.permissions import Held, Person
from sync.central.office.people.sessions import Seen
from sync.central.office.remarks.handling import handle
from sync.central.office.remarks.listing import (
    PAGE,
    Asked,
    Reader,
    RemarkCounts,
    RemarkHistory,
    RemarkPage,
    counts_of,
    reader_of,
    remark_of,
    remarks_of,
)
from sync.central.office.remarks.opening import has_new, open_some
from sync.central.office.remarks.stages import Stage
from sync.central.office.removal import Scrubbing
from sync.central.office.set_aside import rejudge
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.days_over import Days
from sync.central.store.schema import remark_steps, remarks
from sync.central.store.storage import Storage
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Unit
from sync.contract.opening import Opening, SpecialDay
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from tests.support.people import make_person
from tests.support.remarks import send, written
from tests.support.wire import NOW, CentreUnderTest, numbered, visit

CHIEF = Reader(account=1, units=("phuong-mot",))
DEPUTY = Reader(account=2, units=("phuong-mot",))
BY = By("an administrator", NOW)
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17, 0)),)
# NOW is Monday 2 March 2026, 15:00 in Viet Nam.
NEXT_MORNING = datetime(2026, 3, 3, 7, tzinfo=VIET_NAM)


def opener(central: CentreUnderTest, *, keys: bool = True) -> Opener:
    with reading(central.engine) as connection:
        return Opener(load_surveys(connection), central.keys.sealing_keys() if keys else {})


def opened(central: CentreUnderTest) -> int:
    with writing(central.engine) as connection:
        return open_some(connection, opener(central))


def listed(
    central: CentreUnderTest,
    reader: Reader = CHIEF,
    *,
    now: datetime = NEXT_MORNING,
    after: str = "",
    **asked: Any,
) -> RemarkPage:
    with reading(central.engine) as connection:
        words = opener(central)
        return remarks_of(connection, reader, Asked(**asked), now=now, opener=words, after=after)


def ids(central: CentreUnderTest, reader: Reader = CHIEF, **asked: Any) -> list[str]:
    return [each.id for each in listed(central, reader, **asked).remarks]


def counted(
    central: CentreUnderTest, reader: Reader = CHIEF, *, now: datetime = NEXT_MORNING, **asked: Any
) -> RemarkCounts:
    with reading(central.engine) as connection:
        by_unit = counts_of(connection, reader, Asked(**asked), now=now)
        by_procedure = counts_of(connection, reader, Asked(**asked), now=now, by="procedure")
    total = sum(by_unit.values(), RemarkCounts())
    assert sum(by_procedure.values(), RemarkCounts()) == total
    return total


def one(
    central: CentreUnderTest, id: str, reader: Reader = CHIEF, *, now: datetime = NEXT_MORNING
) -> RemarkHistory:
    with reading(central.engine) as connection:
        return remark_of(connection, reader, id, now=now, opener=opener(central))


def do(
    central: CentreUnderTest,
    id: str,
    step: Any,
    reader: Reader = CHIEF,
    *,
    read: int,
    now: datetime = NEXT_MORNING,
    **entries: str,
) -> Stage:
    with acting(central.engine, By(f"account {reader.account}", now)) as act:
        return handle(act, reader, id, step, read=read, **entries)


def rows_of(central: CentreUnderTest, table: Any) -> list[Any]:
    with reading(central.engine) as connection:
        return list(connection.execute(select(table)))


def decide_hours(central: CentreUnderTest, unit: str, *special: SpecialDay) -> None:
    with writing(central.engine) as connection:
        put_office(connection, unit, OfficeRow(opening=WEEK, special_days=special))


@pytest.fixture
def said(central: CentreUnderTest) -> Response:
    """One stored response in which somebody wrote, and left no contact details."""
    response = written(central, numbered(1)[0], {"unsatisfied": "Chờ lâu, gọi 0900 000 001"})
    assert [each.status for each in send(central, response)] == ["stored"]
    return response


# --- from a response to a remark ------------------------------------------------------------------------


def test_every_stored_response_with_sealed_words_is_one_remark_and_is_handled_once(
    central: CentreUnderTest, said: Response
) -> None:
    silent = replace(visit(2), seq=2)
    assert [each.status for each in send(central, said, silent)] == ["duplicate", "stored"]
    other = written(central, said, {"unsatisfied": "Khác"})
    assert [each.status for each in send(central, other)] == ["conflict"]
    (row,) = rows_of(central, remarks)
    place = (row.id, row.day, row.unit, row.procedure, row.officer, row.state)
    assert place == (said.id, "2026-03-02", "phuong-mot", "1.001193", "a01", "new")
    do(central, said.id, "take", read=0)
    send(central, said)
    assert one(central, said.id).remark.stage == Stage("taken", 1)


def test_a_batch_that_is_not_stored_leaves_no_remark(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the transaction after the response was written takes the remark with it, and back."""
    response = written(central, numbered(1)[0], {"unsatisfied": "Chờ lâu"})

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sync.central.store.rollups.add", power_cut)  # the last thing of the transaction
        with pytest.raises(KeyboardInterrupt):
            send(central, response)
    assert (central.stored(), rows_of(central, remarks)) == ([], [])
    send(central, response)
    assert [row.id for row in rows_of(central, remarks)] == [response.id]


def test_a_response_that_was_held_and_is_judged_again_is_one_remark(central: CentreUnderTest) -> None:
    response = written(central, numbered(1)[0], {"unsatisfied": "Chờ lâu"})
    assert [each.status for each in send(central, response, revoked=True)] == ["held"]
    for dry_run, remarked in ((True, []), (False, [response.id])):
        rejudge(central.engine, BY, reason="x", device="kiosk-1", held=True, dry_run=dry_run)
        assert [row.id for row in rows_of(central, remarks)] == remarked
    do(central, response.id, "take", read=0)
    assert [each.status for each in send(central, response)] == ["duplicate"]
    rejudge(central.engine, BY, reason="x", device="kiosk-1", held=True, dry_run=False)
    assert one(central, response.id).remark.stage == Stage("taken", 1)


def test_the_words_are_shown_masked_by_question_and_procedure_and_are_in_no_table(
    central: CentreUnderTest, said: Response
) -> None:
    more = written(
        central,
        replace(visit(2), seq=2),
        {"suggestion": "Thêm ghế", "contact": {"phone": "0900000002"}, "result": "lạ", "khác": "lạ"},
    )
    send(central, more)
    assert (opened(central), opened(central)) == (2, 0)
    newest, first = listed(central).remarks
    assert [(each.question, each.text) for each in first.said] == [
        ("unsatisfied", "Chờ lâu, gọi •••• ••• •••"),
    ]
    assert first.said[0].asked["vi"]
    assert [(each.question, each.text) for each in newest.said] == [("suggestion", "Thêm ghế")]
    assert (first.called, newest.called) == (False, True)
    assert ids(central, question="suggestion") == [more.id]
    assert ids(central, question="contact") == []
    assert ids(central, procedure="1.001193") == [more.id, said.id]
    assert ids(central, procedure="2.000815") == []
    stored = str([rows_of(central, remarks), rows_of(central, remark_steps)])
    assert not any(word in stored for word in ("Chờ", "ghế", "0900"))


def test_without_the_key_a_remark_is_work_all_the_same(central: CentreUnderTest, said: Response) -> None:
    with writing(central.engine) as connection:
        assert open_some(connection, opener(central, keys=False)) == 0
    with reading(central.engine) as connection:
        words = opener(central, keys=False)
        (shown,) = remarks_of(connection, CHIEF, Asked(), now=NEXT_MORNING, opener=words).remarks
    assert (shown.said, shown.readable, shown.called) == ((), False, None)
    assert opened(central) == 1  # the key came later


def test_a_box_that_can_t_be_opened_is_looked_at_once(central: CentreUnderTest) -> None:
    first, second = numbered(2)
    sealed = written(central, first, {"unsatisfied": "Chờ lâu"}).sealed
    assert sealed is not None
    damaged = replace(sealed, box=sealed.box[:-8] + "AAAAAAA=")
    send(central, replace(first, sealed=damaged), written(central, second, {"unsatisfied": "Tốt"}))
    assert (opened(central), opened(central)) == (2, 0)
    newest, oldest = listed(central).remarks
    assert (newest.readable, oldest.readable, oldest.said) == (True, False, ())


# --- who sees it, and when ------------------------------------------------------------------------------


def test_a_remark_is_visible_from_seven_on_the_next_working_day(
    central: CentreUnderTest, said: Response
) -> None:
    decide_hours(central, "", SpecialDay(date(2026, 3, 3), "nghỉ bù"))
    for hidden in (NOW, NEXT_MORNING, NEXT_MORNING + timedelta(hours=23, minutes=59)):
        assert ids(central, now=hidden) == []
        assert counted(central, now=hidden) == RemarkCounts()
        with pytest.raises(ProblemError, match="HL5120"):
            one(central, said.id, now=hidden)
        with pytest.raises(ProblemError, match="HL5120"):
            do(central, said.id, "take", read=0, now=hidden)
    wednesday = NEXT_MORNING + timedelta(days=1)
    assert ids(central, now=wednesday) == [said.id]
    assert counted(central, now=wednesday) == RemarkCounts(open=1, new=1)
    decide_hours(central, "phuong-mot", SpecialDay(date(2026, 3, 4), "nghỉ riêng"))
    assert ids(central, now=wednesday) == []  # a day off that was decided later


def test_a_visit_shortly_before_midnight_is_of_its_day_in_viet_nam(central: CentreUnderTest) -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=VIET_NAM)
    early = datetime(2026, 3, 3, 0, 30, tzinfo=VIET_NAM)
    visits = [
        written(central, replace(each, started_at=at, finished_at=at), {"unsatisfied": "Chờ lâu"})
        for each, at in zip(numbered(2), (late, early), strict=True)
    ]
    send(central, *visits, at=early)
    assert ids(central, now=NEXT_MORNING) == [visits[0].id]
    assert ids(central, now=NEXT_MORNING + timedelta(days=1)) == [visits[1].id, visits[0].id]


def test_only_who_asked_to_be_called_is_visible_at_once(central: CentreUnderTest, said: Response) -> None:
    call, empty = (
        written(central, replace(visit(number), seq=number), {"contact": {"phone": phone}})
        for number, phone in ((2, "0900000002"), (3, " "))
    )
    send(central, call, empty)
    assert ids(central, now=NOW) == []
    house = House(
        Storage(central.engine, None),
        now=lambda: NOW,
        keys=central.keys,
        days=Days(central.engine, lambda: writing(central.engine), lambda: NOW),
        scrubbing=Scrubbing(),
        seen=Seen(),
    )
    house.open_remarks()
    assert ids(central, now=NOW) == ids(central, called=True) == [call.id]
    assert counted(central, now=NOW) == RemarkCounts(open=1, new=1)
    assert ids(central) == [empty.id, call.id, said.id]


def test_the_officer_concerned_sees_nothing_of_it_not_even_in_a_count(
    central: CentreUnderTest, said: Response
) -> None:
    other = replace(visit(2), seq=2, tag=None)
    send(central, written(central, other, {"contact": {"phone": "0900000002"}}))
    opened(central)
    concerned = Reader(account=3, units=("phuong-mot",), officer="a01")
    assert ids(central, concerned) == [other.id]
    assert ids(central, concerned, state="new") == [other.id]
    assert counted(central, concerned) == RemarkCounts(open=1, new=1)
    assert counted(central) == RemarkCounts(open=2, new=2)
    with pytest.raises(ProblemError, match="HL5120"):
        one(central, said.id, concerned)
    with pytest.raises(ProblemError, match="HL5120"):
        do(central, said.id, "take", concerned, read=0)


def test_missing_foreign_hidden_and_about_oneself_are_the_same_answer(
    central: CentreUnderTest, said: Response
) -> None:
    elsewhere = Reader(account=4, units=("phuong-hai",))
    concerned = Reader(account=3, units=("",), officer="a01")
    asked = [
        (CHIEF, visit(9).id, NEXT_MORNING),
        (elsewhere, said.id, NEXT_MORNING),
        (concerned, said.id, NEXT_MORNING),
        (CHIEF, said.id, NOW),
    ]
    answers = set()
    for reader, id, now in asked:
        with pytest.raises(ProblemError) as refused:
            one(central, id, reader, now=now)
        answers.add(refused.value.problem)
    assert len(answers) == 1
    assert ids(central, elsewhere) == []
    assert counted(central, elsewhere) == RemarkCounts()


def test_a_reader_sees_the_units_below_on_the_day_of_the_visit(central: CentreUnderTest) -> None:
    put_tree(central, communes=2)
    for number, unit in ((1, "xa-01"), (2, "xa-02")):
        send_from(central, unit, number)
    province, commune = Reader(account=5, units=("tinh",)), Reader(account=6, units=("xa-01",))
    both = Reader(account=7, units=("xa-01", "xa-02"))
    assert len(ids(central, province)) == len(ids(central, both)) == len(ids(central, Reader(8, ("",)))) == 2
    assert [each.unit for each in listed(central, commune).remarks] == ["xa-01"]
    assert [each.unit for each in listed(central, province, unit="xa-02").remarks] == ["xa-02"]
    assert ids(central, commune, unit="xa-02") == []
    assert counted(central, province).open == 2
    assert counted(central, province, unit="xa-01").open == counted(central, commune).open == 1
    with reading(central.engine) as connection:
        assert counts_of(connection, province, now=NEXT_MORNING) == {
            "xa-01": RemarkCounts(1, 1),
            "xa-02": RemarkCounts(1, 1),
        }
    moved = date(2026, 3, 2)  # xa-02 belongs elsewhere from the day of the visit on
    put_tree(central, communes=2, until={"xa-02": moved - timedelta(days=1)})
    assert [each.unit for each in listed(central, province).remarks] == ["xa-01"]


def test_only_a_person_who_may_see_remarks_reads_them_and_nothing_about_itself(
    central: CentreUnderTest, said: Response
) -> None:
    day = NEXT_MORNING.date()

    def person(*roles: str, officer: str = "", last: date | None = None) -> Person:
        held = tuple(Held(role=role, unit="phuong-mot", last=last) for role in roles)
        return Person(account=9, login="lan", name="Lan", roles=held, officer=officer)

    refused = [person(), person("viewer", "analyst", "keyer"), person("admin", last=day - timedelta(days=1))]
    assert [reader_of(each, day) for each in refused] == [None, None, None]
    admin, concerned = (reader_of(person("admin", officer=id), day) for id in ("", "a01"))
    assert admin == Reader(9, ("phuong-mot",))
    assert concerned is not None
    assert (ids(central, admin), ids(central, concerned)) == ([said.id], [])


# --- lists ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("communes", [3, 15])  # merged from a few units, and along the days
def test_pages_hold_every_remark_once_the_newest_first(central: CentreUnderTest, communes: int) -> None:
    put_tree(central, communes=communes)
    for number in range(1, 2 * PAGE + 3):
        send_from(central, f"xa-{1 + number % communes:02}", number)
    province = Reader(account=5, units=("tinh",))
    pages: list[list[str]] = []
    after = ""
    while not pages or after:
        page = listed(central, province, after=after)
        pages.append([each.id for each in page.remarks])
        after = page.next
    assert [len(page) for page in pages] == [PAGE, PAGE, 2]
    visits = [visit(number).id for number in range(2 * PAGE + 2, 0, -1)]
    assert [id for page in pages for id in page] == visits
    with pytest.raises(ProblemError, match="HL4013"):
        listed(central, province, after="1-412")


def test_lists_and_counts_read_along_an_index(central: CentreUnderTest, said: Response) -> None:
    put_tree(central, communes=15)
    everywhere, province, words = Reader(1, ("",)), Reader(1, ("tinh",)), opener(central)
    with reading(central.engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

        def lists(reader: Reader, **asked: Any) -> str:
            return explained(
                connection, lambda: remarks_of(connection, reader, Asked(**asked), now=NOW, opener=words)
            )

        def counts(reader: Reader) -> str:
            return explained(connection, lambda: counts_of(connection, reader, now=NOW))

        for plan, index in (
            (lists(Reader(1, ("xa-01",))), "ix_remarks_unit_day_id"),
            (lists(province), "ix_remarks_day_id"),
            (lists(everywhere, state="open"), "ix_remarks_day_id"),
            (counts(province), "ix_remarks_open"),
            (counts(everywhere), "ix_remarks_open"),
            (explained(connection, lambda: has_new(connection, ["k-1"])), "ix_remarks_unopened"),
        ):
            assert index in plan, plan
            assert "SCAN remarks\n" not in plan, plan
            assert "SCAN responses" not in plan, plan
            assert "TEMP B-TREE FOR ORDER" not in plan, plan


def explained(connection: Connection, run: Callable[[], object]) -> str:
    """The database's plans of the statements about remarks that `run` executes."""
    statements: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if "FROM remarks" in statement:
            statements.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", keep)
    run()
    event.remove(connection, "before_cursor_execute", keep)
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    plans = [connection.exec_driver_sql(explain + statement, of).all() for statement, of in statements]
    return "".join(f"{row[-1]}\n" for plan in plans for row in plan)


# --- handling -------------------------------------------------------------------------------------------


def test_every_step_is_kept_with_who_when_and_why_and_the_log_holds_no_word(
    central: CentreUnderTest, said: Response
) -> None:
    do(central, said.id, "take", read=0)
    do(central, said.id, "take", DEPUTY, read=1)
    do(central, said.id, "answer", DEPUTY, read=2, note="  Đã gọi lại bà Lan ")
    closed = do(central, said.id, "close", read=3, result="explained")
    assert closed == Stage("closed", 2, "explained")
    history = one(central, said.id)
    assert [(each.account, each.step, each.note, each.result) for each in history.steps] == [
        (1, "take", "", ""),
        (2, "take", "", ""),
        (2, "answer", "Đã gọi lại bà Lan", ""),
        (1, "close", "", "explained"),
    ]
    assert {each.at for each in history.steps} == {NEXT_MORNING}
    assert (history.possible, history.remark.steps) == (("reopen",), 4)
    assert ids(central, state="open") == []
    assert counted(central) == RemarkCounts()
    with reading(central.engine) as connection:
        lines = connection.exec_driver_sql(
            "SELECT who, act, subject, detail FROM audit ORDER BY number"
        ).all()
    assert [(line.who, line.act, line.detail) for line in lines] == [
        ("account 1", "remark-take", ""),
        ("account 2", "remark-take", ""),
        ("account 2", "remark-answer", ""),
        ("account 1", "remark-close", "explained"),
    ]
    assert not any(word in str(lines) for word in ("Chờ", "Lan", said.id))


def test_of_two_who_act_at_once_one_does_it(central: CentreUnderTest, said: Response) -> None:
    do(central, said.id, "take", read=0)
    with pytest.raises(ProblemError, match="HL5122"):
        do(central, said.id, "take", DEPUTY, read=0)
    with pytest.raises(ProblemError, match="HL5123"):
        do(central, said.id, "answer", read=1)
    assert [each.account for each in one(central, said.id).steps] == [1]
    assert one(central, said.id).remark.stage == Stage("taken", 1)


def test_a_remark_is_overdue_once_its_due_day_is_over_and_due_anew_when_it_is_reopened(
    central: CentreUnderTest, said: Response
) -> None:
    decide_hours(central, "")
    thursday, friday = (NEXT_MORNING + timedelta(days=days) for days in (2, 3))
    assert one(central, said.id).remark.due == thursday.date()
    assert (ids(central, now=thursday, overdue=True), counted(central, now=thursday).overdue) == ([], 0)
    assert ids(central, now=friday, overdue=True) == [said.id]
    assert counted(central, now=friday) == RemarkCounts(open=1, new=1, overdue=1, longest=1)
    assert counted(central, now=friday + timedelta(days=3)).longest == 4
    do(central, said.id, "take", read=0, now=friday)
    assert counted(central, now=friday) == RemarkCounts(open=1, overdue=1, longest=1)
    assert ids(central, now=friday, owner=1) == [said.id]
    assert ids(central, now=friday, owner=2) == []
    do(central, said.id, "answer", read=1, now=friday, note="Đã xin lỗi")
    assert counted(central, now=friday) == RemarkCounts(open=1)
    do(central, said.id, "reopen", read=2, now=friday, note="Chưa xong")
    again = one(central, said.id, now=friday).remark
    assert (again.stage, again.overdue, again.due) == (Stage("new"), False, date(2026, 3, 11))


def test_a_response_that_arrives_late_is_not_overdue_when_it_arrives(central: CentreUnderTest) -> None:
    decide_hours(central, "")
    later = NOW + timedelta(days=21)
    send(central, written(central, numbered(1)[0], {"unsatisfied": "Chờ lâu"}), at=later)
    (shown,) = listed(central, now=later).remarks
    assert (shown.day, shown.overdue) == (date(2026, 3, 2), False)
    assert shown.due == date(2026, 3, 26)


# --- corrections, removal, backups ----------------------------------------------------------------------


def correct(central: CentreUnderTest, how: str, *arguments: Any) -> str:
    with acting(central.engine, By("an administrator", NOW + timedelta(hours=1))) as act:
        return str(getattr(corrections, how)(act, *arguments))


def test_a_corrected_response_keeps_what_was_done(central: CentreUnderTest, said: Response) -> None:
    opened(central)
    do(central, said.id, "take", read=0)
    made = correct(central, "retag", said.id, {"counter": "2"}, "scanned at the wrong counter")
    (shown,) = listed(central).remarks
    assert (shown.id, shown.stage, shown.called, shown.steps) == (made, Stage("taken", 1), False, 1)
    assert shown.said[0].text.startswith("Chờ lâu")
    assert counted(central) == RemarkCounts(open=1)
    with pytest.raises(ProblemError, match="HL5120"):
        one(central, said.id)
    do(central, made, "answer", read=1, note="Đã gọi lại")
    assert forget(central, said.id) == 3
    assert (rows_of(central, remarks), rows_of(central, remark_steps)) == ([], [])


def test_a_voided_response_leaves_the_lists(central: CentreUnderTest, said: Response) -> None:
    correct(central, "void", said.id, "handed to the wrong person")
    assert (ids(central), counted(central)) == ([], RemarkCounts())


def forget(central: CentreUnderTest, id: str) -> int:
    with acting(central.engine, By("an administrator", NEXT_MORNING)) as act:
        return removal.forget(act, id=id, reason="asked for")


def test_what_is_forgotten_or_purged_takes_its_notes_along(central: CentreUnderTest, said: Response) -> None:
    kept = written(central, replace(visit(2), seq=2), {"unsatisfied": "Tốt"})
    send(central, kept)
    for each in (said, kept):
        do(central, each.id, "take", read=0)
        do(central, each.id, "answer", read=1, note="canary-note")
    forget(central, said.id)
    assert [row.id for row in rows_of(central, remarks)] == [kept.id]
    assert {row.remark for row in rows_of(central, remark_steps)} == {kept.id}
    send(central, said)
    assert ids(central) == [kept.id]
    removal.purge(central.engine, By("night", NOW + timedelta(days=800)))
    assert (rows_of(central, remarks), rows_of(central, remark_steps)) == ([], [])
    if central.url is None:
        central.engine.dispose()
        files = [path.read_bytes() for path in central.folder.glob("central.db*")]
        assert not any(b"canary-note" in each or said.id.encode() in each for each in files)


def test_a_restore_keeps_what_was_done_after_the_backup(
    central: CentreUnderTest, said: Response, tmp_path: Path
) -> None:
    do(central, said.id, "take", read=0)
    back_up(central.engine, tmp_path / "backup")
    later = written(central, replace(visit(2), seq=2), {"unsatisfied": "Tốt"})
    send(central, later)
    do(central, later.id, "take", read=0)
    do(central, said.id, "answer", read=1, note="Đã gọi lại")
    central.engine.dispose()
    restore(tmp_path / "backup", central.address, By("test", NEXT_MORNING))
    history = one(central, said.id)
    assert (history.remark.stage, [each.step for each in history.steps]) == (
        Stage("answered", 1),
        ["take", "answer"],
    )
    send(central, later)  # its tablet sends it again, and it begins anew
    assert one(central, later.id).remark.stage == Stage("new")
    with reading(central.engine) as connection:
        log = connection.exec_driver_sql("SELECT act, subject FROM audit ORDER BY number").all()
    assert ("remarks", "1") in [tuple(line) for line in log]


def test_a_restore_leaves_what_was_done_to_the_person_who_did_it(
    central: CentreUnderTest, said: Response, tmp_path: Path
) -> None:
    make_person(central, "co.truoc")
    back_up(central.engine, tmp_path / "backup")
    lost = make_person(central, "moi.den")
    do(central, said.id, "take", replace(CHIEF, account=lost), read=0)
    central.engine.dispose()
    restore(tmp_path / "backup", central.address, By("test", NEXT_MORNING))
    assert make_person(central, "nguoi.khac") != lost
    history = one(central, said.id)
    assert (history.remark.stage.owner, history.steps[0].account) == (lost, lost)


def test_a_backup_in_which_a_remark_is_wrong_is_refused(
    central: CentreUnderTest, said: Response, tmp_path: Path
) -> None:
    do(central, said.id, "take", read=0)
    wrongs = {
        "not where its steps lead": "UPDATE remarks SET state = 'closed', result = 'fixed'",
        "nobody moved there": "DELETE FROM remark_steps",
        "no remark": "DELETE FROM remarks",
    }
    back_up(central.engine, tmp_path / "good")
    check(tmp_path / "good", central.address)
    for number, (fault, statement) in enumerate(wrongs.items()):
        with writing(central.engine) as connection:
            connection.exec_driver_sql(statement)
        back_up(central.engine, tmp_path / f"bad-{number}")
        with pytest.raises(ProblemError, match=f"HL5009.*{fault}"):
            check(tmp_path / f"bad-{number}", central.address)


# --- steps of these tests -------------------------------------------------------------------------------


def put_tree(central: CentreUnderTest, *, communes: int, until: dict[str, date] | None = None) -> None:
    ends = until or {}
    below = [f"xa-{number:02}" for number in range(1, communes + 1)]
    units = [Unit(code="tinh", name={"vi": "Tỉnh"}, kind="tinh")]
    units += [
        Unit(code=code, name={"vi": code}, kind="xa", parent="tinh", valid_to=ends.get(code))
        for code in below
    ]
    with writing(central.engine) as connection:
        put_bundled_units(connection, units, NOW)


def send_from(central: CentreUnderTest, unit: str, number: int) -> None:
    response = replace(visit(number), seq=number)
    assert response.tag is not None
    tagged = replace(response, tag=replace(response.tag, unit=unit))
    send(central, written(central, tagged, {"unsatisfied": "Chờ lâu"}))
