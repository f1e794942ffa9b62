"""The drafts of plans: the next wording of each while it is written.

A draft has the form of a plan, but may lack what a plan needs, such as a form that is not released yet: what
lacks is named, see issuing.py.
"""

from collections.abc import Collection

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, check_units, checked
from sync.central.office.forms.drafts import find_draft as find_form_draft
from sync.central.office.forms.drafts import keep_draft as keep_form_draft
from sync.central.office.forms.releases import releases_of
from sync.central.office.planning.closed_plans import check_open
from sync.central.office.plans import every_plan
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_drafts
from sync.contract.masking import mask_digits
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import (
    PLAN_CHANGED,
    PLAN_CODE_TAKEN,
    PLAN_DRAFT_UNKNOWN,
    PLAN_ENTRY_WRONG,
)
from sync.contract.survey import Survey
from sync.contract.text import Id

RESERVED = frozenset({"moi", "viec"})
"""Words in the place of a plan's id in an address."""


class PlanDraft(Struct, frozen=True, kw_only=True):
    """A draft, and its last change."""

    plan: Plan
    changed_at: str
    changed_by: str


class _Coded(Struct, frozen=True):
    id: Id


def list_plan_drafts(connection: Connection) -> dict[str, PlanDraft]:
    """Every draft, by the plan's id."""
    query = select(plan_drafts).order_by(plan_drafts.c.plan)
    return {
        row.plan: PlanDraft(
            plan=msgspec.json.decode(row.body, type=Plan),
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )
        for row in connection.execute(query)
    }


def find_plan_draft(connection: Connection, id: str) -> PlanDraft | None:
    """The draft of this plan; None if there is none."""
    row = connection.execute(select(plan_drafts).where(plan_drafts.c.plan == id)).first()
    if row is None:
        return None
    plan = msgspec.json.decode(row.body, type=Plan)
    return PlanDraft(plan=plan, changed_at=row.changed_at, changed_by=row.changed_by)


def begin_plan(act: Act, plan: Plan, forms: Collection[Survey] = ()) -> None:
    """Begin a plan under a new id, as a draft. forms: kept as drafts where the centre has none of their id.

    Raises ProblemError HL1003 for an id that can't be one, HL4290 for a reserved one, HL4293 for one that is
    in use, HL5011 for an unknown unit.
    """
    one_at_a_time(act.connection)
    checked(_Coded, "plans", id=plan.id)
    if plan.id in RESERVED:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ma", detail=f"“{plan.id}” là chữ của địa chỉ trang"))
    if find_plan_draft(act.connection, plan.id) is not None or plan.id in every_plan(act.connection):
        raise ProblemError(PLAN_CODE_TAKEN(where="ma", detail=plan.id))
    for form in forms:
        if find_form_draft(act.connection, form.id) is None and not releases_of(act.connection, form.id):
            keep_form_draft(act, form, plan.unit)
    _put(act, plan)


def change_plan(act: Act, plan: Plan, before: str) -> None:
    """Keep this draft if the one that there is was last changed at `before`, "" if there was none.

    Raises ProblemError HL4291 if somebody else changed it meanwhile, HL4298 for a closed plan, HL5011 for an
    unknown unit.
    """
    one_at_a_time(act.connection)
    check_open(act.connection, plan.id)
    check_unchanged(find_plan_draft(act.connection, plan.id), before, plan.id)
    _put(act, plan)


def check_unchanged(draft: PlanDraft | None, before: str, id: str) -> None:
    """Raise ProblemError HL4291 for a draft that was last changed at another moment."""
    if (draft.changed_at if draft else "") != before:
        raise ProblemError(PLAN_CHANGED(where=id))


def discard_plan(act: Act, id: str, why: str) -> None:
    """Remove a draft; raises ProblemError HL5071 without a reason, HL4292 if there is none."""
    begin(act, why)
    if find_plan_draft(act.connection, id) is None:
        raise ProblemError(PLAN_DRAFT_UNKNOWN(where=id))
    remove_plan_draft(act.connection, id)
    act.note("plan-discard", id, mask_digits(why))


def remove_plan_draft(connection: Connection, id: str) -> None:
    """Remove the row of a draft."""
    connection.execute(delete(plan_drafts).where(plan_drafts.c.plan == id))


def _put(act: Act, plan: Plan) -> None:
    check_units(act.connection, [plan.unit])
    remove_plan_draft(act.connection, plan.id)
    values = {
        "plan": plan.id,
        "unit": plan.unit,
        "body": msgspec.json.encode(plan).decode(),
        "changed_at": act.now.isoformat(),
        "changed_by": act.who,
    }
    act.connection.execute(insert(plan_drafts).values(values))
    act.note("plan-draft", plan.id)
