"""Every call of a device, without HTTP.

Clock, database and keys come in through the constructor. Methods block, so an event loop calls them in a
thread. `arriving` is called before the body is read, everything else after it has arrived.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from sync.central.intake import bodies, replay
from sync.central.intake.claims import claims_by
from sync.central.intake.forms import load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, Judged, judge
from sync.central.intake.moment import TabletClock, clock_offset
from sync.central.intake.scope import within_scope
from sync.central.office import erasure_list, heartbeats, removal
from sync.central.office.access import find_caller
from sync.central.office.audit.acts import Act, By, recording
from sync.central.office.configuring import Configuration, Configurations
from sync.central.office.devices import (
    Device,
    Newcomer,
    enrol,
    find_device,
    find_signer,
    made_by,
    prove_newcomer,
)
from sync.central.office.keys.stored import Keys
from sync.central.office.removal import Scrubbing
from sync.central.office.software import offered_to, piece_of
from sync.central.office.units.stored import unit_name
from sync.central.store.storage import Storage
from sync.contract.batch import BATCH_LIMIT, UPTIME, Batch, BatchReply, Receipt
from sync.contract.enrolment import EnrolReply, EnrolRequest
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.key_list import KeysReply
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import (
    ACCESS_DENIED,
    BATCH_TOO_LARGE,
    DEVICE_REVOKED,
    RESPONSE_OF_OTHER_DEVICE,
    SIGNATURE_WRONG,
    SURVEY_UNKNOWN,
)
from sync.contract.ranges import Ranges
from sync.contract.signing import Call, content_digest, verify_body
from sync.contract.tombstones import ForgottenReply, ForgottenRequest

_UPTIME = re.compile(r"([0-9a-f-]{8,64});ms=([0-9]{1,15})", re.ASCII)


class CheckedBatch(Struct, frozen=True):
    """A batch that can be stored. request: its request's digest. received_at: milliseconds since 1970."""

    device: Device
    judged: list[Judged]
    request: str
    received_at: int


class DeviceDesk:
    """What devices can ask of one centre.

    Args:
        storage: the database.
        epoch: the centre's epoch.
        now: the time, with its offset.
        keys: from `load_keys`; the sealing keys may be missing.
        scrubbing: requested when a device sends back tombstones.

    """

    def __init__(
        self,
        storage: Storage,
        *,
        epoch: int,
        now: Callable[[], datetime],
        keys: Keys,
        scrubbing: Scrubbing,
    ) -> None:
        self._storage = storage
        self._epoch = epoch
        self._now = now
        self._keys = keys
        self._data = keys.folder.parent
        self._scrubbing = scrubbing
        self._configurations = Configurations(keys)
        self._claims = claims_by(keys.case_keys())
        self.forms: dict[tuple[str, int], Form] = {}
        self._load_surveys()

    def health(self) -> tuple[int, float]:
        """The epoch, and the seconds by which pulls lag; raises ProblemError HL5006."""
        return self._storage.health()

    def arriving(self, call: Call) -> Device:
        """The device that sends this, before its body is read; `authentic` verifies the body.

        Raises ProblemError HL4001, HL4002 (token) or HL4018 (signature).
        """
        with self._storage.reading() as connection:
            if "signature-input" in call.headers:
                device = find_signer(connection, call)
                return replace(device, clock=_clock_of(device, call, self._now()))
            caller = find_caller(connection, call.headers.get("authorization", ""), self._now())
            if caller.role != "device":
                raise ProblemError(ACCESS_DENIED(where="Authorization", detail="không phải mã của một máy"))
            device = find_device(connection, caller.device)
            if device.key:
                raise ProblemError(ACCESS_DENIED(where="Authorization", detail="máy này phải ký"))
            return replace(device, clock=_clock_of(device, call, self._now()))

    def known(self, id: str) -> Device | None:
        """The device with this id; None if there is none."""
        with self._storage.reading() as connection:
            try:
                return find_device(connection, id)
            except ProblemError:
                return None

    def authentic(self, device: Device, call: Call, sent: bytes) -> None:
        """Return if `device`, already verified by the head, sent these bytes; raises ProblemError HL4018."""
        if device.claimed is not None:
            verify_body(sent, call.headers)
        elif call.headers.get("content-digest", content_digest(sent)) != content_digest(sent):
            raise ProblemError(SIGNATURE_WRONG(where="Content-Digest"))

    def check(self, device: Device, call: Call, sent: bytes) -> CheckedBatch:
        """Verify and judge a batch, `sent` as it came. Nothing is written, so checks may run in parallel.

        Raises ProblemError: HL4018 signature, HL4016 encoding, HL4003 unreadable, HL4007 too much,
        HL4009 another device's, HL4054 two ways to read it.
        """
        self.authentic(device, call, sent)
        body = bodies.unpack(sent, call.headers.get("content-encoding", "").strip().lower())
        batch = bodies.decode(body, Batch)
        if len(batch.responses) > BATCH_LIMIT:
            raise ProblemError(BATCH_TOO_LARGE(where="responses", detail=f"quá {BATCH_LIMIT} phiếu"))
        if batch.device != device.id:
            raise ProblemError(RESPONSE_OF_OTHER_DEVICE(where="device"))
        received_at = int(self._now().timestamp() * 1000)
        judged = self._judge(device, batch, received_at)
        if any(each.problem and each.problem.kind is SURVEY_UNKNOWN for each in judged):
            # Another process may have stored a new survey since; terminals get it as soon as that is done.
            self._load_surveys()
            judged = self._judge(device, batch, received_at)
        with self._storage.reading() as connection:
            judged = within_scope(
                connection, judged, unit=device.unit, moves=device.moves, received_at=received_at
            )
        return CheckedBatch(device, judged, bodies.sha256(sent), received_at)

    def _judge(self, device: Device, batch: Batch, received_at: int) -> list[Judged]:
        return [
            judge(
                bytes(raw),
                device=device.id,
                unit=device.unit,
                forms=self.forms,
                received_at=received_at,
                offset=partial(clock_offset, clock=device.clock),
                moves=device.moves,
                claims=self._claims,
            )
            for raw in batch.responses
        ]

    def _load_surveys(self) -> None:
        """Load every survey; the cache of a form that is loaded already stays."""
        with self._storage.reading() as connection:
            forms = load_forms(connection)
        self.forms = {key: self.forms.get(key) or form for key, form in forms.items()}

    def receive(self, checked: CheckedBatch) -> BatchReply:
        """Store a checked batch and return its receipts once they are durable; raises ProblemError HL5006."""
        device, version = checked.device, self._version_for(checked.device)
        with self._storage.changing() as connection:
            stored = store(connection, device.id, checked.judged, checked.received_at, revoked=device.revoked)
        return self._reply(checked, stored, version)

    def receive_carried(
        self, device: Device, batches: Sequence[CheckedBatch], by: By, record: Callable[[Act], None]
    ) -> list[BatchReply]:
        """Store all of these batches of a device, or none; `record` writes the act of who brought them.

        Raises ProblemError HL5006, HL4049, HL4053, and what `record` raises.
        """
        version = self._version_for(device)
        with self._storage.changing() as connection, recording(connection, by) as act:
            record(act)
            stored = [
                store(connection, device.id, each.judged, each.received_at, revoked=device.revoked)
                for each in batches
            ]
        return [self._reply(*each, version) for each in zip(batches, stored, strict=True)]

    def _version_for(self, device: Device) -> int:
        if device.revoked:
            return 0
        return self._configurations.version(self._storage, device.unit, self._now())

    def _reply(self, checked: CheckedBatch, stored: tuple[list[Receipt], Ranges], version: int) -> BatchReply:
        receipts, held = stored
        return BatchReply(
            receipts=tuple(receipts),
            request=checked.request,
            epoch=self._epoch,
            held=held,
            server_time=self._now(),
            bundle=version,
        )

    def newcomer(self, call: Call, sent: bytes) -> Newcomer:
        """The request to be enrolled, with the key that signed it; raises ProblemError HL4003 or HL4018."""
        return prove_newcomer(bodies.decode(sent, EnrolRequest), call, sent)

    def enrol(self, newcomer: Newcomer) -> EnrolReply:
        """Give a device its identity; raises ProblemError HL4019 … HL4021."""
        now = self._now()
        replay.check_time(newcomer.claimed, now)
        with self._storage.changing() as connection:
            device = enrol(connection, newcomer, now)
            replay.use_nonce(connection, newcomer.claimed, now)
            made = made_by(connection, device.id)
            office = unit_name(connection, device.unit)
        keys = self._keys
        return EnrolReply(
            device=device.id,
            unit=device.unit,
            epoch=self._epoch,
            keys=keys.public(),
            server_time=now,
            rooted=keys.rooted,
            made=made,
            office=office,
        )

    def keys(self) -> KeysReply:
        """The key lists that the offline root has signed; empty without a root."""
        return self._keys.rooted

    def heartbeat(self, device: Device, call: Call, sent: bytes) -> HeartbeatReply:
        """Store a device's state; raises ProblemError HL4003, HL4017 … HL4020."""
        if device.claimed is None:
            raise ProblemError(SIGNATURE_WRONG(where="Signature-Input"))
        self.authentic(device, call, sent)
        _refuse_revoked(device)
        beat = bodies.decode(sent, Heartbeat)
        now = self._now()
        replay.check_time(device.claimed, now)
        newest = self._configurations.version(self._storage, device.unit, now, reported=beat.bundle)
        with self._storage.changing() as connection:
            replay.use_nonce(connection, device.claimed, now)
            standing = heartbeats.take_in(
                connection, device.id, beat, newest=newest, epoch=self._epoch, now=now
            )
            offered = offered_to(connection, device.id, self._data)
        version = self._keys.trust.version if self._keys.trust else 0
        return HeartbeatReply(
            epoch=self._epoch,
            held=standing.held,
            server_time=now,
            bundle=newest,
            forgotten=standing.tombstone,
            keys=version,
            aside=standing.aside,
            made=standing.made,
            releases=offered.offers,
            withdrawn=offered.withdrawn,
        )

    def release_piece(self, device: Device, call: Call, digest: str, at: int, most: int) -> bytes:
        """A piece of a release file; raises ProblemError HL4017, HL4018, HL4248."""
        if device.claimed is None:
            raise ProblemError(SIGNATURE_WRONG(where="Signature-Input"))
        self.authentic(device, call, b"")
        _refuse_revoked(device)
        with self._storage.reading() as connection:
            return piece_of(connection, self._data, digest, at, most)

    def forgotten(self, device: Device, call: Call, sent: bytes) -> ForgottenReply:
        """The tombstones of a device; raises ProblemError HL4003, HL4017, HL4018.

        If it sends tombstones back, their responses are removed here first: this centre was restored from a
        backup that still held them.
        """
        if device.claimed is None:
            raise ProblemError(SIGNATURE_WRONG(where="Signature-Input"))
        self.authentic(device, call, sent)
        _refuse_revoked(device)
        request = bodies.decode(sent, ForgottenRequest)
        if request.known:
            with self._storage.changing() as connection:
                trusted, now = self._keys.trusted(), self._now()
                count = removal.take_back(connection, device.id, request.known, trusted, now)
            if count:
                self._scrubbing.ask()  # done later, once for many devices
        with self._storage.reading() as connection:
            through, found = erasure_list.behind(
                connection, device.id, request.after, *self._keys.signing_key()
            )
        return ForgottenReply(self._epoch, through, found)

    def config(self, device: Device, call: Call) -> Configuration:
        """The device's configuration, without its body if the call shows that the device has it.

        Raises ProblemError HL4017, HL4018, HL4022, HL5002, HL5006.
        """
        self.authentic(device, call, b"")
        _refuse_revoked(device)
        return self._configurations.of(
            self._storage,
            device.unit,
            self._now(),
            known=call.headers.get("if-none-match", ""),
            with_cases=device.claimed is not None,  # only devices that sign get the case list
        )


def _clock_of(device: Device, call: Call, now: datetime) -> TabletClock:
    """The tablet's clock, from the head of a request that arrives now."""
    received = int(now.timestamp() * 1000)
    behind = received - device.claimed.created * 1000 if device.claimed else 0
    return TabletClock(received, behind, *read_uptime(call))


def read_uptime(call: Call) -> tuple[str, int]:
    """Which start of its machine a device names, "" for none, and how many milliseconds it has run."""
    match = _UPTIME.fullmatch(call.headers.get(UPTIME.lower(), ""))
    return (match[1], int(match[2])) if match else ("", 0)


def _refuse_revoked(device: Device) -> None:
    if device.revoked:
        raise ProblemError(DEVICE_REVOKED())
