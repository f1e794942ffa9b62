"""What is against releasing a draft, and the release itself.

Promises (each has a test of this name):
- a release never changes, and its version is above every earlier one;
- wording may change under the same id, meaning may not, also if the question was gone for some versions;
- a release that would break a running plan is refused, and everything that lacks is named;
- a refused release changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.row_queries import newest_releases, read_plans
from sync.central.office.configuration.wordings import add_release
from sync.central.office.forms.drafts import draft_of, remove_draft
from sync.central.office.forms.releases import releases_of
from sync.central.office.units.revisions import form_changed
from sync.contract.meaning import meaning_problems
from sync.contract.plan import VIET_NAM, Plan, plan_problems
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
    act.note("form-release", id, f"version {draft.version}; {why}")
    return draft


def objections(connection: Connection, draft: Survey, today: date) -> tuple[Problem, ...]:
    """Everything that is against releasing this draft on `today`."""
    earlier = releases_of(connection, draft.id)
    plans = [plan for plan in read_plans(connection) if _runs(plan, draft.id, today)]
    named = {group.survey for plan in plans for group in plan.groups} - {draft.id}
    others = newest_releases(connection, named)
    return (*_version(draft, earlier), *meaning_problems(draft, earlier), *_criteria(draft, plans, others))


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
            if problem.where.startswith(tuple(places)):
                yield problem.kind(where=f"{plan.id}: {problem.where}", detail=problem.detail)


def _runs(plan: Plan, survey: str, today: date) -> bool:
    """Whether a group of the plan asks this form today or later."""
    last_days = [plan.window(group)[1] for group in plan.groups if group.survey == survey]
    return any(last is None or today <= last for last in last_days)
