"""Devices and their identity: one-time codes, enrolment, revocation, and what is known of each.

An enrolled device signs what it sends; its tokens are no longer accepted. A revoked device stays readable:
what it sends with a valid signature is set aside for a person's decision, everything else is refused.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from sync.central.intake.judge import Moves
from sync.central.intake.moment import TabletClock
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.versions import unusable
from sync.central.office.hours import Spot, at_rest
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
from sync.contract.masking import mask_digits
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
    batch or heartbeat arrived. expected: whether it should report now, because it has to ask something.
    bundle: the version of the configuration that it uses; newest: the newest one of its unit; lags_since:
    since when its heartbeats have named an older one, "" if the last one did not. unusable: why the centre
    can't issue what its unit decided since.

    The others are from its last heartbeat. clock_offset: seconds by which its clock was behind, None before
    the first. unsent: responses that it holds and that are not here, the oldest for `unsent_seconds` by its
    own clock. disk_free: bytes, None if unknown. app: its release. refused: the version that it can't
    use, with number, title and place of the reason. crashes: how often the terminal ended unexpectedly in a
    day. release: the version of the software, or the file, that was not kept, with the number of the reason.

    What of this a person has to look at: see attention.py.
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
    unsent: int = 0
    unsent_seconds: int = 0
    disk_free: int | None = None
    app: str = ""
    problem: str = ""
    problem_title: str = ""
    refused: int = 0
    refused_problem: str = ""
    refused_title: str = ""
    refused_where: str = ""
    crashes: int = 0
    release: str = ""
    release_problem: str = ""

    def silent(self, now: datetime) -> timedelta | None:
        """How long it has sent nothing, if that is too long; None for one that is not expected to send."""
        if not self.enrolled or self.state != "active" or not self.expected:
            return None
        since = now - datetime.fromisoformat(self.seen_at) if self.seen_at else timedelta.max
        return since if since > SILENT else None


SILENT = timedelta(minutes=10)
"""A tablet sends a heartbeat every minute; after this time without one, and without a batch, it is silent."""


def find_device(connection: Connection, id: str) -> Device:
    """The device with this id; raises ProblemError HL4018 if there is none."""
    row = connection.execute(_DEVICE, {"asked": id}).first()
    if row is None:
        raise ProblemError(SIGNATURE_WRONG(where="keyid"))
    moves = [(each.until, each.unit) for each in connection.execute(_MOVES, {"asked": id})]
    return Device(id, row.unit, row.state, bytes(row.public_key or b""), moves=moves)


# Asked for every request of a device, and made once: that takes longer than their answers.
_DEVICE = select(devices.c.unit, devices.c.state, devices.c.public_key).where(
    devices.c.id == bindparam("asked")
)
_MOVES = (
    select(device_moves.c.until, device_moves.c.unit)
    .where(device_moves.c.device == bindparam("asked"))
    .order_by(device_moves.c.until)
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


def create_enrolment(
    act: Act, *, device: str, secret: bytes, centre_key: bytes, certificate: str = ""
) -> EnrolmentCode:
    """A code with which `device` can be enrolled once; earlier codes for it become invalid.

    secret: SECRET_BYTES random bytes. Raises ProblemError HL5004 if the catalogue has no such device.
    """
    connection = act.connection
    if connection.execute(select(devices.c.id).where(devices.c.id == device)).first() is None:
        raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
    one_at_a_time(connection)
    code = make_code(secret, centre_key, certificate)
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
    act.note("revoke", device, mask_digits(reason))


def list_devices(
    connection: Connection,
    only: str = "",
    *,
    units: Collection[str] | Select[tuple[str]] | None = None,
    now: datetime | None = None,
) -> list[DeviceStatus]:
    """All devices, those of some units, or only one, sorted by id; without `now` each is expected to report.

    The number of queries does not depend on the number of devices.
    """
    not_issued = unusable(connection)
    rows = _rows(connection, only, units)
    found = [replace(_status(row), unusable=not_issued.get(row.unit, "")) for row in rows]
    if now is None:
        return found
    spots = {row.id: spot_of(row) for row in rows}
    silent = {each.id: spots[each.id] for each in found if each.silent(now) is not None}
    resting = at_rest(connection, silent, now, SILENT)
    return [replace(each, expected=each.id not in resting) for each in found]


def read_devices(
    connection: Connection, only: str = "", *, units: Collection[str] | Select[tuple[str]] | None = None
) -> list[DeviceStatus]:
    """The same devices with what they reported alone, in one query: each is expected to, none unusable."""
    return [_status(row) for row in _rows(connection, only, units)]


def _rows(
    connection: Connection, only: str, units: Collection[str] | Select[tuple[str]] | None
) -> Sequence[Row[Any]]:
    newest = select(func.max(bundles.c.version)).where(bundles.c.unit == devices.c.unit).scalar_subquery()
    query = select(devices, newest.label("newest")).order_by(devices.c.id)
    if only:
        query = query.where(devices.c.id == only)
    if units is not None:
        query = query.where(devices.c.unit.in_(units))
    return connection.execute(query).all()


def spot_of(row: Row[*tuple[Any, ...]]) -> Spot:
    """Where a device is, and when it was heard, from its unit, counter, seen_at and enrolled_at."""
    heard = row.seen_at or row.enrolled_at
    return Spot(row.unit, row.counter, datetime.fromisoformat(heard) if heard else None)


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
    kind, trouble = KINDS.get(beat.refused_problem), KINDS.get(beat.problem)
    oldest = beat.oldest_unsent or beat.at
    return replace(
        status,
        lags_since=row.lags_since or "",
        clock_offset=int((datetime.fromisoformat(row.heartbeat_at) - beat.at).total_seconds()),
        # What has arrived since is not there any more.
        unsent=min(beat.queue, count(status.gaps)),
        unsent_seconds=max(0, int((beat.at - oldest).total_seconds())),
        disk_free=beat.disk_free or None,  # 0 is what a report without it says
        app=beat.app,
        problem=beat.problem,
        problem_title=trouble.title if trouble else "",
        refused=beat.refused,
        refused_problem=beat.refused_problem,
        refused_title=kind.title if kind else "",
        refused_where=beat.refused_where,
        crashes=beat.crashes,
        release=beat.release,
        release_problem=beat.release_problem,
    )
