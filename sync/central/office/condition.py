"""The state of the whole centre: what was read of it, and what a person has to look at.

Promises (each has a test of this name):
- what a person has to look at is decided from what was read alone, and each point has its limit here;
- no number says anything about a person: counts, sizes and moments only;
- the state is read with a number of queries that does not depend on devices, units or responses.
"""

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select

from sync import __version__
from sync.central.office.address import own_address
from sync.central.office.attention import Attended, Need, Value, by_need
from sync.central.office.audit import chain, seal
from sync.central.office.devices import list_devices
from sync.central.office.erasure_list import list_erasures
from sync.central.office.jobs import Failure, read_failures
from sync.central.office.keys.offline import WARN
from sync.central.office.keys.stored import Keys
from sync.central.office.machine import Machine, ReadMachine, no_machine
from sync.central.office.messages.listing import undelivered
from sync.central.office.set_aside import list_aside
from sync.central.store.arrival import lag_seconds
from sync.central.store.facts import read_epoch
from sync.central.store.schema import audit
from sync.contract.bundle import PublicKey
from sync.contract.key_list import Use
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import AUDIT_LOG_CHANGED

BACKUP_AGE = timedelta(days=2)
"""A backup is made every night."""
CHECK_AGE = timedelta(days=40)
"""Whether a copy can be restored is tried every month."""
CERTIFICATE_WARN = timedelta(days=14)
"""A proxy renews a certificate a month before its end."""
VIET_NAM_OFFSET = timedelta(hours=7)
ERASURE_AGE = timedelta(days=7)
"""A device that is in use erases within minutes; one that is off for a week needs a person."""
LAG_SECONDS = 60.0
DISK_ROOM = 2_000_000_000  # bytes, and as much again as the database: its backup is checked in a copy


class Point(StrEnum):
    """What a person has to look at; behind each the values of its sentence.

    LOG_WRONG: `problem`, such as HL5008. IDLE, UNANSWERED, CERTIFICATE_ENDED, NO_BACKUP, CLOCK have none.
    FAILED: the `job`, `since`. OLD_BACKUP, CHECK_OLD: `since`. DISK: `free` bytes. FOREIGN, EXPOSED: the
    `files`. ZONE: `hours` from UTC. CERTIFICATE_ENDS: `until`. KEY_ENDED, KEY_ENDS: the `key`'s id, `until`.
    KEY_UNSIGNED: the `key`'s id. LAG: `seconds`. ASIDE, ERASURES, MESSAGES: `number`, `since`. DEVICES:
    `number` of devices.
    """

    LOG_WRONG = "log-wrong"
    IDLE = "idle"
    UNANSWERED = "unanswered"
    CERTIFICATE_ENDED = "certificate-ended"
    FAILED = "failed"
    NO_BACKUP = "no-backup"
    OLD_BACKUP = "old-backup"
    DISK = "disk"
    FOREIGN = "foreign"
    EXPOSED = "exposed"
    CLOCK = "clock"
    ZONE = "zone"
    CERTIFICATE_ENDS = "certificate-ends"
    CHECK_OLD = "check-old"
    KEY_ENDED = "key-ended"
    KEY_UNSIGNED = "key-unsigned"
    KEY_ENDS = "key-ends"
    LAG = "lag"
    ASIDE = "aside"
    ERASURES = "erasures"
    MESSAGES = "messages"
    DEVICES = "devices"


class Concern(Struct, frozen=True):
    """One thing that a person has to look at, and the values in its sentence."""

    point: Point
    values: Mapping[str, Value] = {}


class Backup(Struct, frozen=True):
    """The last backup, which was checked when it was made, by its file's name."""

    file: str
    at: datetime


class KeyState(Struct, frozen=True, kw_only=True):
    """A key that counts. signs: it is the one that signs now. named: the root's list names it, or there is no
    root; until: as long as the list says.
    """

    id: str
    use: Use
    signs: bool
    named: bool
    until: datetime | None


class Waiting(Struct, frozen=True):
    """How many wait, and since when the first does."""

    number: int
    since: datetime | None


class LogState(Struct, frozen=True, kw_only=True):
    """The audit log. lines, digest: its last line, for paper. problem: the number of what is wrong with it;
    "" if it is unbroken. wrong: the first wrong line. whole: every line was checked, not only those after
    the last seal.
    """

    lines: int
    digest: str
    problem: str
    wrong: int | None
    whole: bool


class Disk(Struct, frozen=True):
    """The disk under the data folder, in bytes."""

    free: int
    total: int


class Condition(Struct, frozen=True, kw_only=True):
    """Everything that the page of the system shows. erasures: those that some device has still to do.

    checked: the copy that was last tried to be restored; first_backup: when the first one was made. failures:
    jobs that do not work. machine: None where `setup` did not install the centre.
    messages: those that were not delivered. releases: how many active devices run which release, "" for those
    that have never reported it.
    """

    release: str
    database: str
    database_bytes: int
    epoch: int
    lag_seconds: float
    disk: Disk
    backup: Backup | None
    keys: tuple[KeyState, ...]
    log: LogState
    aside: Waiting
    erasures: Waiting
    messages: Waiting
    devices: tuple[Attended, ...]
    releases: Mapping[str, int]
    checked: Backup | None = None
    first_backup: datetime | None = None
    failures: tuple[Failure, ...] = ()
    machine: Machine | None = None

    def needs(self) -> Counter[Need]:
        """How many devices need a person for which reason."""
        return Counter(reason.need for each in self.devices for reason in each.reasons)


def seen_from(condition: Condition, units: Collection[str]) -> Condition:
    """What somebody who looks after these units sees: the server's state, and nothing of other units."""
    devices = tuple(each for each in condition.devices if each.device.unit in units)
    nothing = Waiting(0, None)
    return replace(
        condition,
        devices=devices,
        releases=_releases(devices),
        aside=nothing,
        erasures=nothing,
        messages=nothing,
    )


def concerns(condition: Condition, now: datetime) -> tuple[Concern, ...]:
    """What a person has to look at, the most urgent first."""
    found = [
        *_of_data(condition, now),
        *_of_machine(condition.machine, now),
        *_of_keys(condition, now),
        *_of_work(condition, now),
    ]
    order = list(Point)
    return tuple(sorted(found, key=lambda concern: order.index(concern.point)))


def _of_data(condition: Condition, now: datetime) -> Iterator[Concern]:
    if condition.log.problem:
        yield Concern(Point.LOG_WRONG, {"problem": condition.log.problem})
    if condition.backup is None:
        yield Concern(Point.NO_BACKUP)
    elif now - condition.backup.at > BACKUP_AGE:
        yield Concern(Point.OLD_BACKUP, {"since": condition.backup.at})
    for failure in condition.failures:
        yield Concern(Point.FAILED, {"job": failure.job, "since": failure.since})
    since = condition.checked.at if condition.checked else condition.first_backup
    if since is not None and now - since > CHECK_AGE:
        yield Concern(Point.CHECK_OLD, {"since": since})
    if condition.disk.free < DISK_ROOM + condition.database_bytes:
        yield Concern(Point.DISK, {"free": condition.disk.free})
    if condition.lag_seconds > LAG_SECONDS:
        yield Concern(Point.LAG, {"seconds": int(condition.lag_seconds)})


def _of_machine(machine: Machine | None, now: datetime) -> Iterator[Concern]:
    if machine is None:
        return
    if machine.idle:
        yield Concern(Point.IDLE)
    if machine.unanswered:
        yield Concern(Point.UNANSWERED)
    if machine.synchronized is False:
        yield Concern(Point.CLOCK)
    if machine.offset != VIET_NAM_OFFSET:
        yield Concern(Point.ZONE, {"hours": f"{machine.offset / timedelta(hours=1):+g}"})
    until = machine.certificate
    if until is not None and until <= now + CERTIFICATE_WARN:
        ended = until <= now
        yield Concern(Point.CERTIFICATE_ENDED) if ended else Concern(Point.CERTIFICATE_ENDS, {"until": until})
    for point, files in ((Point.EXPOSED, machine.exposed), (Point.FOREIGN, machine.foreign)):
        if files:
            yield Concern(point, {"files": ", ".join(files)})


def _of_keys(condition: Condition, now: datetime) -> Iterator[Concern]:
    for key in condition.keys:
        if not key.named:
            yield Concern(Point.KEY_UNSIGNED, {"key": key.id})
        elif key.until is not None and key.until <= now + WARN:
            point = Point.KEY_ENDED if key.until <= now else Point.KEY_ENDS
            yield Concern(point, {"key": key.id, "until": key.until})


def _of_work(condition: Condition, now: datetime) -> Iterator[Concern]:
    if condition.aside.since is not None:
        yield Concern(Point.ASIDE, {"number": condition.aside.number, "since": condition.aside.since})
    since = condition.erasures.since
    if since is not None and now - since > ERASURE_AGE:
        yield Concern(Point.ERASURES, {"number": condition.erasures.number, "since": since})
    if condition.messages.since is not None:
        yield Concern(
            Point.MESSAGES, {"number": condition.messages.number, "since": condition.messages.since}
        )
    wrong = sum(each.wrong for each in condition.devices)
    if wrong:
        yield Concern(Point.DEVICES, {"number": wrong})


# --- reading it --------------------------------------------------------------------------------------


def read_condition(
    connection: Connection,
    keys: Keys,
    data: Path,
    now: datetime,
    *,
    whole_log: bool = True,
    machine: ReadMachine = no_machine,
) -> Condition:
    """The state of the centre whose data folder is `data`; whole_log: see `LogState`."""
    devices = tuple(by_need(list_devices(connection, now=now), now, __version__))
    usage = shutil.disk_usage(data)
    return Condition(
        release=__version__,
        database=_database(connection),
        database_bytes=_database_bytes(connection),
        epoch=read_epoch(connection),
        lag_seconds=lag_seconds(connection),
        disk=Disk(usage.free, usage.total),
        backup=_last(connection, "backup"),
        checked=_last(connection, "restore-check"),
        first_backup=_first_backup(connection),
        failures=read_failures(connection),
        machine=machine(own_address(connection), now),
        keys=tuple(_key_states(keys)),
        log=read_log(connection, keys.trusted(), whole=whole_log),
        aside=_aside(connection),
        erasures=_erasures(connection),
        messages=_undelivered(connection, now),
        devices=devices,
        releases=_releases(devices),
    )


def read_log(connection: Connection, trusted: Mapping[str, bytes], *, whole: bool = True) -> LogState:
    """Whether the audit log is unbroken, with its last line; trusted: the centre's public keys, by id."""
    columns = (audit.c.number, audit.c.digest)
    last = connection.execute(select(*columns).order_by(audit.c.number.desc()).limit(1)).first()
    sealed = seal.read_seal(connection)
    problem = ""
    try:
        if sealed is not None:
            seal.check_seal(connection, sealed, dict(trusted))
    except ProblemError as error:
        problem = error.problem.number
    known = () if whole or sealed is None or problem else (sealed.number, sealed.digest)
    wrong = chain.verify(connection, *known)[1]
    if wrong is not None:
        problem = AUDIT_LOG_CHANGED.number
    return LogState(
        lines=last.number if last else 0,
        digest=last.digest if last else "",
        problem=problem,
        wrong=wrong,
        whole=not known,
    )


def _releases(devices: Iterable[Attended]) -> Counter[str]:
    active = (each.device for each in devices if each.device.enrolled and each.device.state == "active")
    return Counter(device.app for device in active)


def _database(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"


def _database_bytes(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def _last(connection: Connection, act: str) -> Backup | None:
    """The copy of the last such act."""
    made = select(audit.c.subject, audit.c.at).where(audit.c.act == act)
    row = connection.execute(made.order_by(audit.c.number.desc()).limit(1)).first()
    return Backup(row.subject, datetime.fromisoformat(row.at)) if row else None


def _first_backup(connection: Connection) -> datetime | None:
    made = select(audit.c.at).where(audit.c.act == "backup").order_by(audit.c.number).limit(1)
    at = connection.execute(made).scalar()
    return datetime.fromisoformat(at) if at else None


def _key_states(keys: Keys) -> Iterator[KeyState]:
    named = {key.id: key.until for key in keys.trust.keys} if keys.trust else {}
    public = keys.public()
    uses: tuple[tuple[Use, tuple[PublicKey, ...]], ...] = (
        ("centre", public.centre),
        ("badges", public.badges),
        ("sealing", public.sealing),
    )
    signs, _ = keys.signing_key()
    for use, several in uses:
        for key in several:
            yield KeyState(
                id=key.id,
                use=use,
                signs=key.id == signs,
                named=keys.trust is None or key.id in named,
                until=named.get(key.id),
            )


def _aside(connection: Connection) -> Waiting:
    rows = list_aside(connection)
    first = min((row.since for row in rows), default=None)
    since = None if first is None else datetime.fromtimestamp(first / 1000, UTC)
    return Waiting(sum(row.count for row in rows), since)


def _undelivered(connection: Connection, now: datetime) -> Waiting:
    found = undelivered(connection, now)
    return Waiting(found.number, found.since)


def _erasures(connection: Connection) -> Waiting:
    rows = [row for row in list_erasures(connection) if row.open and not row.withdrawn]
    first = min((row.at for row in rows), default=None)
    return Waiting(len(rows), None if first is None else datetime.fromisoformat(first))
