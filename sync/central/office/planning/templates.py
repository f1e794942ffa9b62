"""A new plan made of another one: of one that comes with the product, or of one of an earlier year. Pure.

Days move by whole years; what a plan rests on keeps its day, because that document was issued then. Number
and day of issue are left out: the new plan has none yet.
"""

import re
from datetime import date
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from sync.contract.files import decode_toml, read_text
from sync.contract.plan import Plan
from sync.contract.survey import Survey, decode_survey
from sync.contract.text import Id
from sync.host.assets import asset

_AS_IS = frozenset({"basis", "opening"})
_BUILTIN = (date,)


@cache
def shipped_plans() -> dict[str, Plan]:
    """The plans that come with the product, by id; raises ProblemError HL1001 … for a broken file."""
    files = sorted(asset("plans").glob("*.toml"))
    plans = (decode_toml(read_text(file), Plan, str(file)) for file in files)
    return {plan.id: plan for plan in plans}


@cache
def shipped_forms() -> dict[str, Survey]:
    """The forms that come with the product, by id."""
    files = sorted(asset("surveys").glob("*.toml"))
    forms = (decode_survey(read_text(file), str(file)) for file in files)
    return {form.id: form for form in forms}


def year_of(plan: Plan) -> int | None:
    """The year that a plan is for: of its first day, else of what it names; None if it names no day."""
    days = (plan.starts, *(group.starts for group in plan.groups), plan.issued)
    steps = (day for step in plan.steps for day in (step.starts, step.last_day))
    return next((day.year for day in (*days, *steps) if day is not None), None)


def id_for(plan: Plan, years: int) -> str:
    """The code of the plan some years later: with the other year where it names its own, or at its end."""
    year = year_of(plan)
    if year is None:
        return f"{plan.id}-moi"
    later = str(year + years)
    return plan.id.replace(str(year), later) if str(year) in plan.id else f"{plan.id}-{later}"


def moved(plan: Plan, years: int, id: Id) -> Plan:
    """The plan under another id, some years later, not issued."""
    data: dict[str, Any] = msgspec.to_builtins(plan, builtin_types=_BUILTIN)
    data = {**_moved(data, years), "id": id}
    for name in ("number", "issued"):
        data.pop(name, None)
    year = year_of(plan)
    if year is not None and years:
        data["title"] = {
            language: re.sub(rf"\b{year}\b", str(year + years), text) for language, text in plan.title.items()
        }
    return msgspec.convert(data, Plan, builtin_types=_BUILTIN)


def from_template(template: Plan, *, id: Id, unit: str, authority: str, today: date) -> Plan:
    """A shipped plan as the beginning of one of this unit, in this year. authority: who issues it."""
    years = max(0, today.year - (year_of(template) or today.year))
    return replace(moved(template, years, id), unit=unit, authority=authority)


def _moved(value: Any, years: int) -> Any:
    if isinstance(value, dict):
        return {name: each if name in _AS_IS else _moved(each, years) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(each, years) for each in value]
    return _later(value, years) if isinstance(value, date) else value


def _later(day: date, years: int) -> date:
    """The same day of another year; 29 February is 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
