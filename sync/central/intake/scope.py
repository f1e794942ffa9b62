"""The units, officers and days that a device may send responses for: its signature does not prove those.

Promise: a device's responses count for its own unit and those below it, never for another one; a response
beyond that is held for a person, with a problem's number, and neither counted nor lost.

    the tag's unit is the device's, or belonged to it on that day        good
    a unit where the device was until MOVED days before                  good: it may not know of the move
    any other unit, or one that does not exist                           held, HL4050
    an officer whom no configuration has named in that unit or above it,
    or a procedure that no configuration has named                       held, HL4051
    a day more than PAST before its arrival, or more than AHEAD after    held, HL4052

A response without a tag counts for the unit of its device, which the centre itself knows.
`set-aside judge` stores responses that fit a newer configuration; with `--held`, those a person confirms.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select

from sync.central.intake.judge import Judged, Moves
from sync.central.store.known_ids import OFFICER, PROCEDURE, Name, known
from sync.central.store.schema import unit_spans
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem
from sync.contract.problem.wire import DAY_OUT_OF_SCOPE, TAG_OUT_OF_SCOPE, UNIT_OUT_OF_SCOPE

PAST, AHEAD = timedelta(days=400), timedelta(days=2)
MOVED = timedelta(days=30)
HELD = frozenset({UNIT_OUT_OF_SCOPE.number, TAG_OUT_OF_SCOPE.number, DAY_OUT_OF_SCOPE.number})
"""The problems of responses that are held for a person, and not refused."""

_said = attrgetter("tagged", "unit", "officer", "procedure", "day")


class _World(Struct, frozen=True):
    """The known units and ids that a batch names. above: unit -> root -> first and last days."""

    above: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
    names: set[Name]


def within_scope(
    connection: Connection, judged: Sequence[Judged], *, unit: str, moves: Moves, received_at: int
) -> list[Judged]:
    """`judged`, with responses beyond the device's scope turned into held ones.

    unit, moves: where the device is and was. received_at: milliseconds since 1970.
    """
    said = {_said(item.row) for item in judged if item.row is not None}
    tags = [each for each in said if each[0]]
    world = _look(connection, {each[1] for each in tags}, {id for each in tags for id in each[2:4] if id})
    arrived = datetime.fromtimestamp(received_at / 1000, VIET_NAM).date()
    found = {each: _judge(each, unit=unit, moves=moves, arrived=arrived, world=world) for each in said}
    beyond = [found[_said(item.row)] if item.row is not None else None for item in judged]
    return [
        replace(item, row=None, problem=wrong) if wrong else item
        for item, wrong in zip(judged, beyond, strict=True)
    ]


def _judge(said: tuple[Any, ...], *, unit: str, moves: Moves, arrived: date, world: _World) -> Problem | None:
    tagged, there, officer, procedure, day = said
    if not arrived - PAST <= date.fromisoformat(day) <= arrived + AHEAD:
        return DAY_OUT_OF_SCOPE(where="finished_at", detail=f"ngày {day}, nhận ngày {arrived}")
    if not tagged:
        return None
    above = world.above.get(there, {})
    places = _places(date.fromisoformat(day), unit, moves)
    if there not in places and not any(_holds(above.get(place, ()), day) for place in places):
        return UNIT_OUT_OF_SCOPE(where="tag.unit", detail=f"{there}, thiết bị ở {unit}")
    if officer and not any((OFFICER, officer, root) in world.names for root in (there, *above)):
        return TAG_OUT_OF_SCOPE(where="tag.officer", detail=officer)
    if procedure and (PROCEDURE, procedure, "") not in world.names:
        return TAG_OUT_OF_SCOPE(where="tag.procedure", detail=procedure)
    return None


def _holds(spans: Iterable[tuple[str, str]], day: str) -> bool:
    return any(first <= day <= last for first, last in spans)


def _places(day: date, unit: str, moves: Moves) -> set[str]:
    """The units where the device was on `day`, or had been so recently that it may not know of its move."""
    found = set()
    since = date.min
    for until, before in moves:
        left = datetime.fromtimestamp(until / 1000, VIET_NAM).date()
        if since <= day + AHEAD and day <= left + MOVED:
            found.add(before)
        since = left
    if since <= day + AHEAD:
        found.add(unit)
    return found


def _look(connection: Connection, units: set[str], ids: set[str]) -> _World:
    above: defaultdict[str, defaultdict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    if units:
        for row in connection.execute(_SPANS, {"units": list(units)}):
            above[row.unit][row.root].append((row.first_day, row.last_day))
    return _World(above, known(connection, ids) if ids else set())


# Made once for all batches.
_SPANS = select(unit_spans).where(unit_spans.c.unit.in_(bindparam("units", expanding=True)))
