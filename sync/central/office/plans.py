"""The plans that the centre knows: those in force, and those that were withdrawn."""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office.configuration.row_queries import read_plans
from sync.central.store.schema import plans
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PLAN_UNKNOWN


class Issued(Struct, frozen=True):
    """The last wording of a plan, numbered from 1. withdrawn: terminals don't get it any more."""

    plan: Plan
    version: int
    withdrawn: bool


def load_plans(connection: Connection) -> dict[str, Plan]:
    """The plans in force by id."""
    return {plan.id: plan for plan in read_plans(connection)}


def every_plan(connection: Connection) -> dict[str, Issued]:
    """Every plan ever issued by id, each in its last wording."""
    query = select(plans).order_by(plans.c.id, plans.c.version)
    return {
        row.id: Issued(msgspec.json.decode(row.body, type=Plan), row.version, row.withdrawn_at is not None)
        for row in connection.execute(query)
    }


def issued_plan(connection: Connection, id: str) -> Issued | None:
    """This plan in its last wording; None if it was never issued."""
    query = select(plans).where(plans.c.id == id).order_by(plans.c.version.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    plan = msgspec.json.decode(row.body, type=Plan)
    return Issued(plan, row.version, row.withdrawn_at is not None)


def plan_named(connection: Connection, id: str) -> Plan:
    """The plan with this id in its last wording. Raises ProblemError HL5020 if there never was one."""
    every = every_plan(connection)
    if id not in every:
        raise ProblemError(PLAN_UNKNOWN(where=id, detail=f"có: {', '.join(sorted(every)) or 'không'}"))
    return every[id].plan
