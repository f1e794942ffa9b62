"""What became of one device: its places, the devices before and after it, its configuration, its erasures.

The acts are the lines of the audit log about it, so that nothing is told twice.
"""

from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.erasure_list import waiting_for
from sync.central.store.schema import audit, bundles, device_moves, devices, enrolments
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN

LINES = 200
"""How many of the newest acts are given."""


class Happened(Struct, frozen=True, kw_only=True):
    """A line of the audit log."""

    at: datetime
    who: str
    act: str
    detail: str


class Move(Struct, frozen=True):
    """The unit that a device was at, until this moment."""

    unit: str
    until: datetime


class DeviceHistory(Struct, frozen=True, kw_only=True):
    """One device.

    enrolled_at, revoked_at: None if it never was. invited_until: when the code for it ends that nobody has
    used; None without one. replaces, replaced_by: "" for none. moves: the earliest first.
    bundle_issued, newest_issued: when the configuration it uses, and the newest one of its unit, was issued;
    None if it is not kept any more. erasures: responses that it is asked to erase and has not erased.
    happened: the newest first.
    """

    id: str
    enrolled_at: datetime | None
    invited_until: datetime | None
    revoked_at: datetime | None
    revoked_reason: str
    replaces: str
    replaced_by: str
    moves: tuple[Move, ...]
    bundle: int
    bundle_issued: datetime | None
    newest: int
    newest_issued: datetime | None
    erasures: int
    happened: tuple[Happened, ...]

    @property
    def codes(self) -> int:
        """How many codes were made for it and used: another number after each."""
        return sum(each.act in ("enrol-token", "enrol") for each in self.happened)


def read_history(connection: Connection, id: str) -> DeviceHistory:
    """The history of a device; raises ProblemError HL5004."""
    row = connection.execute(select(devices).where(devices.c.id == id)).first()
    if row is None:
        raise ProblemError(DEVICE_UNKNOWN(where="device", detail=id))
    successor = select(devices.c.id).where(devices.c.replaces == id)
    newest = select(func.max(bundles.c.version)).where(bundles.c.unit == row.unit)
    version = connection.execute(newest).scalar() or 0
    both = bundles.c.version.in_([row.bundle, version])
    rows = connection.execute(select(bundles.c.version, bundles.c.issued_at).where(both))
    issued = {bundle.version: datetime.fromisoformat(bundle.issued_at) for bundle in rows}
    return DeviceHistory(
        id=id,
        enrolled_at=_moment(row.enrolled_at),
        invited_until=_invited_until(connection, id),
        revoked_at=_moment(row.revoked_at),
        revoked_reason=row.revoked_reason or "",
        replaces=row.replaces or "",
        replaced_by=connection.execute(successor).scalar() or "",
        moves=_moves(connection, id),
        bundle=row.bundle,
        bundle_issued=issued.get(row.bundle),
        newest=version,
        newest_issued=issued.get(version),
        erasures=waiting_for(connection, id),
        happened=_happened(connection, id),
    )


def _invited_until(connection: Connection, id: str) -> datetime | None:
    codes = select(enrolments.c.expires_at).where(enrolments.c.device == id, enrolments.c.used_at.is_(None))
    until = connection.execute(codes).scalar()
    return None if until is None else datetime.fromtimestamp(until, UTC)


def _moves(connection: Connection, id: str) -> tuple[Move, ...]:
    moves = select(device_moves).where(device_moves.c.device == id).order_by(device_moves.c.until)
    rows = connection.execute(moves)
    return tuple(Move(row.unit, datetime.fromtimestamp(row.until / 1000, UTC)) for row in rows)


def _happened(connection: Connection, id: str) -> tuple[Happened, ...]:
    lines = select(audit).where(audit.c.subject == id).order_by(audit.c.number.desc()).limit(LINES)
    return tuple(
        Happened(at=datetime.fromisoformat(row.at), who=row.who, act=row.act, detail=row.detail)
        for row in connection.execute(lines)
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
