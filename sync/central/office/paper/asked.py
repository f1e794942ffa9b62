"""What a paper form asks: a release of a form at a unit, for a group of a plan or for none."""

import re
import secrets
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row

from sync.central.office.planning.closed_plans import check_open
from sync.central.office.plans import plan_named
from sync.central.office.units.stored import units_below
from sync.central.store.surveys import load_surveys
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import PAPER_ENTRY_WRONG
from sync.contract.response import Respondent
from sync.contract.survey import Survey

TEXT = 300  # characters of a name or a note
FORMS = 20_000  # printed at once, or in one lot
HIGHEST = 9_999_999  # a number on a form

_ID = re.compile("[0-9a-f]{12}", re.ASCII)


class Asked(Struct, frozen=True, kw_only=True):
    """A release of a form at a unit. plan, group: "" for a form outside of any plan."""

    unit: str
    plan: str = ""
    group: str = ""
    survey: str
    version: int


class Asking(Struct, frozen=True):
    """The same with what the centre knows of it. group: None outside of any plan."""

    asked: Asked
    survey: Survey
    plan: Plan | None
    group: PlanGroup | None

    @property
    def respondents(self) -> tuple[Respondent, ...]:
        """Whom the form is for, the usual one first."""
        return self.group.respondents if self.group else self.survey.respondents

    @property
    def window(self) -> tuple[date | None, date | None]:
        """First and last day on which an answer counts; None: no limit."""
        return self.plan.window(self.group) if self.plan and self.group else (None, None)


def asking(connection: Connection, asked: Asked) -> Asking:
    """What the centre knows of it. Raises ProblemError HL5020 (no such plan), HL5224."""
    survey = load_surveys(connection).get((asked.survey, asked.version))
    if survey is None:
        raise wrong("survey", "không có bản phát hành này")
    if not asked.plan:
        return Asking(asked, survey, None, None)
    plan = plan_named(connection, asked.plan)
    group = next((each for each in plan.groups if each.id == asked.group), None)
    if group is None or group.survey != asked.survey:
        raise wrong("group", "kế hoạch không có nhóm này, hoặc nhóm dùng mẫu phiếu khác")
    return Asking(asked, survey, plan, group)


def check_asked(connection: Connection, asked: Asked, today: date) -> Asking:
    """The same, if the unit may ask it on paper today. Raises ProblemError HL4298, HL5020, HL5224."""
    known = asking(connection, asked)
    if known.plan and known.group:
        check_open(connection, known.plan.id)
        if not {"paper", "post"} & set(known.group.channels):
            raise wrong("group", "nhóm này không thu phiếu giấy")
        if asked.unit not in units_below(connection, known.plan.unit, today):
            raise wrong("unit", "kế hoạch không gồm đơn vị này")
    return known


def asked_of(row: Row[Any]) -> Asked:
    """What the forms of this row of a run or a lot ask."""
    return Asked(unit=row.unit, plan=row.plan, group=row.plan_group, survey=row.survey, version=row.version)


def columns_of(asked: Asked) -> dict[str, str | int]:
    """The same as columns."""
    return {
        "unit": asked.unit,
        "plan": asked.plan,
        "plan_group": asked.group,
        "survey": asked.survey,
        "version": asked.version,
    }


def new_id() -> str:
    """An id that no other print run and no other lot has."""
    return secrets.token_hex(6)


def check_id(id: str) -> None:
    """Return if this is from `new_id`; raises ProblemError HL5224."""
    if not _ID.fullmatch(id):
        raise wrong("id")


def check_text(text: str, where: str, *, needed: bool = False) -> str:
    """The text without spaces around it; raises ProblemError HL5224 if it is too long, or missing."""
    text = text.strip()
    if needed and not text:
        raise wrong(where, "trống")
    if len(text) > TEXT:
        raise wrong(where, f"dài hơn {TEXT} ký tự")
    return text


def check_number(number: int, where: str, *, least: int = 1, most: int = HIGHEST) -> int:
    """The number, if it is within these; raises ProblemError HL5224."""
    if not least <= number <= most:
        raise wrong(where, f"từ {least} đến {most}")
    return number


def wrong(where: str, detail: str = "") -> ProblemError:
    """HL5224 at this place."""
    return ProblemError(PAPER_ENTRY_WRONG(where=where, detail=detail))
