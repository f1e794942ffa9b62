"""How far a plan is, unit by unit and day by day, as a supervisor reads it every evening; also as a file.

Who is no administrator reads it of days that are over, as they read everything else: see days_over.py.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.figures.plan_rounds import UnitDays, read_unit_days
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.selecting import drawn_counts
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs, plan_file, unit_or_part
from sync.central.web.routes import needs
from sync.central.web.sample_words import HANDLE
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, file_links, files_of_each
from sync.central.web.top_up_rows import TopUpRow, top_up_rows
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/tien-do"
RECENT = 7
"""Days that a row counts apart: with today, or the days before it for who does not see today."""
DAYS_SHOWN = 31
"""Days of the table by day; the file has all."""


class ProgressRow(Struct, frozen=True, kw_only=True):
    """One unit or part. back: forms that came back, valid or not. wanted: 0 for no number.

    today: None for who does not see today. who: gives forms out there and collects them, "" where the plan
    names nobody. more: where more people of the unit are asked, for who may, where it lacks forms of a drawn
    sample.
    """

    name: str
    more: str = ""
    who: str = ""
    wanted: int
    back: int
    valid: int
    missing: int
    recent: int
    today: int | None


class ProgressGroup(Struct, frozen=True, kw_only=True):
    """One group, its rows and their sum."""

    name: str
    rows: tuple[ProgressRow, ...]
    total: ProgressRow


class DayRow(Struct, frozen=True):
    """The forms of one day, and all until then."""

    day: date
    forms: int
    sum: int


class ProgressPage(Struct, frozen=True, kw_only=True):
    """The progress of a plan. over: only of days that are over. top_ups: people who are asked in addition."""

    title: str
    over: bool
    groups: tuple[ProgressGroup, ...]
    top_ups: tuple[TopUpRow, ...]
    days: tuple[DayRow, ...]
    files: tuple[Link, ...]


def _plan(look: Look, id: str) -> Plan:
    """The wording in force; raises ProblemError HL4010 for a plan that was never issued, or a foreign one."""
    file = plan_file(look, id)
    if file.issued is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return file.issued.plan


def progress_page(look: Look, id: str) -> Shown:
    """The progress of the plan of the address."""
    plan = _plan(look, id)
    over = look.only_days_over(plan.unit)
    rows = read_unit_days(look.connection, plan, look.today, over=over)
    language = look.translation.language
    names = {group.id: pick(group.name, language) for group in plan.groups}
    groups = []
    for group, of_group in groupby(rows, key=lambda each: each.row.group):
        sampled = bool(drawn_counts(look.connection, Stratum(plan.id, group))) and look.may(HANDLE, plan.unit)
        drawn = tuple(_row(look, plan, each, over=over, more=sampled) for each in of_group)
        groups.append(ProgressGroup(name=names[group], rows=drawn, total=_total(look, drawn)))
    page = ProgressPage(
        title=pick(plan.title, language),
        over=over,
        groups=tuple(groups),
        top_ups=top_up_rows(look, plan),
        days=_days(rows)[:DAYS_SHOWN],
        files=file_links(look, f"{PLANS}/{id}/tien-do", {}),
    )
    title = look.say("Tiến độ từng đơn vị")
    return Shown(template="plan_progress.html", title=title, page=page, crumbs=plan_crumbs(look, plan))


def _row(look: Look, plan: Plan, each: UnitDays, *, over: bool, more: bool = False) -> ProgressRow:
    row, last = each.row, look.today - timedelta(days=1 if over else 0)
    since = last - timedelta(days=RECENT - 1)
    return ProgressRow(
        name=unit_or_part(look, plan, row.group, row.unit) if row.unit else look.say("Đơn vị khác"),
        who=_who(plan, row.group, row.unit),
        more=f"{PLANS}/{plan.id}/mau/{row.group}/{row.unit}#bo-sung"
        if more and row.unit and row.missing
        else "",
        wanted=row.wanted,
        back=row.forms + each.invalid,
        valid=row.forms,
        missing=row.missing,
        recent=sum(n for day, n in each.days.items() if since <= day <= last),
        today=None if over else each.days.get(look.today, 0),
    )


def _who(plan: Plan, group: str, unit: str) -> str:
    """Who distributes: of the part, else of its whole group."""
    parts = (part.who for part in plan.group(group).parts if part.id == unit)
    return next(filter(None, parts), plan.group(group).who) if unit else ""


def _total(look: Look, rows: Sequence[ProgressRow]) -> ProgressRow:
    today = [row.today for row in rows if row.today is not None]
    return ProgressRow(
        name=look.say("Cộng"),
        wanted=sum(row.wanted for row in rows),
        back=sum(row.back for row in rows),
        valid=sum(row.valid for row in rows),
        missing=sum(row.missing for row in rows),
        recent=sum(row.recent for row in rows),
        today=sum(today) if today else None,
    )


def _days(rows: Sequence[UnitDays]) -> tuple[DayRow, ...]:
    """The days that have forms, the last first."""
    forms: Counter[date] = Counter()
    for each in rows:
        forms.update(each.days)
    total, days = 0, []
    for day in sorted(forms):
        total += forms[day]
        days.append(DayRow(day, forms[day], total))
    return tuple(reversed(days))


@get(PATH, opt=needs(SEE))
async def plan_progress(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The progress of a plan."""
    return await visit.show(progress_page, id)


def _table(look: Look, id: str) -> TableFile:
    """The rows as a file, with a column for each day that has forms."""
    plan = _plan(look, id)
    over = look.only_days_over(plan.unit)
    rows = read_unit_days(look.connection, plan, look.today, over=over)
    names = {group.id: pick(group.name, look.translation.language) for group in plan.groups}
    days = sorted({day for each in rows for day in each.days})
    names_of, numbers = (
        ("Nhóm", "Mã đơn vị", "Đơn vị, phần", "Ai phát"),
        ("Cần", "Thu về", "Hợp lệ", "Còn thiếu"),
    )
    return TableFile(
        columns=(
            *((look.say(heading), "text") for heading in names_of),
            *((look.say(heading), "whole") for heading in numbers),
            *((day.isoformat(), "whole") for day in days),
        ),
        rows=[
            (
                names[each.row.group],
                each.row.unit,
                _row(look, plan, each, over=over).name,
                _who(plan, each.row.group, each.row.unit),
                each.row.wanted or None,
                each.row.forms + each.invalid,
                each.row.forms,
                each.row.missing if each.row.wanted else None,
                *(each.days.get(day, 0) for day in days),
            )
            for each in rows
        ],
    )


ROUTES = (plan_progress, *files_of_each(PATH, "tien-do", needs(SEE), _table))
