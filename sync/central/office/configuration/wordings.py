"""Every wording of a plan, and every release of a form, is kept: responses were given under it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from sync.central.office.configuration.handed_over import check_unlocked
from sync.central.store.schema import plans, surveys
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SURVEY_VERSION_REUSED
from sync.contract.survey import Survey


def put_plan(connection: Connection, plan: Plan, now: datetime) -> None:
    """Store a new wording of a plan; it holds from now on."""
    last = connection.execute(select(func.max(plans.c.version)).where(plans.c.id == plan.id)).scalar()
    body = msgspec.json.encode(plan).decode()
    values = {"version": (last or 0) + 1, "unit": plan.unit, "body": body, "issued_at": now.isoformat()}
    connection.execute(insert(plans).values(id=plan.id, **values))


def withdraw_plan(connection: Connection, id: str, now: datetime) -> None:
    """Let terminals get a plan no longer; what was collected for it stays."""
    valid = (plans.c.id == id) & plans.c.withdrawn_at.is_(None)
    connection.execute(update(plans).where(valid).values(withdrawn_at=now.isoformat()))


def add_release(connection: Connection, survey: Survey, now: datetime) -> None:
    """Store a release of a form; raises ProblemError HL5007 for another text under its version.

    Of a form that was handed over, HL4365 for a version that was not.
    """
    row = (surveys.c.id == survey.id) & (surveys.c.version == survey.version)
    there = connection.execute(select(surveys.c.body).where(row)).scalar()
    body = msgspec.json.encode(survey).decode()
    if there is None:
        check_unlocked(connection, survey.id, survey.version)
        values = {"id": survey.id, "version": survey.version, "body": body, "released_at": now.isoformat()}
        connection.execute(insert(surveys).values(**values))
    elif msgspec.json.decode(there, type=Survey) != survey:
        raise ProblemError(SURVEY_VERSION_REUSED(where=f"{survey.id} version {survey.version}"))
