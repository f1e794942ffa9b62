"""Plans as the centre knows them: those of the newest bundle, and those that an earlier one had."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import JSON, Connection, cast, func, select, true

from sync.central.store.schema import bundles
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PLAN_UNKNOWN


class Issued(Struct, frozen=True):
    """A plan, and the newest bundle that has it."""

    plan: Plan
    bundle: int


def load_plans(connection: Connection) -> dict[str, Plan]:
    """The plans of the newest bundle by id."""
    files = connection.execute(select(bundles.c.files).order_by(bundles.c.version.desc()).limit(1)).scalar()
    texts = msgspec.json.decode(files, type=dict[str, str]) if files else {}
    return {plan.id: plan for plan in map(_read, _of_plans(texts.items()))}


def every_plan(connection: Connection) -> dict[str, Issued]:
    """Every plan there ever was by id, each as the newest bundle that has it says."""
    found: dict[str, Issued] = {}
    for text, version in _texts(connection):
        plan = _read(text)
        if plan.id not in found or found[plan.id].bundle < version:
            found[plan.id] = Issued(plan, version)
    return found


def plan_named(connection: Connection, id: str) -> Plan:
    """This plan. Raises ProblemError HL5020 where no bundle had one of that name."""
    plans = load_plans(connection)
    if id in plans:
        return plans[id]
    earlier = every_plan(connection)
    if id not in earlier:
        raise ProblemError(PLAN_UNKNOWN(where=id, detail=f"có: {', '.join(sorted(earlier)) or 'không'}"))
    return earlier[id].plan


def _texts(connection: Connection) -> list[tuple[str, int]]:
    """Every wording of every plan, with the newest bundle that has it: case lists stay in the database."""
    if connection.dialect.name == "postgresql":
        member: Any = func.json_each_text(cast(bundles.c.files, JSON)).table_valued("key", "value")
    else:
        member = func.json_each(bundles.c.files).table_valued("key", "value")
    query = (
        select(member.c.value, func.max(bundles.c.version))
        .select_from(bundles.join(member, true()))
        .where(member.c.key.like("plans/%.toml"))
        .group_by(member.c.value)
    )
    return [(text, version) for text, version in connection.execute(query)]


def _of_plans(files: Iterable[tuple[str, str]]) -> list[str]:
    return [text for path, text in files if path.startswith("plans/") and path.endswith(".toml")]


def _read(text: str) -> Plan:
    return msgspec.toml.decode(text, type=Plan)
