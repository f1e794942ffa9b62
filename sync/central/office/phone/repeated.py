"""Second answers of a handover, kept apart: they are in no figure, and a person can see that there were any.

Their answers are not shown: nothing may be chosen among two.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.intake.ingest import REPEATED
from sync.central.intake.moment import instant
from sync.central.store.schema import devices, set_aside
from sync.contract.canonical import decode_response
from sync.contract.response import Channel

LISTED = 20


class Repeated(Struct, frozen=True, kw_only=True):
    """One of them. unit: of its device. channel: how it came. first: the id of the answer that counts."""

    at: datetime
    unit: str
    channel: Channel
    procedure: str
    first: str


def repeated_answers(
    connection: Connection, *, units: Collection[str] | None = None, officer: str = "", first: str = ""
) -> tuple[Repeated, ...]:
    """The newest ones at these units (None: all), without those about this officer; first: of this answer."""
    c = set_aside.c
    query = select(c.body, c.received_at, c.detail, devices.c.unit).join(devices, devices.c.id == c.device)
    query = query.where(c.status == REPEATED).order_by(c.position.desc()).limit(LISTED)
    if units is not None:
        query = query.where(devices.c.unit.in_(units))
    if first:
        query = query.where(c.detail == first)
    found = []
    for row in connection.execute(query):
        own = decode_response(bytes(row.body))
        if own.tag is None or not officer or own.tag.officer != officer:
            found.append(
                Repeated(
                    at=instant(row.received_at),
                    unit=row.unit,
                    channel=own.channel,
                    procedure=(own.tag.procedure if own.tag else None) or "",
                    first=row.detail,
                )
            )
    return tuple(found)
