"""The plans that the centre knows: those of the newest bundle, and those of earlier ones."""

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.bundle import newest_contents, read_plan, wordings
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PLAN_UNKNOWN


class Issued(Struct, frozen=True):
    """A plan, and the newest bundle that has it."""

    plan: Plan
    bundle: int


def load_plans(connection: Connection) -> dict[str, Plan]:
    """The plans of the newest bundle by id."""
    return newest_contents(connection).plans


def every_plan(connection: Connection) -> dict[str, Issued]:
    """Every plan ever issued by id, each from the newest bundle that has it."""
    issued = [Issued(read_plan(text), version) for text, version in wordings(connection, "plans/%.toml")]
    return {each.plan.id: each for each in issued}


def plan_named(connection: Connection, id: str) -> Plan:
    """The plan with this id. Raises ProblemError HL5020 if no bundle ever had it."""
    plans = load_plans(connection)
    if id in plans:
        return plans[id]
    earlier = every_plan(connection)
    if id not in earlier:
        raise ProblemError(PLAN_UNKNOWN(where=id, detail=f"có: {', '.join(sorted(earlier)) or 'không'}"))
    return earlier[id].plan
