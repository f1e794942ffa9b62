"""A draft of a plan becomes the wording in force, and what is against that.

Promises (each has a test of this name):
- an issued plan is in force as one that a configuration's folder brings: the same checks, the same change;
- a plan that is refused changes nothing, and everything that is wrong is named;
- what was issued before stays: responses were given under it.
"""

from datetime import date

from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.configuration.scope import read_configured
from sync.central.office.planning.closed_plans import check_open
from sync.central.office.planning.drafts import check_unchanged, find_plan_draft, remove_plan_draft
from sync.central.store.database import one_at_a_time
from sync.contract.plan import VIET_NAM, Plan, plan_problems
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.planning import PLAN_DRAFT_UNKNOWN, PLAN_ENTRY_WRONG
from sync.contract.text import nfc

NUMBER = 60  # characters


def objections(connection: Connection, plan: Plan) -> tuple[Problem, ...]:
    """Everything that is against issuing this plan: it contradicts its own rules, or its forms."""
    forms = newest_releases(connection, {group.survey for group in plan.groups})
    return tuple(plan_problems(plan, forms))


def issue_plan(act: Act, id: str, *, number: str, day: date, before: str) -> Plan:
    """Put the draft of this plan in force, with number and day of the signed paper.

    before: when the draft was last changed, as the person has read it. Raises ProblemError HL4290 for a
    number or a day that can't be one, HL4291, HL4292, HL4298; ProblemsError with all that `objections` names,
    and as `import_configured`.
    """
    one_at_a_time(act.connection)
    draft = find_plan_draft(act.connection, id)
    if draft is None:
        raise ProblemError(PLAN_DRAFT_UNKNOWN(where=id))
    check_open(act.connection, id)
    check_unchanged(draft, before, id)
    today = act.now.astimezone(VIET_NAM).date()
    plan = replace(draft.plan, number=_number(number), issued=_day(day, today))
    against = objections(act.connection, plan)
    if against:
        raise ProblemsError(against)
    there = read_configured(act.connection, plan.unit, today)
    others = tuple(each for each in there.plans if each.id != id)
    wanted = replace(there, plans=tuple(sorted((*others, plan), key=lambda each: each.id)))
    import_configured(act, plan.unit, wanted, f"ban hành {plan.number}")
    remove_plan_draft(act.connection, id)
    act.note("plan-issue", id, f"{plan.number} {day.isoformat()}")
    return plan


def _number(text: str) -> str:
    number = " ".join(nfc(text).split())
    if not number.isprintable() or not any(character.isdigit() for character in number):
        raise ProblemError(PLAN_ENTRY_WRONG(where="so", detail="ghi như 125/KH-UBND"))
    if len(number) > NUMBER:
        raise ProblemError(PLAN_ENTRY_WRONG(where="so", detail=f"dài hơn {NUMBER} ký tự"))
    return number


def _day(day: date, today: date) -> date:
    if day > today:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ngay", detail="ngày này chưa đến"))
    if day.year < 2000:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ngay", detail="năm phải từ 2000"))
    return day
