"""Who checks interviews: an account that is given those of one interviewer, and is never that interviewer.

Promises:
- a checker sees one person at a time, as an interviewer does, and what was said the first time never;
- nobody is checked for a plan that is closed, or by an account that is no interviewer of its unit today.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.again import Recheck, rechecks_of
from sync.central.office.interviews.whose_turn import interviewer_at
from sync.central.office.people.accounts import is_ended
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.plans import issued_plan
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import rechecks
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import INTERVIEWER_UNUSABLE, OWN_INTERVIEW


class ToCheck(Struct, frozen=True):
    """An interview that somebody is to check."""

    plan: Plan
    recheck: Recheck


def assign_checker(act: Act, plan: Plan, interviewer: int, checker: int | None) -> int:
    """Let `checker` check what is drawn of this interviewer and not checked yet; None: nobody. How many.

    Raises ProblemError HL4319 for an account that is no interviewer of the plan's unit until a day, HL4323.
    """
    connection, c = act.connection, rechecks.c
    one_at_a_time(connection)
    if checker == interviewer:
        raise ProblemError(OWN_INTERVIEW(where="account"))
    if checker is not None:
        held = interviewer_at(connection, checker, plan.unit, act.now.astimezone(VIET_NAM).date())
        if held is None or held.last is None or is_ended(connection, checker):
            raise ProblemError(INTERVIEWER_UNUSABLE(where="account"))
    undone = (c.plan == plan.id, c.account == interviewer, c.result == "")
    count = int(connection.execute(update(rechecks).where(*undone).values(checker=checker)).rowcount)
    act.note("recheck-assign", plan.id, f"account {interviewer}: {f'account {checker}' if checker else '-'}")
    return count


def checks_of(connection: Connection, account: int, today: date) -> tuple[ToCheck, ...]:
    """What this account is to check, the next one first."""
    c = rechecks.c
    query = select(c.plan).where(c.checker == account, c.result == "").distinct().order_by(c.plan)
    found = []
    for id in connection.execute(query).scalars():
        issued = issued_plan(connection, id)
        if issued is None or issued.withdrawn or is_closed(connection, id):
            continue
        if interviewer_at(connection, account, issued.plan.unit, today) is None:
            continue
        own = (each for each in rechecks_of(connection, id) if each.checker == account and not each.result)
        found += [ToCheck(issued.plan, each) for each in own]
    return tuple(found)
