"""Assignments as rows of a table: where a form is asked, whom, and when."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from sync.central.office.configuration.row_queries import read_plans
from sync.central.office.configuration.spans import opening_words
from sync.central.web.look import Look
from sync.central.web.near_units import name_of
from sync.contract.assignment import Assignment
from sync.contract.text import pick

RESPONDENTS = {"citizen": "người dân", "organisation": "tổ chức", "staff": "cán bộ"}


class AssignmentRow(Struct, frozen=True, kw_only=True):
    """One assignment. counter, form, plan: names; form_id, plan_id: their ids.

    address: of its page, "" if the visitor does not decide about it. state: "now", "later" or "over".
    starts, ends: None for no limit.
    """

    id: str
    address: str
    unit: str
    counter: str
    device: str
    form: str
    form_id: str
    plan: str
    plan_id: str
    respondents: str
    starts: date | None
    ends: date | None
    hours: str
    state: str


def assignment_rows(look: Look, assignments: Iterable[Assignment]) -> tuple[AssignmentRow, ...]:
    """The assignments, those that are over last."""
    named = tuple(assignments)
    units = {each.unit for each in named}
    names = {unit: name_of(look, unit) for unit in units}
    decided = {unit for unit in units if look.may("change-configuration", unit)}
    titles = read_titles(look)
    rows = [
        assignment_row(look, each, names[each.unit], titles, linked=each.unit in decided) for each in named
    ]
    return tuple(sorted(rows, key=lambda row: (row.state == "over", row.unit, row.counter, row.device)))


class Titles(Struct, frozen=True):
    """What forms and plans are called, by their ids."""

    forms: dict[str, str]
    plans: dict[str, str]


def read_titles(look: Look) -> Titles:
    """The newest titles of all forms and plans in the visitor's language."""
    language = look.translation.language
    newest = sorted(look.names.surveys.items())
    return Titles(
        forms={id: pick(survey.title, language) for (id, _), survey in newest},
        plans={plan.id: pick(plan.title, language) for plan in read_plans(look.connection)},
    )


def assignment_row(
    look: Look, each: Assignment, unit: str, titles: Titles, *, linked: bool = True
) -> AssignmentRow:
    """One assignment as it is shown; unit: its name."""
    over = each.ends is not None and each.ends < look.today
    later = each.starts is not None and each.starts > look.today
    return AssignmentRow(
        id=each.id,
        address=f"/phan-cong/{each.id}" if linked else "",
        unit=unit,
        counter=look.names.counters.get((each.unit, each.counter)) or each.counter,
        device=each.device or "",
        form=titles.forms.get(each.survey, each.survey),
        form_id=each.survey,
        plan=titles.plans.get(each.plan or "", each.plan or ""),
        plan_id=each.plan or "",
        respondents=", ".join(look.say(RESPONDENTS[respondent]) for respondent in each.respondents),
        starts=each.starts,
        ends=each.ends,
        hours="; ".join(map(opening_words, each.hours)),
        state="over" if over else "later" if later else "now",
    )
