"""The notice of a plan that goes to the units that take part: to which it went, and which have read it.

Promises (each has a test of this name):
- a unit has read the notice once one of its own people has, not somebody above it;
- a later wording is another notice: who has read the one before is asked again.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.people.at_units import people_at
from sync.central.office.planning.closed_plans import check_open
from sync.central.office.plans import Issued
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_notices
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import NOTICE_NOWHERE


class Notice(Struct, frozen=True, kw_only=True):
    """The notice at one unit. version: of the plan's wording. read_at, read_by: None and 0 while unread."""

    unit: str
    version: int
    sent_at: datetime
    read_at: datetime | None
    read_by: int


def notices_of(connection: Connection, plan: str) -> Mapping[str, Notice]:
    """The notice of a plan at every unit that it went to, by unit."""
    query = select(plan_notices).where(plan_notices.c.plan == plan).order_by(plan_notices.c.unit)
    return {
        row.unit: Notice(
            unit=row.unit,
            version=row.version,
            sent_at=datetime.fromisoformat(row.sent_at),
            read_at=datetime.fromisoformat(row.read_at) if row.read_at else None,
            read_by=row.read_by,
        )
        for row in connection.execute(query)
    }


def unread_at(connection: Connection, units: Collection[str]) -> tuple[str, ...]:
    """The plans whose notice nobody of these units has read at one of them."""
    c = plan_notices.c
    query = select(c.plan).where(c.unit.in_(sorted(units)), c.read_at == "").distinct().order_by(c.plan)
    return tuple(connection.execute(query).scalars())


def own_units(connection: Connection, units: Collection[str], account: int, day: date) -> tuple[str, ...]:
    """Those of the units for which this account reads notices on `day`: it has a role at the unit itself."""
    return tuple(
        sorted(unit for unit, of in people_at(connection, units, "see-plans", day).items() if account in of)
    )


def send_notice(act: Act, issued: Issued, units: Collection[str], *, account: int) -> int:
    """Give these units notice of the plan in force; to how many it went that had not got this wording yet.

    Raises ProblemError HL4298 for a closed plan, HL4361 where every unit has got it.
    """
    one_at_a_time(act.connection)
    plan = issued.plan.id
    check_open(act.connection, plan)
    there = notices_of(act.connection, plan)
    new = sorted(unit for unit in set(units) if unit not in there or there[unit].version != issued.version)
    if not new:
        raise ProblemError(NOTICE_NOWHERE(where=plan))
    c, at = plan_notices.c, act.now.isoformat()
    act.connection.execute(delete(plan_notices).where(c.plan == plan, c.unit.in_(new)))
    rows = [
        {
            "plan": plan,
            "unit": unit,
            "version": issued.version,
            "sent_at": at,
            "sent_by": account,
            "read_at": "",
            "read_by": 0,
            "changed_at": at,
        }
        for unit in new
    ]
    act.connection.execute(insert(plan_notices), rows)
    act.note("plan-notice", plan, f"version: {issued.version}, units: {len(new)}")
    return len(new)


def read_notice(act: Act, plan: str, units: Collection[str], *, account: int) -> None:
    """Note that this account has read the notice for these units; a second time changes nothing."""
    one_at_a_time(act.connection)
    unread = {each.unit for each in notices_of(act.connection, plan).values() if each.read_at is None}
    own = sorted(unread & set(units))
    if not own:
        act.undo()
        return
    c, at = plan_notices.c, act.now.isoformat()
    values = {"read_at": at, "read_by": account, "changed_at": at}
    act.connection.execute(update(plan_notices).where(c.plan == plan, c.unit.in_(own)).values(values))
    act.note("plan-notice-read", plan, " ".join(own))
