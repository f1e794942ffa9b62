"""Plans as the centre knows them: those of the newest bundle, and those that an earlier one had."""

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
    """Every plan there ever was by id, each as the newest bundle that has it says."""
    issued = [Issued(read_plan(text), version) for text, version in wordings(connection, "plans/%.toml")]
    return {each.plan.id: each for each in issued}


def plan_named(connection: Connection, id: str) -> Plan:
    """This plan. Raises ProblemError HL5020 where no bundle had one of that name."""
    plans = load_plans(connection)
    if id in plans:
        return plans[id]
    earlier = every_plan(connection)
    if id not in earlier:
        raise ProblemError(PLAN_UNKNOWN(where=id, detail=f"có: {', '.join(sorted(earlier)) or 'không'}"))
    return earlier[id].plan
