"""The centre without HTTP: every call that devices and administrators can make, as a plain method.

Clock, database and keys come in through the constructor. Methods block; whoever calls them from an event loop
uses a thread. `arriving` is asked before a body is read; everything else once it is there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import msgspec
import psycopg
from msgspec import Struct
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import DBAPIError

from sync.central import audit, forgotten, partitions, removal
from sync.central.access import Caller, find_caller
from sync.central.arrival import lag_seconds
from sync.central.database import keep_months, one_at_a_time, reading, writing
from sync.central.devices import Device, enrol, find_device, find_signer
from sync.central.intake import bodies, rejudging, replay
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, Judged, judge
from sync.central.intake.ledger import Ranges
from sync.central.intake.moment import TabletClock, clock_offset
from sync.central.keys.keys import Keys
from sync.central.pulling.administrators import Administrators
from sync.central.pulling.pull import load_surveys
from sync.central.pulling.rates import Rates
from sync.central.rated import RatedCases, mark_in_bundle
from sync.central.schema import bundles, devices
from sync.central.setup import read_epoch
from sync.contract.batch import BATCH_LIMIT, UPTIME, Batch, BatchReply
from sync.contract.bundle import PublicKeys
from sync.contract.enrolment import EnrolReply, EnrolRequest
from sync.contract.forgetting import ForgottenReply, ForgottenRequest
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.problem import ProblemError, problem
from sync.contract.root import KeysReply
from sync.contract.signing import RequestSignature, content_digest, read_request_signature, verify_body

_UPTIME = re.compile(r"([0-9a-f-]{8,64});ms=([0-9]{1,15})", re.ASCII)


class Call(Struct, frozen=True):
    """What is known of a request before its body: target is path and query, headers in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]


class Checked(Struct, frozen=True):
    """A batch that can be stored. request: its request's digest. received_at: milliseconds since 1970."""

    device: Device
    judged: list[Judged]
    request: str
    received_at: int


class Centre:
    """One centre over one database.

    Args:
        engine: from `open_database`, migrated.
        now: the time, with its offset.
        keys: from `load_keys`; the sealing keys may be missing.
        rates: how often a token may ask.

    """

    def __init__(
        self, engine: Engine, *, now: Callable[[], datetime], keys: Keys, rates: Rates | None = None
    ) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys
        self._batch = msgspec.json.Decoder(Batch)
        self._rated = RatedCases()
        self._rates = rates or Rates()
        self.writers = 1 if engine.dialect.name == "sqlite" else 4  # calls that may write at once
        with reading(engine) as connection:
            self._epoch = read_epoch(connection)
        self.administrators = Administrators(
            engine, epoch=self._epoch, keys=keys.sealing_keys(), today=lambda: now().date()
        )
        self.forms: dict[tuple[str, int], Form] = {}
        self._removed = False  # whether something is left to scrub
        self._load_surveys()

    def signing_key(self) -> tuple[str, SigningKey]:
        """The id and the key that answers are signed with."""
        return self._keys.signing_key()

    def now(self) -> datetime:
        """The centre's time."""
        return self._now()

    # --- devices ----------------------------------------------------------------------------------------

    def arriving(self, call: Call) -> Device:
        """Who sends this, before its body is read; the body is another matter, see `authentic`.

        Raises ProblemError HL4001, HL4002 (token) or HL4018 (signature).
        """
        with reading(self._engine) as connection:
            if "signature-input" in call.headers:
                device = find_signer(connection, method=call.method, target=call.target, headers=call.headers)
                return replace(device, clock=_clock_of(device, call, self._now()))
            caller = find_caller(connection, call.headers.get("authorization", ""), self._now())
            if caller.role != "device":
                raise ProblemError(
                    problem("HL4002", where="Authorization", detail="không phải mã của một máy")
                )
            device = find_device(connection, caller.device)
            if device.key:
                raise ProblemError(problem("HL4002", where="Authorization", detail="máy này phải ký"))
            return replace(device, clock=_clock_of(device, call, self._now()))

    def authentic(self, device: Device, call: Call, sent: bytes) -> None:
        """Return if `device`, whose head is proven, sent exactly these bytes; raises ProblemError HL4018."""
        if device.claimed is not None:
            verify_body(sent, call.headers)
        elif call.headers.get("content-digest", content_digest(sent)) != content_digest(sent):
            raise ProblemError(problem("HL4018", where="Content-Digest"))

    def check(self, device: Device, call: Call, sent: bytes) -> Checked:
        """Prove and judge a batch, `sent` as it came; nothing is written, so many can be checked at once.

        Raises ProblemError: HL4018 signature, HL4016 encoding, HL4003 unreadable, HL4007 too much,
        HL4009 another device's.
        """
        self.authentic(device, call, sent)
        body = bodies.unpack(sent, call.headers.get("content-encoding", "").strip().lower())
        try:
            batch = self._batch.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ProblemError(problem("HL4003", where="body")) from error
        if len(batch.responses) > BATCH_LIMIT:
            raise ProblemError(problem("HL4007", where="responses", detail=f"quá {BATCH_LIMIT} phiếu"))
        if batch.device != device.id:
            raise ProblemError(problem("HL4009", where="device"))
        received_at = int(self._now().timestamp() * 1000)
        judged = self._judge(device, batch, received_at)
        if any(each.problem and each.problem.number == "HL4008" for each in judged):
            # Another process may have taken in a new survey since: terminals have it as soon as that is done.
            self._load_surveys()
            judged = self._judge(device, batch, received_at)
        return Checked(device, judged, bodies.sha256(sent), received_at)

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
            )
            for raw in batch.responses
        ]

    def _load_surveys(self) -> None:
        """Know every survey there is; what is remembered of a form stays."""
        with reading(self._engine) as connection:
            surveys = load_surveys(connection)
        known = self.forms
        self.forms = {key: known.get(key) or Form(each) for key, each in surveys.items()}

    def receive(self, checked: Checked) -> BatchReply:
        """Store a checked batch and return its receipts once they are durable; raises ProblemError HL5006."""
        device = checked.device
        with self._changing() as connection:
            receipts, held = store(
                connection, device.id, checked.judged, checked.received_at, revoked=device.revoked
            )
        return BatchReply(tuple(receipts), checked.request, self._epoch, held, self._now())

    def enrol(self, call: Call, sent: bytes) -> EnrolReply:
        """Give a device its identity; raises ProblemError HL4003, HL4018 … HL4021."""
        try:
            request = msgspec.json.decode(sent, type=EnrolRequest)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ProblemError(problem("HL4003", where="body")) from error
        now = self._now()
        claimed = self._claimed_now(call, now)
        with self._changing() as connection:
            device = enrol(
                connection,
                request,
                method=call.method,
                target=call.target,
                body=sent,
                headers=call.headers,
                now=now,
            )
            replay.use_nonce(connection, claimed, now)
            made = connection.execute(select(devices.c.made).where(devices.c.id == device.id)).scalar_one()
        keys = self._keys
        return EnrolReply(device.id, device.unit, self._epoch, keys.public(), now, keys.rooted, made)

    def keys(self) -> KeysReply:
        """What the offline root has signed; empty without a root."""
        return self._keys.rooted

    def heartbeat(self, device: Device, call: Call, sent: bytes) -> HeartbeatReply:
        """Note how a device is; raises ProblemError HL4003, HL4017 … HL4020."""
        if device.claimed is None:
            raise ProblemError(problem("HL4018", where="Signature-Input"))
        self.authentic(device, call, sent)
        _refuse_revoked(device)
        try:
            beat = msgspec.json.decode(sent, type=Heartbeat)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ProblemError(problem("HL4003", where="body")) from error
        now = self._now()
        self._claimed_now(call, now)
        with self._changing() as connection:
            replay.use_nonce(connection, device.claimed, now)
            key = devices.c.id == device.id
            row = connection.execute(
                select(devices.c.made, devices.c.held, devices.c.erased).where(key).with_for_update()
            ).one()
            tombstone = forgotten.newest(connection, device.id)
            # A number of another epoch counts other tombstones, and nobody has erased what nobody asked for.
            erased = beat.erased if beat.epoch == self._epoch else 0
            connection.execute(
                update(devices)
                .where(key)
                .values(
                    seen_at=now.isoformat(),
                    made=max(row.made, beat.made),
                    erased=min(max(row.erased, erased), tombstone),
                    heartbeat=msgspec.json.encode(beat).decode(),
                )
            )
            newest = connection.execute(select(func.max(bundles.c.version))).scalar() or 0
            aside = rejudging.aside_of(connection, device.id)
        held = msgspec.json.decode(row.held, type=Ranges)
        version = self._keys.trust.version if self._keys.trust else 0
        made = max(row.made, beat.made)
        return HeartbeatReply(self._epoch, held, now, newest, tombstone, version, aside, made)

    def forgotten(self, device: Device, call: Call, sent: bytes) -> ForgottenReply:
        """What a device is to erase; raises ProblemError HL4003, HL4017, HL4018.

        What it brings back is removed here first: this centre was restored, and had forgotten to forget.
        """
        if device.claimed is None:
            raise ProblemError(problem("HL4018", where="Signature-Input"))
        self.authentic(device, call, sent)
        _refuse_revoked(device)
        try:
            request = msgspec.json.decode(sent, type=ForgottenRequest)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ProblemError(problem("HL4003", where="body")) from error
        if request.known:
            with self._changing() as connection:
                trusted, now = self._keys.trusted(), self._now()
                count = removal.take_back(connection, device.id, request.known, trusted, now)
            if count:
                # Later, and once for many devices: see `scrub_removed`.
                self._removed = True
        with reading(self._engine) as connection:
            through, found = forgotten.behind(connection, device.id, request.after, *self._keys.signing_key())
        return ForgottenReply(self._epoch, through, found)

    def config(self, device: Device, call: Call) -> BundleDocument:
        """The newest bundle, with the centre's public keys; raises ProblemError HL4017, HL4018, HL4022."""
        self.authentic(device, call, b"")
        _refuse_revoked(device)
        with reading(self._engine) as connection:
            row = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
            if row is None:
                raise ProblemError(problem("HL4022"))
            files = msgspec.json.decode(row.files, type=dict[str, str])
            mark_in_bundle(files, self._rated, connection, device.unit, self._now().date())
        files["keys.toml"] = msgspec.toml.encode(self._public_keys(files.get("keys.toml", ""))).decode()
        return BundleDocument(row.version, datetime.fromisoformat(row.issued_at), files)

    def _public_keys(self, imported: str) -> PublicKeys:
        """Our own, and the badge keys that came with the bundle, without those that are revoked."""
        own = self._keys.public()
        given = msgspec.toml.decode(imported, type=PublicKeys)
        ids = {key.id for key in own.badges} | set(self._keys.trust.revoked if self._keys.trust else ())
        badges = (*own.badges, *(key for key in given.badges if key.id not in ids))
        return msgspec.structs.replace(own, badges=badges)

    def _claimed_now(self, call: Call, now: datetime) -> RequestSignature:
        claimed = read_request_signature(call.headers)
        replay.check_time(claimed, now)
        return claimed

    # --- administrators ---------------------------------------------------------------------------------

    def administrator(self, authorization: str) -> Caller:
        """The administrator who calls; raises ProblemError HL4001 or HL4002."""
        with reading(self._engine) as connection:
            caller = find_caller(connection, authorization, self._now())
        if caller.role == "device":
            raise ProblemError(problem("HL4002", where="Authorization", detail="mã của một máy"))
        return caller

    def pulling(self, authorization: str) -> Caller:
        """The administrator who may ask now, as far as that is known without writing.

        Raises ProblemError as `administrator`, or HL4029.
        """
        caller = self.administrator(authorization)
        if self._rates.exhausted(caller.token, self._now().timestamp()):
            raise ProblemError(problem("HL4029"))
        return caller

    def note_pull(self, caller: Caller, route: str, asked: str) -> None:
        """Write down who is about to be given what; raises ProblemError HL4029 or HL5006.

        What can't be written down is not given out.
        """
        now = self._now().timestamp()
        who = f"token {caller.token} {caller.role} {caller.unit or '*'}"
        with self._changing() as connection:
            # The audit log is written one at a time anyway: taking that turn first, a token's row needs none.
            one_at_a_time(connection)
            if not self._rates.take(connection, caller.token, now):
                raise ProblemError(problem("HL4029"))
            audit.record(connection, now=self._now(), who=who, act="pull", subject=route, detail=asked)

    def healthy(self) -> tuple[int, float]:
        """The epoch, and the seconds that pulls lag; raises ProblemError HL5006 where they can't be read."""
        try:
            with reading(self._engine) as connection:
                return read_epoch(connection), lag_seconds(connection)
        except DBAPIError as error:
            raise _not_usable(error) from error

    def keep_months(self) -> None:
        """Make the months that begin soon, and let PostgreSQL look at all of them; raises HL5006."""
        try:
            keep_months(self._engine, self._now())
        except DBAPIError as error:
            raise _not_usable(error) from error
        with self._changing() as connection:
            partitions.look(connection)

    def scrub_removed(self) -> None:
        """Scrub the files if devices gave tombstones back since the last time; raises ProblemError HL5026.

        A restart in between loses nothing: the nightly purge scrubs, whatever there is to purge.
        """
        if not self._removed:
            return
        self._removed = False  # before it begins: what is removed meanwhile is for the next time
        try:
            done = removal.scrub(self._engine)
        except ProblemError:
            self._removed = True
            raise
        if not done:
            self._removed = True

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        try:
            with writing(self._engine) as connection:
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            raise _not_usable(error) from error


def _not_usable(error: DBAPIError | psycopg.Error) -> ProblemError:
    """HL5006 for what the database or, in a COPY, its driver says; their own words could quote a row."""
    kind = type(error.orig) if isinstance(error, DBAPIError) else type(error)
    return ProblemError(problem("HL5006", detail=kind.__name__))


def _clock_of(device: Device, call: Call, now: datetime) -> TabletClock:
    """What the head of a request that comes now says of its tablet's clock."""
    received = int(now.timestamp() * 1000)
    behind = received - device.claimed.created * 1000 if device.claimed else 0
    found = _UPTIME.fullmatch(call.headers.get(UPTIME.lower(), ""))
    return TabletClock(received, behind, found[1], int(found[2])) if found else TabletClock(received, behind)


def _refuse_revoked(device: Device) -> None:
    if device.revoked:
        raise ProblemError(problem("HL4017"))
