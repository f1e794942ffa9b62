"""Devices and their identity: one-time codes, enrolment, revocation, and what is known of each.

An enrolled device signs what it sends; its tokens are no longer accepted. A revoked device stays readable:
what it sends with a valid signature is set aside for a person's decision, everything else is refused.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sync.central.intake.judge import Moves
from sync.central.intake.moment import TabletClock
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.versions import unusable
from sync.central.office.hours import closed_units
from sync.central.office.units.revisions import changed
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import bundles, device_moves, devices, enrolments
from sync.contract.encoded import read_key
from sync.contract.enrolment import (
    MINUTES,
    NEWCOMER,
    EnrolmentCode,
    EnrolRequest,
    make_code,
    secret_digest,
)
from sync.contract.heartbeat import Heartbeat
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.contract.problem.table import KINDS
from sync.contract.problem.wire import ENROLMENT_CODE_INVALID, SIGNATURE_WRONG
from sync.contract.ranges import Ranges, count, gaps
from sync.contract.signing import (
    Call,
    RequestSignature,
    read_request_signature,
    verify_head,
    verify_request,
)


class Device(Struct, frozen=True):
    """A device as it calls.

    claimed: what its signature covers; None if it came with a token. clock: what its request reports about
    its clock. moves: the places it had before.
    """

    id: str
    unit: str
    state: str
    key: bytes = b""
    claimed: RequestSignature | None = None
    clock: TabletClock = TabletClock(0)
    moves: Moves = ()

    @property
    def revoked(self) -> bool:
        """Whether it is no longer trusted."""
        return self.state == "revoked"


class DeviceStatus(Struct, frozen=True, kw_only=True):
    """One line of the list of devices.

    made: responses made, as far as the centre knows; gaps: ranges of `seq` not here. seen_at: when its last
    batch or heartbeat arrived. expected: whether it should report now, because its unit is open.
    bundle: the version of the configuration that it uses; newest: the newest one of its unit; lags_since:
    since when its heartbeats have named an older one, "" if the last one did not. unusable: why the centre
    can't issue what its unit decided since.

    The others are from its last heartbeat. clock_offset: seconds by which its clock was behind, None before
    the first. refused: the version that it can't use, with number, title and place of the reason. crashes:
    how often the terminal ended unexpectedly in a day.
    """

    id: str
    kind: str
    unit: str
    counter: str
    state: str
    enrolled: bool
    cloned: bool
    made: int
    held: int
    gaps: Ranges
    seen_at: str
    heartbeat: str
    expected: bool = True
    bundle: int = 0
    newest: int = 0
    lags_since: str = ""
    unusable: str = ""
    clock_offset: int | None = None
    problem: str = ""
    refused: int = 0
    refused_problem: str = ""
    refused_title: str = ""
    refused_where: str = ""
    crashes: int = 0

    def silent(self, now: datetime) -> timedelta | None:
        """How long it has sent nothing, if that is too long; None for one that is not expected to send."""
        if not self.enrolled or self.state != "active" or not self.expected:
            return None
        since = now - datetime.fromisoformat(self.seen_at) if self.seen_at else timedelta.max
        return since if since > SILENT else None

    def wrong(self, now: datetime) -> bool:
        """Whether it needs a person's attention."""
        off = abs(self.clock_offset or 0) > CLOCK_TOLERANCE
        refused = self.refused or self.unusable
        found = self.cloned or self.gaps or self.problem or off or refused or self.crashes >= CRASHES
        return self.silent(now) is not None or (self.enrolled and self.state == "active" and bool(found))


SILENT = timedelta(minutes=10)
"""A tablet sends a heartbeat every minute; after this time without one, and without a batch, it is silent."""
CLOCK_TOLERANCE = 120  # seconds
CRASHES = 3  # a day; fewer may be a power cut


def find_device(connection: Connection, id: str) -> Device:
    """The device with this id; raises ProblemError HL4018 if there is none."""
    query = select(devices.c.unit, devices.c.state, devices.c.public_key).where(devices.c.id == id)
    row = connection.execute(query).first()
    if row is None:
        raise ProblemError(SIGNATURE_WRONG(where="keyid"))
    moves = select(device_moves.c.until, device_moves.c.unit).where(device_moves.c.device == id)
    return Device(
        id,
        row.unit,
        row.state,
        bytes(row.public_key or b""),
        moves=[(each.until, each.unit) for each in connection.execute(moves.order_by(device_moves.c.until))],
    )


def made_by(connection: Connection, id: str) -> int:
    """How many responses this device has made, as far as the centre knows."""
    return int(connection.execute(select(devices.c.made).where(devices.c.id == id)).scalar_one())


def find_signer(connection: Connection, call: Call) -> Device:
    """The device that signed this head; raises ProblemError HL4018. The body is not proven yet."""
    claimed = read_request_signature(call.headers)
    device = find_device(connection, claimed.key_id)
    if not device.key:
        raise ProblemError(SIGNATURE_WRONG(where="keyid", detail="máy chưa được ghi danh"))
    verify_head(claimed, device.key, call)
    return replace(device, claimed=claimed)


def create_enrolment(act: Act, *, device: str, secret: bytes, centre_key: bytes) -> EnrolmentCode:
    """A code with which `device` can be enrolled once; earlier codes for it become invalid.

    secret: SECRET_BYTES random bytes. Raises ProblemError HL5004 if the catalogue has no such device.
    """
    connection = act.connection
    if connection.execute(select(devices.c.id).where(devices.c.id == device)).first() is None:
        raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
    one_at_a_time(connection)
    code = make_code(secret, centre_key)
    connection.execute(delete(enrolments).where(enrolments.c.device == device))
    connection.execute(
        insert(enrolments).values(
            digest=secret_digest(code.secret),
            device=device,
            expires_at=int((act.now + timedelta(minutes=MINUTES)).timestamp()),
        )
    )
    act.note("enrol-token", device)
    return code


class Newcomer(Struct, frozen=True):
    """Who asks to be enrolled: the secret of a code, and the key (32 bytes) that signed the request."""

    secret: str
    key: bytes
    claimed: RequestSignature


def prove_newcomer(request: EnrolRequest, call: Call, body: bytes) -> Newcomer:
    """The newcomer, if the request is signed with the key it brings; raises ProblemError HL4018 if not."""
    key = read_key(request.public_key)
    if key is None:
        raise ProblemError(SIGNATURE_WRONG(where="public_key"))
    claimed = read_request_signature(call.headers)
    verify_request(claimed, key, call, body)
    return Newcomer(request.secret, key, claimed)


def enrol(connection: Connection, newcomer: Newcomer, now: datetime) -> Device:
    """Register this key for the device of a code; enrolling again with the same key is harmless.

    A newcomer that names its id has to be the device of the code.

    Raises ProblemError HL4021 (code wrong, used or expired).
    """
    key, claimed = newcomer.key, newcomer.claimed
    one_at_a_time(connection)
    row = connection.execute(
        select(enrolments).where(enrolments.c.digest == secret_digest(newcomer.secret)).with_for_update()
    ).first()
    if row is None or row.expires_at < now.timestamp() or claimed.key_id not in (row.device, NEWCOMER):
        raise ProblemError(ENROLMENT_CODE_INVALID(where="secret"))
    device = find_device(connection, row.device)
    if row.used_at is not None:
        if device.key != key:
            raise ProblemError(ENROLMENT_CODE_INVALID(where="secret", detail="đã dùng"))
        return device
    connection.execute(
        update(enrolments).where(enrolments.c.digest == row.digest).values(used_at=int(now.timestamp()))
    )
    connection.execute(
        update(devices)
        .where(devices.c.id == row.device)
        .values(public_key=key, enrolled_at=now.isoformat(), state="active", cloned=0)
    )
    made = connection.execute(select(devices.c.made).where(devices.c.id == row.device)).scalar_one()
    changed(connection, device.unit, now)
    detail = f"goes on after {made}" if made else ""
    chain.record(connection, now=now, who=row.device, act="enrol", subject=row.device, detail=detail)
    return replace(device, state="active", key=key, claimed=claimed)


def revoke(act: Act, *, device: str, reason: str) -> None:
    """Stop trusting the device; raises ProblemError HL5004."""
    connection = act.connection
    one_at_a_time(connection)
    unit = connection.execute(select(devices.c.unit).where(devices.c.id == device)).scalar()
    if unit is None:
        raise ProblemError(DEVICE_UNKNOWN(where="device", detail=device))
    changed(connection, unit, act.now)
    values = {"state": "revoked", "revoked_at": act.now.isoformat(), "revoked_reason": reason}
    connection.execute(update(devices).where(devices.c.id == device).values(values))
    connection.execute(delete(enrolments).where(enrolments.c.device == device))
    act.note("revoke", device, reason)


def list_devices(
    connection: Connection, only: str = "", *, now: datetime | None = None
) -> list[DeviceStatus]:
    """All devices, or only one, sorted by id; without `now` each is expected to report."""
    newest = select(func.max(bundles.c.version)).where(bundles.c.unit == devices.c.unit).scalar_subquery()
    query = select(devices, newest.label("newest")).order_by(devices.c.id)
    if only:
        query = query.where(devices.c.id == only)
    not_issued = unusable(connection)
    found = [
        replace(_status(row), unusable=not_issued.get(row.unit, "")) for row in connection.execute(query)
    ]
    if now is None:
        return found
    closed = closed_units(
        connection, {each.unit for each in found if each.silent(now) is not None}, now, SILENT
    )
    return [replace(each, expected=each.unit not in closed) for each in found]


def _status(row: Row[Any]) -> DeviceStatus:
    held = msgspec.json.decode(row.held, type=Ranges)
    status = DeviceStatus(
        id=row.id,
        kind=row.kind,
        unit=row.unit,
        counter=row.counter,
        state=row.state,
        enrolled=row.public_key is not None,
        cloned=bool(row.cloned),
        made=row.made,
        held=count(held),
        gaps=gaps(held, 1, row.made),
        seen_at=row.seen_at or "",
        heartbeat=row.heartbeat or "",
        bundle=row.bundle,
        newest=row.newest or 0,
    )
    if not row.heartbeat:
        return status
    beat = msgspec.json.decode(row.heartbeat, type=Heartbeat)
    kind = KINDS.get(beat.refused_problem)
    return replace(
        status,
        lags_since=row.lags_since or "",
        clock_offset=int((datetime.fromisoformat(row.heartbeat_at) - beat.at).total_seconds()),
        problem=beat.problem,
        refused=beat.refused,
        refused_problem=beat.refused_problem,
        refused_title=kind.title if kind else "",
        refused_where=beat.refused_where,
        crashes=beat.crashes,
    )
