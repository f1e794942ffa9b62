"""Visits that look unusual among the responses a caller may see; see figures/flags.py for what is flagged.

Visits are compared within their unit, and those of an officer who asks are left out before that: neither a
foreign visit nor one's own is in a row, or is the reason why another is flagged.
"""

from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.figures.flag_table import FlaggedVisit, flagged_visits
from sync.central.office.access import Caller
from sync.central.office.hours import duties_of
from sync.central.office.plans import every_plan
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.desk import Administrators
from sync.central.store.schema import responses, voided
from sync.contract.assignment import OfficeHours
from sync.contract.canonical import decode_response
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import PARAMETER_INVALID

MOST = 50_000
"""Responses that are compared in one request: about a second of work."""


class TooManyError(ProblemError):
    """More responses than are compared in one request (HL4013)."""

    def __init__(self) -> None:
        detail = f"hơn {MOST} phiếu: chọn một đơn vị hoặc ít ngày hơn"
        super().__init__(PARAMETER_INVALID(where="unit, from, to", detail=detail))


class Flagged(Struct, frozen=True, kw_only=True):
    """A flagged visit with where it counts, and whether it does."""

    visit: FlaggedVisit
    unit: str
    day: date
    counts: bool


def flagged(
    desk: Administrators, connection: Connection, caller: Caller, asked: ResponsesAsked
) -> list[Flagged]:
    """The flagged visits of a unit and of those below it, the newest day first.

    caller: an administrator; others get no times, from which flags are made.

    Raises ProblemError HL4013 for days that are none, and TooManyError.
    """
    c = responses.c
    conditions = desk.filters(connection, caller, asked).conditions()
    counted = select(c.unit, func.count().label("n")).where(*conditions).group_by(c.unit)
    sizes = {row.unit: row.n for row in connection.execute(counted)}
    if sum(sizes.values()) > MOST:
        raise TooManyError
    surveys = list(desk.names(connection).surveys.values())
    plans = [issued.plan for issued in every_plan(connection).values()]
    hours = {unit: duty.hours for unit, duty in duties_of(connection, set(sizes)).items()}
    voided_ids = select(voided.c.id).join(responses, c.id == voided.c.id).where(*conditions)
    taken_back = set(connection.execute(voided_ids).scalars())
    found = []
    for unit in sizes:
        query = select(c.body, c.day).where(*conditions, c.unit == unit).order_by(c.position)
        stored: list[Any] = list(connection.execute(query))
        visits = [decode_response(bytes(row.body)) for row in stored]
        days = {visit.id: date.fromisoformat(row.day) for visit, row in zip(visits, stored, strict=True)}
        for each in flagged_visits(visits, surveys, taken_back, hours.get(unit, OfficeHours()), plans):
            response = each.response
            counts = response.outcome != "voided" and response.id not in taken_back
            found.append(Flagged(visit=each, unit=unit, day=days[response.id], counts=counts))
    return sorted(found, key=lambda each: (each.day, each.visit.response.started_at), reverse=True)
