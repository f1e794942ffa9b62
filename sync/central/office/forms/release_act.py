"""What is against releasing a draft, and the release itself.

Promises (each has a test of this name):
- a release never changes, and its version is above every earlier one;
- wording may change under the same id, meaning may not, also if the question was gone for some versions;
- a release that would break a running plan is refused, and everything that lacks is named;
- a release that changes what it inherits of a locked form of an upper unit is refused, see locked_forms.py;
- a release that terminals would refuse next to an assignment or a plan that they have is refused;
- a refused release changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.compose import filled
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.row_queries import newest_releases, read_assignments, read_plans
from sync.central.office.configuration.wordings import add_release
from sync.central.office.forms.drafts import draft_of, find_draft, remove_draft
from sync.central.office.forms.locked_forms import inheritance_problems
from sync.central.office.forms.releases import releases_of
from sync.central.office.units.revisions import form_changed
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment
from sync.contract.bundle import not_asked
from sync.contract.masking import mask_digits
from sync.contract.meaning import meaning_problems
from sync.contract.plan import VIET_NAM, Plan, for_terminals, plan_problems
from sync.contract.problem import Problem, ProblemsError
from sync.contract.problem.centre import FORM_VERSION_NOT_NEWER
from sync.contract.survey import Survey


def release(act: Act, id: str, why: str) -> Survey:
    """Release the draft of this form: terminals get it with their next configuration.

    Raises ProblemError HL5071 without a reason, HL5093 if there is no draft, ProblemsError with all that
    `objections` names.
    """
    begin(act, why)
    draft = draft_of(act.connection, id)
    against = objections(act.connection, draft, act.now.astimezone(VIET_NAM).date())
    if against:
        raise ProblemsError(against)
    form_changed(act.connection, id, act.now)
    add_release(act.connection, draft, act.now)
    remove_draft(act.connection, id)
    act.note("form-release", id, f"version {draft.version}; {mask_digits(why)}")
    return draft


def objections(connection: Connection, draft: Survey, today: date) -> tuple[Problem, ...]:
    """Everything that is against releasing this draft on `today`."""
    earlier, in_force = releases_of(connection, draft.id), read_plans(connection)
    named = {group.survey for plan in in_force for group in plan.groups} - {draft.id}
    others = newest_releases(connection, named)
    # Terminals have a plan until it is withdrawn, also one that is over.
    plans = [plan if _runs(plan, draft.id, today) else for_terminals(plan) for plan in in_force]
    kept = find_draft(connection, draft.id)
    return (
        *_version(draft, earlier),
        *inheritance_problems(connection, draft, kept.unit if kept else CENTRE, today),
        *meaning_problems(draft, earlier),
        *_criteria(draft, plans, others),
        *_assigned(draft, read_assignments(connection), in_force, today),
    )


def _assigned(
    draft: Survey, assignments: Iterable[Assignment], plans: Iterable[Plan], today: date
) -> Iterator[Problem]:
    """What assignments that are not over would then find wrong with it."""
    by_id = {plan.id: plan for plan in plans}
    for each in assignments:
        last = filled(each, by_id.get(each.plan or "")).ends
        if each.survey == draft.id and (last is None or last >= today):
            yield from not_asked(each, draft)


def _version(draft: Survey, earlier: Sequence[Survey]) -> Iterator[Problem]:
    if earlier and draft.version <= earlier[0].version:
        detail = f"phiên bản {draft.version}, đã phát hành {earlier[0].version}"
        yield FORM_VERSION_NOT_NEWER(where=draft.id, detail=detail)


def _criteria(draft: Survey, plans: Iterable[Plan], others: Iterable[Survey]) -> Iterator[Problem]:
    """What the plans that use this form would then find wrong with it."""
    surveys = (*others, draft)
    for plan in plans:
        places = [
            f"groups[{at}] {group.id}." for at, group in enumerate(plan.groups) if group.survey == draft.id
        ]
        for problem in plan_problems(plan, surveys):
            # An objective names a rating of each form of its groups.
            of_objective = problem.where.startswith("objectives[") and f"“{draft.id}”" in problem.detail
            if of_objective or problem.where.startswith(tuple(places)):
                yield problem.kind(where=f"{plan.id}: {problem.where}", detail=problem.detail)


def _runs(plan: Plan, survey: str, today: date) -> bool:
    """Whether a group of the plan asks this form today or later."""
    last_days = [plan.window(group)[1] for group in plan.groups if group.survey == survey]
    return any(last is None or today <= last for last in last_days)
