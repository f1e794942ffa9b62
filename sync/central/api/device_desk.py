"""The centre without HTTP: every call that devices and administrators can make, as a plain method.

Clock, database and keys come in through the constructor. Methods block; whoever calls them from an event loop
uses a thread. `arriving` is asked before a body is read; everything else once it is there.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import psycopg
from msgspec import Struct
from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from sync.central.http.noted import Line, NotedPulls
from sync.central.http.token_bucket import Rates
from sync.central.intake import bodies, replay
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, Judged, judge
from sync.central.intake.ledger import Ranges
from sync.central.intake.moment import TabletClock, clock_offset
from sync.central.intake.scope import within_scope
from sync.central.office import erasure_list, removal, set_aside
from sync.central.office.access import Caller, find_caller
from sync.central.office.audit import chain, seal
from sync.central.office.audit.seal import Seal
from sync.central.office.devices import Device, Newcomer, enrol, find_device, find_signer, prove_newcomer
from sync.central.office.keys.stored import Keys
from sync.central.office.rated import RatedCases, cases_for
from sync.central.pulling.desk import Administrators
from sync.central.store import partitions
from sync.central.store.arrival import lag_seconds
from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.days_over import Days
from sync.central.store.disk import DiskState, refusal
from sync.central.store.facts import read_epoch
from sync.central.store.schema import bundles, devices, facts
from sync.central.store.scratch import Scratch
from sync.central.store.surveys import load_surveys
from sync.central.store.upgrade import keep_months
from sync.contract.batch import BATCH_LIMIT, UPTIME, Batch, BatchReply
from sync.contract.bundle import Cases, CentreSettings, PublicKeys
from sync.contract.enrolment import EnrolReply, EnrolRequest
from sync.contract.forgetting import ForgottenReply, ForgottenRequest
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError, problem
from sync.contract.root import KeysReply
from sync.contract.signing import Call, content_digest, verify_body

_ROOM = "room"  # a fact that is there for a moment: see `try_disk`
ROOM_BYTES = 512 * 1024
_UPTIME = re.compile(r"([0-9a-f-]{8,64});ms=([0-9]{1,15})", re.ASCII)


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
        pulls: an engine of their own for administrators, so that they hold no connection of devices.
        scratch: where tables are made that need a file.

    """

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime],
        keys: Keys,
        rates: Rates | None = None,
        pulls: Engine | None = None,
        scratch: Scratch | None = None,
    ) -> None:
        self._engine = engine
        self._pulls = pulls or engine
        self._now = now
        self._keys = keys
        self._rated = RatedCases(keys.case_keys())
        self._rates = rates or Rates()
        self._noted = NotedPulls()
        self.writers = 1 if engine.dialect.name == "sqlite" else 4  # calls that may write at once
        with reading(engine) as connection:
            self._epoch = read_epoch(connection)
        self.days = Days(engine, self._changing, now)
        self.administrators = Administrators(
            self._pulls,
            epoch=self._epoch,
            keys=keys.sealing_keys(),
            today=lambda: now().astimezone(VIET_NAM).date(),
            days=self.days,
            scratch=scratch or Scratch(Path(tempfile.gettempdir())),
        )
        self.forms: dict[tuple[str, int], Form] = {}
        self._sealed: Seal | None = None  # the last one that this process made
        self._removed = False  # whether something is left to scrub
        self._disk = DiskState()
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
                device = find_signer(connection, call)
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
        HL4009 another device's, HL4054 two ways to read it.
        """
        self.authentic(device, call, sent)
        body = bodies.unpack(sent, call.headers.get("content-encoding", "").strip().lower())
        batch = bodies.decode(body, Batch)
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
        with reading(self._engine) as connection:
            judged = within_scope(
                connection, judged, unit=device.unit, moves=device.moves, received_at=received_at
            )
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

    def newcomer(self, call: Call, sent: bytes) -> Newcomer:
        """Who asks to be enrolled, with the key that signed this; raises ProblemError HL4003 or HL4018."""
        return prove_newcomer(bodies.decode(sent, EnrolRequest), call, sent)

    def enrol(self, newcomer: Newcomer) -> EnrolReply:
        """Give a device its identity; raises ProblemError HL4019 … HL4021."""
        now = self._now()
        replay.check_time(newcomer.claimed, now)
        with self._changing() as connection:
            device = enrol(connection, newcomer, now)
            replay.use_nonce(connection, newcomer.claimed, now)
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
        beat = bodies.decode(sent, Heartbeat)
        now = self._now()
        replay.check_time(device.claimed, now)
        with self._changing() as connection:
            replay.use_nonce(connection, device.claimed, now)
            key = devices.c.id == device.id
            row = connection.execute(
                select(devices.c.made, devices.c.held, devices.c.erased).where(key).with_for_update()
            ).one()
            tombstone = erasure_list.newest(connection, device.id)
            # A number of another epoch counts other tombstones, and nobody has erased what nobody asked for.
            said = beat.erased if beat.epoch == self._epoch else 0
            erased = min(max(row.erased, said), tombstone)
            connection.execute(
                update(devices)
                .where(key)
                .values(
                    seen_at=now.isoformat(),
                    made=max(row.made, beat.made),
                    erased=erased,
                    heartbeat=msgspec.json.encode(beat).decode(),
                )
            )
            if erased > row.erased:
                erasure_list.let_go(connection)
            newest = connection.execute(select(func.max(bundles.c.version))).scalar() or 0
            aside = set_aside.aside_of(connection, device.id)
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
        request = bodies.decode(sent, ForgottenRequest)
        if request.known:
            with self._changing() as connection:
                trusted, now = self._keys.trusted(), self._now()
                count = removal.take_back(connection, device.id, request.known, trusted, now)
            if count:
                # Later, and once for many devices: see `scrub_removed`.
                self._removed = True
        with reading(self._engine) as connection:
            through, found = erasure_list.behind(
                connection, device.id, request.after, *self._keys.signing_key()
            )
        return ForgottenReply(self._epoch, through, found)

    def config(self, device: Device, call: Call) -> BundleDocument:
        """The newest bundle, with the centre's public keys and, for a device that signs, its unit's cases.

        Raises ProblemError HL4017, HL4018, HL4022, HL5002.
        """
        self.authentic(device, call, b"")
        _refuse_revoked(device)
        with reading(self._engine) as connection:
            row = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).first()
            if row is None:
                raise ProblemError(problem("HL4022"))
            files = msgspec.json.decode(row.files, type=dict[str, str])
            cases = self._cases(connection, device, files) if device.claimed is not None else None
        if cases is not None:
            files["cases.json"] = msgspec.json.encode(cases).decode()
        files["keys.toml"] = msgspec.toml.encode(self._public_keys(files.get("keys.toml", ""))).decode()
        return BundleDocument(row.version, datetime.fromisoformat(row.issued_at), files)

    def _cases(self, connection: Connection, device: Device, files: Mapping[str, str]) -> Cases | None:
        today = self._now().date()
        settings = msgspec.toml.decode(files.get("settings.toml", ""), type=CentreSettings)
        cases = cases_for(
            connection,
            device.unit,
            keys=self._keys.folder,
            rated=self._rated,
            since=today - timedelta(days=settings.repeat_days),
            today=today,
        )
        return cases and replace(cases, public=self._keys.case_public())

    def _public_keys(self, imported: str) -> PublicKeys:
        """Our own, and the badge keys that came with the bundle, without those that are revoked."""
        own = self._keys.public()
        given = msgspec.toml.decode(imported, type=PublicKeys)
        ids = {key.id for key in own.badges} | set(self._keys.trust.revoked if self._keys.trust else ())
        badges = (*own.badges, *(key for key in given.badges if key.id not in ids))
        return msgspec.structs.replace(own, badges=badges)

    # --- administrators ---------------------------------------------------------------------------------

    def administrator(self, authorization: str) -> Caller:
        """The administrator who calls; raises ProblemError HL4001 or HL4002."""
        with reading(self._pulls) as connection:
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

    def is_noted(self, caller: Caller, line: Line) -> bool:
        """Whether what was written before covers this call too: its line, and its share of calls."""
        known = self._noted.missing(caller.token, line, self._now()) is None
        return known and self._rates.spend(caller.token)

    def note_pull(self, caller: Caller, line: Line) -> None:
        """Write down who is about to be given what; raises ProblemError HL4029 or HL5006.

        What can't be written down is not given out.
        """
        now = self._now()
        who = f"token {caller.token} {caller.role} {caller.unit or '*'}"
        missing = self._noted.missing(caller.token, line, now)
        with self._changing(self._pulls) as connection:
            # The audit log is written one at a time anyway: taking that turn first, a token's row needs none.
            one_at_a_time(connection)
            if not self._rates.take(connection, caller.token, now.timestamp()):
                raise ProblemError(problem("HL4029"))
            if missing:
                chain.record(
                    connection, now=now, who=who, act="pull", subject=missing.route, detail=missing.asked
                )
        if missing:
            self._noted.add(caller.token, missing, now)

    def healthy(self) -> tuple[int, float]:
        """The epoch, and the seconds that pulls lag.

        Raises ProblemError HL5006 where they can't be read, or the last write met a disk that is full.
        """
        if self._disk.trouble:
            raise ProblemError(problem("HL5006", where="disk", detail=self._disk.trouble))
        try:
            with reading(self._engine) as connection:
                return read_epoch(connection), lag_seconds(connection)
        except DBAPIError as error:
            raise _not_usable(error) from error

    def try_disk(self) -> None:
        """Where the disk has refused a write, write as much as a batch: so it is known when that is over."""
        if not self._disk.trouble:
            return
        with suppress(ProblemError):
            with self._changing() as connection:
                connection.execute(delete(facts).where(facts.c.name == _ROOM))
                connection.execute(insert(facts).values(name=_ROOM, value=os.urandom(ROOM_BYTES // 2).hex()))
            with self._changing() as connection:
                connection.execute(delete(facts).where(facts.c.name == _ROOM))
            self._disk.has_room()

    def keep_months(self) -> None:
        """Make the months that begin soon, and let PostgreSQL look at all of them; raises HL5006."""
        try:
            keep_months(self._engine, self._now())
        except DBAPIError as error:
            raise _not_usable(error) from error
        with self._changing() as connection:
            partitions.look(connection)

    def seal_audit(self) -> None:
        """Sign what was added to the audit log; raises ProblemError HL5041, HL5008 or HL5006."""
        with reading(self._engine) as connection:
            there = seal.read_seal(connection)
            if self._sealed is not None:
                # Before another one is believed: who took ours away may have changed what is before it.
                seal.check_line(connection, self._sealed.number, self._sealed.digest)
            if not seal.is_behind(connection, there):
                return
        key_id, key = self._keys.signing_key()
        with self._changing() as connection:
            self._sealed = seal.seal(
                connection, before=there, trusted=self._keys.trusted(), key_id=key_id, key=key
            )

    def close_days(self) -> None:
        """Publish what is of days that are over, before anybody asks for it; raises HL5006."""
        try:
            self.days.close()
        except DBAPIError as error:
            raise _not_usable(error) from error

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
    def _changing(self, engine: Engine | None = None) -> Iterator[Connection]:
        try:
            with writing(engine or self._engine) as connection:
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            self._disk.failed(refusal(error.orig if isinstance(error, DBAPIError) else error))
            raise _not_usable(error) from error


def _not_usable(error: DBAPIError | psycopg.Error) -> ProblemError:
    """HL5006 for what the database or, in a COPY, its driver says; their own words could quote a row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return ProblemError(problem("HL5006", detail=refusal(cause) or type(cause).__name__))


def _clock_of(device: Device, call: Call, now: datetime) -> TabletClock:
    """What the head of a request that comes now says of its tablet's clock."""
    received = int(now.timestamp() * 1000)
    behind = received - device.claimed.created * 1000 if device.claimed else 0
    found = _UPTIME.fullmatch(call.headers.get(UPTIME.lower(), ""))
    return TabletClock(received, behind, found[1], int(found[2])) if found else TabletClock(received, behind)


def _refuse_revoked(device: Device) -> None:
    if device.revoked:
        raise ProblemError(problem("HL4017"))
