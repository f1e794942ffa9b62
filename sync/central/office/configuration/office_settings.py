"""Offices: what a unit decides about how its terminals look and when they are open."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, checked
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.units.above import units_from
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import offices
from sync.contract.masking import mask_digits
from sync.contract.office import PNG, colour_problems
from sync.contract.opening import Opening, opening_problems, overlap
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.centre import EMBLEM_UNUSABLE
from sync.contract.problem.files import ENTRY_INVALID, FILE_UNREADABLE
from sync.contract.reasons import system_reason

EMBLEM_BYTES = 96 * 1024
"""The largest picture: its base64 fits into `EMBLEM_LETTERS`."""


def change_office(act: Act, unit: str, changes: Mapping[str, Any], why: str) -> OfficeRow:
    """Decide these fields of `OfficeRow` for a unit; None: the unit above it decides. Returns all of its.

    Raises ProblemError HL1003 … for a wrong value, HL5011, HL5071.
    """
    begin(act, why, unit)
    before = msgspec.structs.asdict(office_of(act.connection, unit))
    after = checked(OfficeRow, "office", **{**before, **changes})
    problems = [
        *colour_problems(after.primary or "", after.accent or ""),
        *opening_problems(after.opening or (), after.special_days),
        *_overlaps(after.opening or ()),
    ]
    if problems:
        raise ProblemsError(problems)
    put_office(act.connection, unit, after)
    act.note("office", unit, f"{', '.join(sorted(changes))}; {mask_digits(why)}")
    return after


def _overlaps(opening: Sequence[Opening]) -> Iterator[Problem]:
    """Spans within another one, which nobody means. Terminals accept them, so that none is stopped."""
    for index, span in enumerate(opening):
        if any(overlap((span,), (earlier,)) for earlier in opening[:index]):
            yield ENTRY_INVALID(where=f"opening[{index}].start", detail="trùng với một khung giờ khác")


def office_of(connection: Connection, unit: str) -> OfficeRow:
    """What this very unit decides."""
    body = connection.execute(select(offices.c.body).where(offices.c.unit == unit)).scalar()
    return msgspec.json.decode(body, type=OfficeRow) if body else OfficeRow()


def public_address(connection: Connection, unit: str, day: date) -> str:
    """Where citizens reach the centre, as the unit or the nearest one above has it; "" for nowhere."""
    places = (*(each.code for each in units_from(connection, unit, day)), CENTRE)
    wishes = (office_of(connection, place).public_url for place in places)
    return next((wish for wish in wishes if wish is not None), "")


def put_office(connection: Connection, unit: str, office: OfficeRow) -> None:
    """Store what a unit decides, in place of what it decided before."""
    connection.execute(delete(offices).where(offices.c.unit == unit))
    if office != OfficeRow():
        connection.execute(insert(offices).values(unit=unit, body=msgspec.json.encode(office).decode()))


def read_emblem(path: Path) -> str:
    """A PNG file as base64. Raises ProblemError HL1001, HL5076."""
    try:
        picture = path.read_bytes()
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
    return emblem_text(str(path), picture)


def emblem_text(where: str, picture: bytes) -> str:
    """A PNG picture as base64. Raises ProblemError HL5076."""
    if not picture.startswith(PNG):
        raise ProblemError(EMBLEM_UNUSABLE(where=where, detail="không phải ảnh PNG"))
    if len(picture) > EMBLEM_BYTES:
        detail = f"{len(picture)} byte, nhiều nhất {EMBLEM_BYTES}"
        raise ProblemError(EMBLEM_UNUSABLE(where=where, detail=detail))
    return base64.b64encode(picture).decode()


def every_office(connection: Connection) -> dict[str, OfficeRow]:
    """What each unit decides, by its code; the whole centre first."""
    rows = connection.execute(select(offices).order_by(offices.c.unit))
    return {row.unit: msgspec.json.decode(row.body, type=OfficeRow) for row in rows}
