"""Second answers of a handover, kept apart: they are in no figure, and a person can see that there were any.

Their answers are not shown: nothing may be chosen among two. A visit that timed out on the glass while its
citizen answered on a phone is kept apart in the same way, and is no second answer. One that staff took back
after that is shown: its card or code was perhaps wrong, and who may correct responses looks at the answer.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from sync.central.intake.ingest import REPEATED
from sync.central.intake.moment import instant
from sync.central.store.schema import devices, set_aside
from sync.contract.canonical import decode_response
from sync.contract.response import ANSWERED, Channel

LISTED = 20


class Repeated(Struct, frozen=True, kw_only=True):
    """One of them. unit: of its device. channel: how it came. first: the id of the answer that counts.

    taken_back: it is no answer: staff took the visit back, and the answer was here before that.
    """

    at: datetime
    unit: str
    channel: Channel
    procedure: str
    first: str
    taken_back: bool


def repeated_answers(
    connection: Connection, *, units: Collection[str] | None = None, officer: str = "", first: str = ""
) -> tuple[Repeated, ...]:
    """The newest ones at these units (None: all), without those about this officer; first: of this answer."""
    c = set_aside.c
    query = select(c.body, c.received_at, c.detail, devices.c.unit).join(devices, devices.c.id == c.device)
    query = query.where(c.status == REPEATED).order_by(c.position.desc())
    if units is not None:
        query = query.where(devices.c.unit.in_(units))
    if first:
        query = query.where(c.detail == first)
    with connection.execute(query.execution_options(yield_per=LISTED)) as rows:
        return tuple(islice((found for row in rows if (found := _repeated(row, officer))), LISTED))


def _repeated(row: Row[*tuple[Any, ...]], officer: str) -> Repeated | None:
    """What this row shows; None for a visit that timed out, and one about this officer."""
    own = decode_response(bytes(row.body))
    if own.outcome not in (*ANSWERED, "voided") or (own.tag and officer and own.tag.officer == officer):
        return None
    return Repeated(
        at=instant(row.received_at),
        unit=row.unit,
        channel=own.channel,
        procedure=(own.tag.procedure if own.tag else None) or "",
        first=row.detail,
        taken_back=own.outcome == "voided",
    )
