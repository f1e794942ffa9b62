"""A document's way from its draft to the public: who may do what, and what its figures are then."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from sync.central.office import removal
from sync.central.office.audit import acts as audit_acts
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.corrections import void
from sync.central.office.units.stored import put_bundled_units
from sync.central.presenting.language import NBSP
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.copies import document_of, stamp_of
from sync.central.reports.issuing.outside import Decided, decide, read_outside
from sync.central.reports.issuing.public import public_report
from sync.central.reports.issuing.seen_by import Readers, mark_seen, readers_of
from sync.central.reports.kinds.all_kinds import KINDS as ALL_KINDS
from sync.central.reports.model import FEW, Table, blocks_of, words_of, written
from sync.central.reports.records.stored import (
    Report,
    history_of,
    issues_of,
    list_reports,
    public_of,
    read_report,
    same_period,
)
from sync.central.store import database
from sync.central.store.database import open_database, reading, writing
from sync.central.store.issuing import reports
from sync.central.store.schema import audit
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from tests.support.killed import killed_at_line
from tests.support.people import make_person
from tests.support.plans import shipped_plans
from tests.support.small_kind import KINDS, MARCH, OFFICER, SMALL, SmallFigures
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

DRAFTER, CHIEF = "account 1", "account 2"
Did = Callable[..., Any]


def do(central: CentreUnderTest, who: str, work: Did, *given: Any, **named: Any) -> Any:
    with acting(central.engine, By(who, NOW)) as act:
        return work(act, *given, **named)


def now(central: CentreUnderTest, id: int) -> Report:
    with reading(central.engine) as connection:
        return read_report(connection, id)


def read(central: CentreUnderTest, id: int) -> str:
    return now(central, id).read


def steps(central: CentreUnderTest, id: int) -> list[tuple[str, str, int]]:
    with reading(central.engine) as connection:
        return [(each.step, each.who, each.revision) for each in history_of(connection, [id])]


def lines(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    query = select(audit.c.act, audit.c.subject, audit.c.detail).where(audit.c.act.like("report-%"))
    with reading(central.engine) as connection:
        return [tuple(row) for row in connection.execute(query.order_by(audit.c.number))]


def yesterday(count: int) -> list[Response]:
    """Visits 1 … count of the day before: only days that are over are in a report."""
    day = timedelta(days=1)
    return [
        replace(each, started_at=each.started_at - day, finished_at=each.finished_at - day)
        for each in numbered(count)
    ]


def drafted(central: CentreUnderTest, responses: int = 3) -> int:
    assert set(store_unasked(central, yesterday(responses))) == {"stored"}
    return int(do(central, DRAFTER, acts.draft, KINDS, MARCH))


def approved(central: CentreUnderTest, responses: int = 3) -> int:
    id = drafted(central, responses)
    do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
    return id


def published(central: CentreUnderTest, responses: int = 3) -> int:
    id = approved(central, responses)
    do(central, DRAFTER, acts.publish, KINDS, id, read=read(central, id), done="Mở thêm một quầy.")
    return id


def test_a_document_is_drafted_written_approved_sent_and_published(central: CentreUnderTest) -> None:
    id = drafted(central)
    words = {"nhan-xet": "Đông người.\n\n  Chờ lâu. ", "nguyen-nhan": "Ít quầy."}
    do(central, DRAFTER, acts.write_words, KINDS, id, words, read=read(central, id))
    digest = do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
    sent = {"number": " 12/BC-UBND ", "day": date(2026, 3, 2)}
    do(central, DRAFTER, acts.record_sent, id, read=read(central, id), **sent)
    do(central, DRAFTER, acts.publish, KINDS, id, read=read(central, id), done="Mở thêm một quầy.")
    report = now(central, id)
    assert (report.state, report.sent_number, report.sent_day) == (
        "published",
        "12/BC-UBND",
        date(2026, 3, 2),
    )
    assert report.digest == digest == hashlib.sha256(report.figures).hexdigest()
    document = document_of(SMALL, report, outside=False)
    assert [each.text for each in words_of(document)] == ["Đông người.\nChờ lâu.", "Ít quầy."]
    assert [step for step, _, _ in steps(central, id)] == ["draft", "write", "approve", "send", "publish"]
    assert [(act, subject) for act, subject, _ in lines(central)] == [
        (f"report-{step}", str(id)) for step in ("draft", "write", "approve", "send", "publish")
    ]
    assert not any("Chờ" in detail or "quầy" in detail for _, _, detail in lines(central))


def test_a_period_has_one_document_of_a_kind_until_it_was_withdrawn(central: CentreUnderTest) -> None:
    id = drafted(central)
    with pytest.raises(ProblemError, match="HL5161"):
        do(central, CHIEF, acts.draft, KINDS, MARCH)
    do(central, DRAFTER, acts.withdraw, id, read=read(central, id), why="nhầm kỳ")
    assert do(central, CHIEF, acts.draft, KINDS, MARCH) != id
    with pytest.raises(ProblemError, match="HL5166"):
        do(central, CHIEF, acts.draft, KINDS, replace(MARCH, kind="la"))
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, CHIEF, acts.draft, KINDS, replace(MARCH, last=date(2026, 2, 1)))


@pytest.mark.parametrize("who_wrote", ["drafted", "wrote"])
def test_nobody_approves_what_that_person_wrote(central: CentreUnderTest, who_wrote: str) -> None:
    id = drafted(central)
    who = DRAFTER
    if who_wrote == "wrote":
        who = CHIEF
        do(central, who, acts.write_words, KINDS, id, {"nguyen-nhan": "Ít quầy."}, read=read(central, id))
    with pytest.raises(ProblemError, match="HL5164"):
        do(central, who, acts.approve, KINDS, id, read=read(central, id))
    assert now(central, id).state == "draft"
    do(central, "account 3", acts.approve, KINDS, id, read=read(central, id))


def test_who_saves_approves_or_sends_has_read_what_is_stored(central: CentreUnderTest) -> None:
    id = drafted(central)
    first = second = read(central, id)
    do(central, DRAFTER, acts.write_words, KINDS, id, {"nguyen-nhan": "Ít quầy."}, read=first)
    for work, more in (
        (acts.write_words, (KINDS, id, {"nguyen-nhan": "Khác."})),
        (acts.approve, (KINDS, id)),
        (acts.refresh, (KINDS, id)),
    ):
        with pytest.raises(ProblemError, match="HL5162"):
            do(central, "account 3", work, *more, read=second)
    assert now(central, id).words == {"nguyen-nhan": "Ít quầy."}


@pytest.mark.parametrize("stored_already", [False, True])
def test_what_was_proposed_follows_the_figures_until_somebody_changes_it(
    central: CentreUnderTest, stored_already: bool
) -> None:
    id = drafted(central, 3)
    before = document_of(SMALL, now(central, id), outside=False)
    # The form sends all texts, as they were proposed: with no-break spaces.
    words = {each.id: each.text for each in words_of(before)}
    assert NBSP in words["nhan-xet"]
    do(central, DRAFTER, acts.write_words, KINDS, id, words, read=read(central, id))
    assert now(central, id).words == {}
    if stored_already:
        kept = msgspec.json.encode({"nhan-xet": words["nhan-xet"].replace(NBSP, " ")}).decode()
        with writing(central.engine) as connection:
            connection.execute(update(reports).values(words=kept))
    store_unasked(central, yesterday(5)[3:])
    do(central, DRAFTER, acts.refresh, KINDS, id, read=read(central, id))
    after = document_of(SMALL, now(central, id), outside=False)
    assert [words_of(each)[0].text for each in (before, after)] == [
        f"Có lượt trả lời (n{NBSP}={NBSP}3).",
        f"Có lượt trả lời (n{NBSP}={NBSP}5).",
    ]


@pytest.mark.parametrize("words", [{"khac": "a"}, {"nguyen-nhan": "a" * 10_001}, {"nguyen-nhan": "a\u202eb"}])
def test_words_without_a_place_too_long_or_invisible_are_refused(
    central: CentreUnderTest, words: dict[str, str]
) -> None:
    id = drafted(central)
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, DRAFTER, acts.write_words, KINDS, id, words, read=read(central, id))


@pytest.mark.parametrize(
    ("number", "day"),
    [
        ("", date(2026, 3, 2)),
        ("BC-UBND", date(2026, 3, 2)),
        ("1" * 61, date(2026, 3, 2)),
        ("12/BC", date(2026, 3, 3)),
        ("12/BC", date(2026, 2, 28)),
    ],
)
def test_number_and_day_of_the_signed_paper_are_checked(
    central: CentreUnderTest, number: str, day: date
) -> None:
    id = approved(central)
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, DRAFTER, acts.record_sent, id, read=read(central, id), number=number, day=day)


def test_a_plan_is_written_and_signed_before_its_period_and_a_report_is_not(central: CentreUnderTest) -> None:
    april = replace(MARCH, first=date(2026, 4, 1), last=date(2026, 4, 30))
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, DRAFTER, acts.draft, KINDS, april)
    id = do(central, DRAFTER, acts.draft, {SMALL.name: replace(SMALL, ahead=True)}, april)
    do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
    sent = {"number": "12/KH-UBND", "day": date(2026, 3, 2)}
    do(central, DRAFTER, acts.record_sent, id, read=read(central, id), **sent, ahead=True)
    assert now(central, id).sent_day == date(2026, 3, 2)
    assert {name for name, kind in ALL_KINDS.items() if kind.ahead and kind.public} == set()


def test_frozen_figures_stay_whatever_arrives_is_corrected_or_is_forgotten(central: CentreUnderTest) -> None:
    id = approved(central)
    before = now(central, id)
    pages = [document_of(SMALL, before, outside=outside) for outside in (False, True)]
    store_unasked(central, yesterday(6)[3:])
    first, second, third = yesterday(3)
    do(central, CHIEF, void, id=first.id, reason="thử")
    do(central, CHIEF, void, id=second.id, reason="thử")
    do(central, CHIEF, removal.forget, id=third.id)
    for refused in (acts.refresh, acts.write_words):
        given = (KINDS, id) if refused is acts.refresh else (KINDS, id, {})
        with pytest.raises(ProblemError, match="HL5163"):
            do(central, DRAFTER, refused, *given, read=read(central, id))
    after = now(central, id)
    assert (after.figures, after.digest) == (before.figures, before.digest)
    assert [document_of(SMALL, after, outside=outside) for outside in (False, True)] == pages


def test_a_response_that_was_forgotten_leaves_a_revision_in_what_counted_it(
    central: CentreUnderTest,
) -> None:
    id = published(central)
    february = replace(MARCH, first=date(2026, 2, 1), last=date(2026, 2, 28))
    other = int(do(central, DRAFTER, acts.draft, KINDS, february))
    do(central, CHIEF, acts.approve, KINDS, other, read=read(central, other))
    forgotten = yesterday(3)[0]
    do(central, CHIEF, removal.forget, id=forgotten.id)
    assert steps(central, id)[-1] == ("forgotten", "", 1)
    assert now(central, id).revision == 1
    assert [step for step, _, _ in steps(central, other)] == ["draft", "approve"]
    # Again for a response that is not here any more: there is nothing to count.
    do(central, CHIEF, removal.forget, id=forgotten.id)
    assert now(central, id).revision == 1
    with reading(central.engine) as connection:
        history = str(history_of(connection, [id]))
        (day,) = [each.at for each in history_of(connection, [id]) if each.step == "forgotten"]
    assert forgotten.id not in history
    assert (day.hour, day.minute) == (0, 0)


def test_only_what_counted_a_response_notes_that_it_was_forgotten(central: CentreUnderTest) -> None:
    id = published(central)
    first = yesterday(1)[0]
    late = replace(first, id=f"{first.id[:-1]}0", device="kiosk-2")
    central.now = lambda: NOW + timedelta(seconds=1)
    assert store_unasked(central, [late], "kiosk-2") == ["stored"]
    do(central, CHIEF, removal.forget, id=late.id)
    today = numbered(4)[3]
    assert store_unasked(central, [today]) == ["stored"]
    do(central, CHIEF, removal.forget, id=today.id)
    assert [step for step, _, _ in steps(central, id)] == ["draft", "approve", "publish"]


def test_a_report_about_one_group_of_a_plan_notes_the_responses_of_that_group(
    central: CentreUnderTest,
) -> None:
    plan = replace(
        shipped_plans()["kien-hung-2020"],
        unit=MARCH.unit,
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        tasks=(),
        steps=(),
    )
    group = replace(plan.groups[0], starts=None, ends=None)
    on_paper = replace(group, id="giay", channels=("paper",))
    with writing(central.engine) as connection:
        put_plan(connection, replace(plan, groups=(on_paper, group)), NOW)
    assert store_unasked(central, yesterday(1)) == ["stored"]
    ids = []
    for name in (on_paper.id, group.id, ""):
        asked = replace(MARCH, plan=plan.id, group=name)
        ids.append(int(do(central, DRAFTER, acts.draft, KINDS, asked)))
        do(central, CHIEF, acts.approve, KINDS, ids[-1], read=read(central, ids[-1]))
    do(central, CHIEF, removal.forget, id=yesterday(1)[0].id)
    assert [now(central, id).revision for id in ids] == [0, 1, 1]


def test_a_document_that_was_signed_keeps_the_number_that_it_was_approved_with(
    central: CentreUnderTest,
) -> None:
    first = published(central)
    second = revised(central, first)
    before = [document_of(SMALL, now(central, second), outside=outside) for outside in (False, True)]
    assert "Bản điều chỉnh lần 1" in repr(before[1])
    do(central, CHIEF, removal.forget, id=yesterday(1)[0].id)
    assert (now(central, second).revision, now(central, second).printed) == (2, 1)
    after = [document_of(SMALL, now(central, second), outside=outside) for outside in (False, True)]
    assert after == before


def test_a_draft_that_was_not_issued_notes_nothing(central: CentreUnderTest) -> None:
    id = drafted(central)
    do(central, CHIEF, removal.forget, id=yesterday(3)[0].id)
    assert [step for step, _, _ in steps(central, id)] == ["draft"]


def test_retention_makes_no_revision(central: CentreUnderTest) -> None:
    id = published(central)
    with acting(central.engine, By("test", NOW)) as act:
        removal.remove(act.connection, [yesterday(3)[0].id], reason="retention", now=NOW)
        act.note("test", "")
    assert now(central, id).revision == 0


def test_a_revision_begins_with_what_was_written_and_replaces_what_it_revises(
    central: CentreUnderTest,
) -> None:
    first = drafted(central)
    words = {"nguyen-nhan": "Ít quầy."}
    do(central, DRAFTER, acts.write_words, KINDS, first, words, read=read(central, first))
    do(central, CHIEF, acts.approve, KINDS, first, read=read(central, first))
    do(central, DRAFTER, acts.publish, KINDS, first, read=read(central, first), done="")
    old = now(central, first)
    store_unasked(central, yesterday(5)[3:])
    second = do(central, DRAFTER, acts.revise, KINDS, first, read=old.read, why="thiếu phiếu ngày 2/3")
    with pytest.raises(ProblemError, match="HL5161"):
        do(central, DRAFTER, acts.revise, KINDS, first, read=old.read, why="lần nữa")
    assert (now(central, second).words, now(central, second).revision) == (words, 1)
    with pytest.raises(ProblemError, match="HL5164"):
        do(central, DRAFTER, acts.approve, KINDS, second, read=read(central, second))
    # Meanwhile the first gets another number: the second one's is higher again.
    do(central, CHIEF, removal.forget, id=yesterday(1)[0].id)
    do(central, CHIEF, acts.approve, KINDS, second, read=read(central, second))
    assert (now(central, first).state, now(central, second).revision) == ("published", 2)
    do(central, DRAFTER, acts.publish, KINDS, second, read=read(central, second), done="")
    assert (now(central, first).state, now(central, second).state) == ("replaced", "published")
    assert now(central, first).figures == old.figures != now(central, second).figures
    with reading(central.engine) as connection:
        assert [each.id for each in same_period(connection, MARCH)] == [first, second]
        assert [each.id for each in list_reports(connection, ["phuong-mot"], states=["published"])] == [
            second
        ]


def revised(central: CentreUnderTest, id: int) -> int:
    """Begin a revision of the document and have it approved."""
    new = int(do(central, DRAFTER, acts.revise, KINDS, id, read=read(central, id), why="thiếu phiếu"))
    do(central, CHIEF, acts.approve, KINDS, new, read=read(central, new))
    return new


def test_a_published_revision_replaces_also_what_an_unpublished_one_revised(
    central: CentreUnderTest,
) -> None:
    first = published(central)
    second = revised(central, first)
    sent = {"number": "12/BC-UBND", "day": date(2026, 3, 2)}
    do(central, DRAFTER, acts.record_sent, second, read=read(central, second), **sent)
    assert now(central, first).state == "published"
    third = revised(central, second)
    do(central, DRAFTER, acts.publish, KINDS, third, read=read(central, third), done="Sửa biểu mẫu.")
    assert [now(central, id).state for id in (first, second, third)] == ["replaced", "replaced", "published"]
    do(central, DRAFTER, acts.withdraw, third, read=read(central, third), why="nhầm kỳ")
    with reading(central.engine) as connection:
        shown = public_of(connection, MARCH.unit, MARCH.first, MARCH.last, list(KINDS))
    assert shown is not None
    assert (shown.id, shown.state) == (third, "withdrawn")


def test_a_document_after_one_that_was_taken_back_has_the_next_number(central: CentreUnderTest) -> None:
    first = published(central)
    do(central, DRAFTER, acts.withdraw, first, read=read(central, first), why="nhầm kỳ")
    second = int(do(central, DRAFTER, acts.draft, KINDS, MARCH))
    assert now(central, second).revision == 1
    # One that nobody outside has seen takes no number.
    do(central, DRAFTER, acts.withdraw, second, read=read(central, second), why="nhầm")
    third = int(do(central, DRAFTER, acts.draft, KINDS, MARCH))
    do(central, CHIEF, acts.approve, KINDS, third, read=read(central, third))
    do(central, DRAFTER, acts.publish, KINDS, third, read=read(central, third), done="")
    assert now(central, third).revision == 1
    with reading(central.engine) as connection:
        shown = public_report(SMALL, now(central, third), issues_of(connection, MARCH))
    assert [each.what for each in shown.changes] == ["publish", "withdraw", "again"]


def test_nobody_approves_a_revision_of_what_that_person_wrote(central: CentreUnderTest) -> None:
    first = drafted(central)
    words = {"nguyen-nhan": "Ít quầy."}
    do(central, "account 3", acts.write_words, KINDS, first, words, read=read(central, first))
    do(central, CHIEF, acts.approve, KINDS, first, read=read(central, first))
    do(central, DRAFTER, acts.publish, KINDS, first, read=read(central, first), done="")
    second = int(
        do(central, "account 4", acts.revise, KINDS, first, read=read(central, first), why="thiếu phiếu")
    )
    for who in (DRAFTER, "account 3", "account 4"):
        with pytest.raises(ProblemError, match="HL5164"):
            do(central, who, acts.approve, KINDS, second, read=read(central, second))
    do(central, CHIEF, acts.approve, KINDS, second, read=read(central, second))


def test_a_document_without_a_table_for_the_public_is_not_published(central: CentreUnderTest) -> None:
    kinds = {SMALL.name: replace(SMALL, public=())}
    id = int(do(central, DRAFTER, acts.draft, kinds, MARCH))
    do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
    with pytest.raises(ProblemError, match="HL5163"):
        do(central, DRAFTER, acts.publish, kinds, id, read=read(central, id), done="")
    assert now(central, id).state == "approved"


def test_a_unit_and_period_have_one_public_document(central: CentreUnderTest) -> None:
    id = published(central)
    other = int(do(central, DRAFTER, acts.draft, KINDS, replace(MARCH, group="nhom")))
    do(central, CHIEF, acts.approve, KINDS, other, read=read(central, other))
    with pytest.raises(ProblemError, match=f"HL5167.*{id}"):
        do(central, DRAFTER, acts.publish, KINDS, other, read=read(central, other), done="")
    assert now(central, other).state == "approved"
    do(central, DRAFTER, acts.withdraw, id, read=read(central, id), why="nhầm kỳ")
    do(central, DRAFTER, acts.publish, KINDS, other, read=read(central, other), done="")
    assert now(central, other).state == "published"


def test_a_quarter_less_two_months_says_no_more_of_the_third_than_its_own_report(
    central: CentreUnderTest,
) -> None:
    """Neither public pages nor the copies that leave the office, in whatever order they are approved."""
    made = yesterday(16)
    procedures = ["1.001193"] * 6 + ["1.001193"] * 7 + ["1.001193"] * 3
    days = [timedelta(days=59)] * 6 + [timedelta(days=28)] * 7 + [timedelta()] * 3
    assert set(
        store_unasked(
            central,
            [
                replace(
                    each,
                    tag=replace(each.tag, procedure=procedure),
                    started_at=each.started_at - back,
                    finished_at=each.finished_at - back,
                )
                for each, procedure, back in zip(made, procedures, days, strict=True)
                if each.tag
            ],
        )
    ) == {"stored"}
    periods = {
        "01": (date(2026, 1, 1), date(2026, 1, 31)),
        "02": (date(2026, 2, 1), date(2026, 2, 28)),
        "03": (date(2026, 3, 1), date(2026, 3, 1)),
        "quý": (date(2026, 1, 1), date(2026, 3, 1)),
    }
    shown = {}
    for name, (first, last) in periods.items():
        id = int(do(central, DRAFTER, acts.draft, KINDS, replace(MARCH, first=first, last=last)))
        do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
        do(central, DRAFTER, acts.publish, KINDS, id, read=read(central, id), done="")
        report = now(central, id)
        page = public_report(SMALL, report, ()).tables[0].rows[0].cells[1]
        copy = document_of(SMALL, report, outside=True)
        (table,) = (block for block in blocks_of(copy) if isinstance(block, Table))
        shown[name] = (page, written(table.rows[0].cells[1]))
    assert shown == {"01": ("6", "6"), "02": ("7", "7"), "03": (FEW, FEW), "quý": (FEW, FEW)}
    # Inside, nothing is hidden.
    assert SMALL.thawed(report.figures).n == 16
    assert "16" in repr(document_of(SMALL, report, outside=False))


def test_a_report_of_the_same_days_does_not_say_nearly_the_same_answers_next_to_it(
    central: CentreUnderTest,
) -> None:
    """Such as those of a plan, which all but a few answers count for: the few would be the difference."""
    other = replace(SMALL, name="nho-khac")
    kinds = {**KINDS, other.name: other}
    id = published(central, 6)
    do(central, DRAFTER, acts.withdraw, id, read=read(central, id), why="nhầm kỳ")
    store_unasked(central, yesterday(8)[6:])
    for asked in (replace(MARCH, plan="van-thang"), replace(MARCH, kind=other.name)):
        new = int(do(central, DRAFTER, acts.draft, kinds, asked))
        do(central, CHIEF, acts.approve, kinds, new, read=read(central, new))
        do(central, DRAFTER, acts.publish, kinds, new, read=read(central, new), done="")
        assert {row.cells[1] for row in public_report(SMALL, now(central, new), ()).tables[0].rows} == {FEW}
        do(central, DRAFTER, acts.withdraw, new, read=read(central, new), why="nhầm kỳ")


def test_a_revision_with_nearly_the_same_answers_is_not_public_after_the_other(
    central: CentreUnderTest,
) -> None:
    """A response that was removed, or came later, would be the difference."""
    id = published(central, 6)
    store_unasked(central, yesterday(8)[6:])
    new = int(do(central, DRAFTER, acts.revise, KINDS, id, read=read(central, id), why="thiếu phiếu"))
    do(central, CHIEF, acts.approve, KINDS, new, read=read(central, new))
    with pytest.raises(ProblemError, match=f"HL5193.*{id}"):
        do(central, DRAFTER, acts.publish, KINDS, new, read=read(central, new), done="")


def test_a_parent_less_all_but_one_below_it_says_no_more_of_that_one_than_its_own_report(
    central: CentreUnderTest,
) -> None:
    """In whatever order they are approved; and a higher unit's report knows those of all below it."""
    with writing(central.engine) as connection:
        tree = [Unit(code="tinh", name={"vi": "Tỉnh"})]
        tree += [Unit(code=unit, name={"vi": unit}, parent="tinh") for unit in ("phuong-mot", "xa-hai")]
        put_bundled_units(connection, tree, NOW)
    sizes = {"phuong-mot": 9, "xa-hai": 3, "tinh": 12}
    counting = replace(
        SMALL, read=lambda _, asked, __: SmallFigures(asked=asked, n=sizes[asked.unit], procedures=())
    )
    kinds = {SMALL.name: counting}
    shown: dict[tuple[str, str], str] = {}
    orders = (("phuong-mot", "xa-hai", "tinh"), ("tinh", "xa-hai", "phuong-mot"))
    for year, order in enumerate(orders, 2024):
        for unit in order:
            asked = replace(MARCH, unit=unit, first=date(year, 3, 1), last=date(year, 3, 31))
            id = int(do(central, DRAFTER, acts.draft, kinds, asked))
            do(central, CHIEF, acts.approve, kinds, id, read=read(central, id))
            copy = document_of(SMALL, now(central, id), outside=True)
            (table,) = (block for block in blocks_of(copy) if isinstance(block, Table))
            shown[order[0], unit] = written(table.rows[-1].cells[1])
    assert shown == {
        ("phuong-mot", "phuong-mot"): "9",
        ("phuong-mot", "xa-hai"): FEW,
        ("phuong-mot", "tinh"): FEW,
        ("tinh", "tinh"): "12",
        ("tinh", "xa-hai"): FEW,
        ("tinh", "phuong-mot"): FEW,
    }


def test_what_was_decided_before_an_approval_is_decided_again_where_another_one_came_first(
    central: CentreUnderTest,
) -> None:
    kind = replace(SMALL, read=lambda _, asked, __: SmallFigures(asked=asked, n=9, procedures=()))
    kinds = {SMALL.name: kind}

    def drafted_of(last: date) -> int:
        return int(do(central, DRAFTER, acts.draft, kinds, replace(MARCH, last=last)))

    def decided(id: int) -> Decided:
        with reading(central.engine) as connection:
            return decide(read_outside(connection, kind, read_report(connection, id)))

    first, second = drafted_of(MARCH.last), drafted_of(MARCH.last - timedelta(days=1))
    early = {id: decided(id) for id in (first, second)}
    assert decide(early[first].of, early[first]) is early[first]
    do(central, CHIEF, acts.approve, kinds, first, read=read(central, first), decided=early[first])
    assert now(central, first).withheld == early[first].withheld == frozenset()
    kind = replace(kind, read=lambda _, asked, __: SmallFigures(asked=asked, n=7, procedures=()))
    kinds = {SMALL.name: kind}
    do(central, DRAFTER, acts.refresh, kinds, second, read=read(central, second))
    late = decided(second)
    assert late.withheld
    do(central, CHIEF, acts.approve, kinds, second, read=read(central, second), decided=early[second])
    assert now(central, second).withheld == late.withheld


def test_a_document_is_returned_with_a_remark_and_read_again(central: CentreUnderTest) -> None:
    id = approved(central, 3)
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, CHIEF, acts.return_to_drafter, id, read=read(central, id), note=" ")
    do(central, CHIEF, acts.return_to_drafter, id, read=read(central, id), note="Thiếu nguyên nhân.")
    assert (now(central, id).state, now(central, id).digest) == ("draft", "")
    store_unasked(central, yesterday(4)[3:])
    do(central, DRAFTER, acts.refresh, KINDS, id, read=read(central, id))
    assert SMALL.thawed(now(central, id).figures).n == 4


def test_the_copy_that_leaves_the_office_has_no_internal_table_and_the_same_figures(
    central: CentreUnderTest,
) -> None:
    report = now(central, approved(central, 6))
    inside, outside = (document_of(SMALL, report, outside=copy) for copy in (False, True))
    tables = [[each for each in blocks_of(copy) if isinstance(each, Table)] for copy in (inside, outside)]
    assert [[table.id for table in each] for each in tables] == [["bang-1", "bang-2"], ["bang-1"]]
    assert tables[0][0] == tables[1][0]
    assert OFFICER in repr(inside)
    assert OFFICER not in repr(outside)


def test_the_appendix_has_the_moment_of_the_figures_and_the_first_bytes_of_their_digest(
    central: CentreUnderTest,
) -> None:
    id = drafted(central)
    assert stamp_of(now(central, id)) == "Bản nháp, số liệu đến 15:00 ngày 02/03/2026; chưa được phê duyệt."
    digest = do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))
    report = now(central, id)
    said = f"Số liệu chốt lúc 15:00 ngày 02/03/2026, mã {digest[:4]} {digest[4:8]}."
    for outside in (False, True):
        assert said in repr(document_of(SMALL, report, outside=outside).appendices[0])


def test_where_and_when_it_was_read_out_is_noted(central: CentreUnderTest) -> None:
    id = published(central)
    place = {"day": date(2026, 3, 2), "place": "loa khu phố 3"}
    do(central, DRAFTER, acts.announce, id, read=read(central, id), **place)
    with reading(central.engine) as connection:
        assert history_of(connection, [id])[-1].note == "2026-03-02 loa khu phố 3"
    tomorrow = {**place, "day": date(2026, 3, 3)}
    with pytest.raises(ProblemError, match="HL5165"):
        do(central, DRAFTER, acts.announce, id, read=read(central, id), **tomorrow)


def test_documents_are_in_a_backup_and_its_check(tmp_path: Path) -> None:
    central, file = CentreUnderTest(tmp_path / "centre"), tmp_path / "backup.db"
    id = published(central)
    back_up(central.engine, file)
    check(file)
    other = central.copied(tmp_path / "other", file)
    assert now(other, id) == now(central, id)
    assert steps(other, id) == steps(central, id)
    for centre in (central, other):
        centre.close()


# --- killed in the middle -----------------------------------------------------------------------------------


def approves(address: str, id: int, read: str) -> None:
    with acting(open_database(address), By(CHIEF, NOW)) as act:
        acts.approve(act, KINDS, id, read=read)


def test_an_approval_killed_at_any_line_is_done_once_or_not_at_all(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    id = drafted(central)
    token = read(central, id)
    central.close()
    files = (acts.__file__, audit_acts.__file__, database.__file__)
    number, dead = 1, True
    while dead:
        dead = killed_at_line(number, files, approves, central.address, id, token)
        number += 7
        done = [step for step, _, _ in steps(central, id)]
        noted = [act for act, _, _ in lines(central)]
        state = now(central, id).state
        assert (state, done, noted) in (
            ("draft", ["draft"], ["report-draft"]),
            ("approved", ["draft", "approve"], ["report-draft", "report-approve"]),
        )
        if state == "approved":
            break
    assert number > 10
    assert now(central, id).state == "approved"
    central.close()


# --- read within the office ---------------------------------------------------------------------------------


def test_a_notice_says_how_many_of_the_office_have_seen_it(central: CentreUnderTest) -> None:
    first = make_person(central, "mot", ("viewer", "phuong-mot"), password=None)
    second = make_person(central, "hai", ("admin", "phuong-mot"), ("analyst", "phuong-mot"), password=None)
    # This one may not open reports.
    make_person(central, "nhap-phieu", ("keyer", "phuong-mot"), password=None)
    stranger = make_person(central, "nguoi-khac", ("viewer", ""), password=None)
    id = drafted(central)
    with pytest.raises(ProblemError, match="HL5163"):
        do(central, f"account {first}", mark_seen, id, first)
    do(central, CHIEF, acts.approve, KINDS, id, read=read(central, id))

    def seen(account: int) -> Readers:
        with reading(central.engine) as connection:
            return readers_of(connection, id, "phuong-mot", account, NOW.date())

    assert seen(first) == Readers(all=2, seen=0, waiting=("Hai", "Mot"), asked=True, own=False)
    assert not seen(stranger).asked
    for account in (first, first, stranger):
        do(central, f"account {account}", mark_seen, id, account)
    assert seen(first) == Readers(all=2, seen=1, waiting=("Hai",), asked=True, own=True)
    do(central, f"account {second}", mark_seen, id, second)
    assert seen(second) == Readers(all=2, seen=2, waiting=(), asked=True, own=True)
    assert [act for act, _, _ in lines(central)].count("report-seen") == 3
    do(central, CHIEF, acts.return_to_drafter, id, read=read(central, id), note="Thiếu nguyên nhân.")
    do(central, "account 9", acts.approve, KINDS, id, read=read(central, id))
    assert seen(first) == Readers(all=2, seen=0, waiting=("Hai", "Mot"), asked=True, own=False)
