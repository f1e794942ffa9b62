"""Plans as the centre knows them: those of the newest bundle, and the responses that name them."""

import msgspec
from sqlalchemy import Connection, or_, select

from sync.central.pulling.pull import load_surveys
from sync.central.schema import bundles, responses
from sync.contract.canonical import decode_response
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError, problem
from sync.contract.response import Response
from sync.contract.survey import Survey


def load_plans(connection: Connection) -> dict[str, Plan]:
    """The plans of the newest bundle by id."""
    files = connection.execute(select(bundles.c.files).order_by(bundles.c.version.desc()).limit(1)).scalar()
    texts = msgspec.json.decode(files, type=dict[str, str]) if files else {}
    plans = [
        msgspec.toml.decode(text, type=Plan)
        for path, text in texts.items()
        if path.startswith("plans/") and path.endswith(".toml")
    ]
    return {plan.id: plan for plan in plans}


def plan_named(connection: Connection, id: str) -> Plan:
    """This plan. Raises ProblemError HL5020 where the newest bundle has none of that name."""
    plans = load_plans(connection)
    if id not in plans:
        raise ProblemError(problem("HL5020", where=id, detail=", ".join(sorted(plans))))
    return plans[id]


def newest_surveys(connection: Connection) -> dict[str, Survey]:
    """Every survey by id, in its newest version."""
    return {id: survey for (id, _), survey in sorted(load_surveys(connection).items())}


def responses_to(connection: Connection, plan: Plan) -> list[Response]:
    """The responses that name this plan, with all that void others, in the order of their arrival."""
    query = (
        select(responses.c.body)
        .where(or_(responses.c.plan == plan.id, responses.c.outcome == "voided"))
        .order_by(responses.c.position)
    )
    return [decode_response(bytes(body)) for (body,) in connection.execute(query)]
