"""Which document is the report that a plan asks for, and whether it was sent: one answer on every page."""

from datetime import date, datetime

from msgspec.structs import replace

from sync.central.figures.deadlines import REGULAR
from sync.central.figures.morning import read_due
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import put_plan
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.proposing import propose
from sync.central.reports.records.stored import read_report
from sync.central.store.database import reading, writing
from sync.contract.assignment import OfficeHours
from sync.contract.plan import VIET_NAM
from tests.support.plans import shipped_plans
from tests.support.small_kind import SMALL
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

LETTER = "cong-van-don-doc"
KINDS = {name: replace(SMALL, name=name) for name in (REGULAR, LETTER)}
TODAY = date(2026, 3, 19)


def asked(central: CentreUnderTest, kind: str) -> Asked:
    """The period of the report that is due on 20/3, of a plan that the unit has from now on."""
    plan = shipped_plans()["kien-hung-2020"]
    plan = replace(plan, unit="phuong-mot", starts=date(2020, 1, 1), ends=None, steps=(), tasks=())
    groups = tuple(replace(group, starts=None, ends=None) for group in plan.groups)
    with writing(central.engine) as connection:
        put_plan(connection, replace(plan, groups=groups, report_day=20), NOW)
    first, last = date(2026, 2, 21), date(2026, 3, 20)
    return Asked(kind=kind, unit="phuong-mot", first=first, last=last, plan=plan.id)


def sent(central: CentreUnderTest, wanted: Asked) -> int:
    assert set(store_unasked(central, numbered(3))) == {"stored"}
    with acting(central.engine, By("account 1", NOW)) as act:
        id = acts.draft(act, KINDS, wanted)
    with acting(central.engine, By("account 2", NOW)) as act:
        acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
        read = read_report(act.connection, id).read
        acts.record_sent(act, id, read=read, number="12/UBND", day=date(2026, 3, 2))
    return id


def due(central: CentreUnderTest, day: date = TODAY) -> list[tuple[int, bool]]:
    """Number of the report that is due on 20/3, and whether it was sent."""
    with reading(central.engine) as connection:
        found = read_due(connection, "phuong-mot", day, OfficeHours()) or ()
    return [(each.report, each.sent) for each in found if each.day == date(2026, 3, 20)]


def proposed(central: CentreUnderTest) -> list[tuple[int, int]]:
    """Number of the report of the period, and of the revision that takes its place."""
    with reading(central.engine) as connection:
        found = propose(connection, KINDS[REGULAR], "phuong-mot", TODAY)
    return [
        (each.report.id if each.report else 0, each.revision.id if each.revision else 0) for each in found
    ]


def test_a_letter_of_the_same_days_is_not_the_report(central: CentreUnderTest) -> None:
    sent(central, asked(central, LETTER))
    assert due(central) == [(0, False)]
    assert proposed(central) == [(0, 0)]


def test_a_report_that_was_sent_stays_sent_while_its_revision_is_a_draft(central: CentreUnderTest) -> None:
    id = sent(central, asked(central, REGULAR))
    later = datetime(2026, 3, 25, 9, tzinfo=VIET_NAM)
    with acting(central.engine, By("account 1", later)) as act:
        read = read_report(act.connection, id).read
        revision = acts.revise(act, KINDS, id, read=read, why="Phiếu giấy nhập sau.")
    assert due(central) == due(central, later.date()) == [(id, True)]
    assert proposed(central) == [(id, revision)]
    with acting(central.engine, By("account 1", later)) as act:
        read = read_report(act.connection, revision).read
        acts.withdraw(act, revision, read=read, why="Lập nhầm.")
    assert due(central) == [(id, True)]
    assert proposed(central) == [(id, 0)]
