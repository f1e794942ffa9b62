"""The plans of the visitor's units: how far each is, and what it asks for next."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.figures.deadlines import next_deadline
from sync.central.figures.plans import read_forms
from sync.central.figures.said import value_in_words
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.planning.closed_plans import closed_plans
from sync.central.office.planning.drafts import list_plan_drafts
from sync.central.office.plans import every_plan
from sync.central.office.remarks.calendar import Calendars, read_calendars
from sync.central.presenting.language import capital
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.plan_words import (
    CHANGE,
    DESIGNS,
    PLANS,
    SEE,
    PlanFile,
    state_of,
    window_of,
    window_words,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, file_links, file_routes
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.text import pick

MOST_COUNTED = 40
"""Plans whose forms are counted in a list; of more, each page counts its own."""
Kept = Literal["draft", "now", "over", "closed", "withdrawn"]
_GROUPS: Sequence[tuple[Kept, str]] = (
    ("now", "Đang thực hiện"),
    ("draft", "Đang soạn"),
    ("over", "Đã hết ngày lấy phiếu"),
    ("closed", "Đã đóng"),
    ("withdrawn", "Đã thôi"),
)


class PlanRow(Struct, frozen=True, kw_only=True):
    """One plan. look: of the tag with its state. wanted: 0 where the plan sets no number; have: None without
    a wording in force, or where plans are too many to count. due: the last working day of what is asked for
    next, due_name: its name.
    """

    address: str
    title: str
    number: str
    unit: str
    state: str
    look: str
    draft: bool
    window: str
    design: str
    have: int | None
    wanted: int
    due: date | None
    due_name: str


class PlanGroupRows(Struct, frozen=True):
    """The plans that are at one place of their way."""

    title: str
    rows: tuple[PlanRow, ...]


class PlansPage(Struct, frozen=True, kw_only=True):
    """All plans that the visitor may see. new: where one is begun, "" for who may not.

    files: all of them as a file.
    """

    groups: tuple[PlanGroupRows, ...]
    new: str
    files: tuple[Link, ...]


class PlansFilter(Struct, frozen=True):
    """Nothing: all plans that the visitor may see."""


def plans_page(look: Look) -> Shown:
    """The plans of the visitor's units and of those below them."""
    groups = _groups(look)
    page = PlansPage(
        groups=groups,
        new=f"{PLANS}/moi" if may_anywhere(look.person, CHANGE, look.today) else "",
        files=file_links(look, PLANS, {}) if groups else (),
    )
    return Shown(template="plans.html", title=look.say("Kế hoạch"), page=page)


def plans_table(look: Look, asked: PlansFilter) -> TableFile:
    """All plans of the list, as its page says them."""
    say = look.say
    return TableFile(
        (
            (say("Kế hoạch"), "text"),
            (say("Số"), "text"),
            (say("Đơn vị"), "text"),
            (say("Cách lấy ý kiến"), "text"),
            (say("Trạng thái"), "text"),
            (say("Ngày lấy phiếu"), "text"),
            (say("Đã có"), "whole"),
            (say("Cần"), "whole"),
            (say("Hạn tới"), "day"),
            (say("Việc đến hạn"), "text"),
        ),
        tuple(
            (
                *(row.title, row.number, row.unit, row.design, row.state, row.window),
                *(row.have, row.wanted or None, row.due.isoformat() if row.due else None, row.due_name),
            )
            for group in _groups(look, with_unit=True)
            for row in group.rows
        ),
    )


def _groups(look: Look, *, with_unit: bool = False) -> tuple[PlanGroupRows, ...]:
    look.place(SEE)
    issued, drafts = every_plan(look.connection), list_plan_drafts(look.connection)
    closed = closed_plans(look.connection)
    files = {id: PlanFile(issued.get(id), drafts.get(id), id in closed) for id in sorted({*issued, *drafts})}
    mine = {id: file for id, file in files.items() if look.may(SEE, file.plan.unit)}
    calendars = read_calendars(look.connection, look.today)
    several = with_unit or len({file.plan.unit for file in mine.values()}) > 1
    counted = len(mine) <= MOST_COUNTED
    rows = [
        (_kept(look, file), _row(look, file, calendars, several=several, counted=counted))
        for file in mine.values()
    ]
    groups = (
        PlanGroupRows(look.say(title), tuple(row for of, row in rows if of == kept))
        for kept, title in _GROUPS
    )
    return tuple(group for group in groups if group.rows)


def _kept(look: Look, file: PlanFile) -> Kept:
    if file.issued is None:
        return "draft"
    if file.issued.withdrawn:
        return "withdrawn"
    if file.closed:
        return "closed"
    last = window_of(file.issued.plan)[1]
    return "over" if last and last < look.today else "now"


def _row(look: Look, file: PlanFile, calendars: Calendars, *, several: bool, counted: bool) -> PlanRow:
    plan, language = file.plan, look.translation.language
    state, tag = state_of(look, file)
    due = None
    if file.issued is not None and not file.issued.withdrawn and not file.closed:
        works = calendars.of(plan.unit)
        due = next_deadline(plan, look.today, works.opening, works.special_days)
    return PlanRow(
        address=f"{PLANS}/{plan.id}",
        title=pick(plan.title, language),
        number=plan.number,
        unit=look.names.units.get(plan.unit, plan.unit) if several else "",
        state=state,
        look=tag,
        draft=file.issued is not None and file.draft is not None,
        window=window_words(look, *window_of(plan)),
        design=look.say(DESIGNS[plan.design]),
        have=_have(look, plan) if file.issued and counted else None,
        wanted=plan.wanted,
        due=due.working if due else None,
        due_name=capital(value_in_words(due.name, language, look.now)) if due else "",
    )


def _have(look: Look, plan: Plan) -> int:
    return sum(read_forms(look.connection, plan, over=look.only_days_over(plan.unit)).values())


@get(PLANS, opt=needs(SEE))
async def plans(visit: NamedDependency[Visit]) -> Response[Any]:
    """The plans of the visitor's units."""
    return await visit.show(plans_page)


ROUTES = (plans, *file_routes(PLANS, "ke-hoach", needs(SEE), PlansFilter, plans_table))
