"""Visits and officers that look unusual, as rows of a table; see flags.py for what is flagged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from sqlalchemy import Connection, func, select

from sync.central.figures.flags import Flag, flag_officers, flag_visits, same_form
from sync.central.store.rollups import VISIT
from sync.central.store.schema import responses, rollups, voided
from sync.central.store.surveys import load_surveys
from sync.contract.canonical import decode_response
from sync.contract.opening import Opening
from sync.contract.plan import Plan
from sync.contract.response import Outcome, Response

# same_form: ids of the other responses with this form's number.
VISIT_COLUMNS = ("id", "day", "device", "seq", "officer", "flags", "same_form")
OFFICER_COLUMNS = ("officer", "flags")


def stored_between(connection: Connection, first: str, last: str) -> list[Response]:
    """The responses of these days (YYYY-MM-DD, both included), in the order of their arrival."""
    query = (
        select(responses.c.body)
        .where(responses.c.day >= first, responses.c.day <= last)
        .order_by(responses.c.position)
    )
    return [decode_response(bytes(body)) for (body,) in connection.execute(query)]


def visit_rows(
    connection: Connection,
    found: Sequence[Response],
    hours: Sequence[Opening] = (),
    plans: Iterable[Plan] = (),
) -> list[tuple[object, ...]]:
    """Those of these responses that are flagged, as rows under VISIT_COLUMNS; see `flag_visits`."""
    visits = flag_visits(found, list(load_surveys(connection).values()), hours, plans)
    twice = same_form(found, set(connection.execute(select(voided.c.id)).scalars()))
    return [
        (
            response.id,
            response.started_at.date().isoformat(),
            response.device,
            response.seq,
            (response.tag.officer if response.tag else None) or "",
            " ".join(sorted(visits.get(response.id, frozenset()) | _twice(response, twice))),
            " ".join(twice.get(response.id, ())),
        )
        for response in found
        if response.id in visits or response.id in twice
    ]


def _twice(response: Response, twice: Mapping[str, object]) -> frozenset[Flag]:
    return frozenset({Flag.FORM_TWICE}) if response.id in twice else frozenset()


def officer_rows(connection: Connection, first: str, last: str) -> list[tuple[object, ...]]:
    """The officers flagged for these days (both included), as rows under OFFICER_COLUMNS."""
    c = rollups.c
    of_visits = (c.grain == "DPO", c.cell == VISIT, c.officer != "", c.value.in_(get_args(Outcome)))
    query = (
        select(c.officer, c.value, func.sum(c.n))
        .where(*of_visits, c.period.between(first, last))
        .group_by(c.officer, c.value)
    )
    outcomes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for officer, outcome, n in connection.execute(query):
        outcomes[officer][outcome] = int(n)
    return [(officer, " ".join(sorted(flags))) for officer, flags in sorted(flag_officers(outcomes).items())]
