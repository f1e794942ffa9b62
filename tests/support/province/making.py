"""Makes an invented province: a data folder of a centre, set up and filled by the product's own acts.

Days pass on a clock of its own: devices are enrolled on the first one, send what they have once in four
weeks, at last once a day; then past days are closed, and each device that is not silent sends a heartbeat.

What takes time is counting, about forty counts a response, each written again when its day is closed; next
are making the visits, and checking them. Lists are slow to read, so old ones are given as counts. Nothing
waits for the disk, for which a real centre waits after every batch.
"""

import csv
import os
import secrets
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, event

from sync.central.app import Centre
from sync.central.office import returned
from sync.central.office.access import create_token
from sync.central.office.audit.acts import By, acting
from sync.central.office.case_list import Columns
from sync.central.office.cases import CaseImport, described_here, give_keys, import_cases, read_file
from sync.central.office.configuration.folder import read_folder
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.configuration.scope import read_known
from sync.central.office.devices import create_enrolment
from sync.central.office.invented import mark_invented
from sync.central.office.keys.stored import Keys, load_keys, make_keys
from sync.central.store import partitions
from sync.central.store.database import open_database, reading, writing
from sync.central.store.days_over import Days
from sync.central.store.facts import database_url, ensure_facts
from sync.central.store.upgrade import migrate
from sync.contract.enrolment import SECRET_BYTES
from sync.contract.heartbeat import Heartbeat
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response, Sealed
from sync.contract.sealing import Words, seal_words
from tests.support.province.arriving import RELEASE, Tablet
from tests.support.province.calendar import SATURDAY, USUAL, busyness, days, holidays
from tests.support.province.configuration import Window, write_folder
from tests.support.province.follow_up import follow_up
from tests.support.province.people import make_accounts, one_time_path, open_session
from tests.support.province.places import Commune, Terminal, Trouble, communes_of
from tests.support.province.size import SMALL, WHOLE, Size
from tests.support.province.visits import (
    CLOCK_BEHIND,
    SILENT_DAYS,
    UNSENT_DAYS,
    Visits,
)

WHO = "dữ liệu mẫu"
"""Who acts, in the audit log."""
DAILY_FROM, RARELY = 14, 28
"""In the last 14 days devices send once a day; before that once in 28 days."""
LISTED = 30
"""Results returned in the last 30 days come from a list as the one-stop software exports it."""
EVENING = time(18, 0)
_TABLE = Columns(dossier="Mã hồ sơ", procedure="Mã thủ tục", officer="Cán bộ", returned="Ngày trả")


class Province(Struct, frozen=True, kw_only=True):
    """A province that was made. url: of its database, None for SQLite in `data`. responses: stored ones.

    waiting: by device, how many have not been sent although they were made. beats: by device, its last
    heartbeat.
    """

    data: Path
    url: str | None
    size: Size
    until: datetime
    communes: tuple[Commune, ...]
    responses: int
    waiting: dict[str, int]
    beats: dict[str, Heartbeat]

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        """All of them."""
        return tuple(terminal for commune in self.communes for terminal in commune.terminals)

    def odd(self, trouble: Trouble) -> Terminal:
        """The terminal with this trouble."""
        return next(terminal for terminal in self.terminals if terminal.trouble is trouble)

    def token(self, role: str = "admin", unit: str | None = None) -> str:
        """A new token of a program."""
        with self.database() as engine, acting(engine, By(WHO, self.until)) as act:
            return create_token(act, token_text=lambda: secrets.token_urlsafe(32), role=role, unit=unit)

    def sign_in_path(self, login: str, now: datetime | None = None) -> str:
        """The path of a new one-time link for an account of people.py, by the clock that the centre has."""
        with self.database() as engine:
            return one_time_path(engine, login, now or self.until, WHO)

    def session(self, login: str, now: datetime | None = None) -> str:
        """The cookie `__Host-hl` of a new session of an account, by the clock that the centre has."""
        with self.database() as engine:
            return open_session(engine, load_keys(self.data / "keys"), login, now or self.until, WHO)

    def copy(self, folder: Path) -> "Province":
        """The same as it is now, in a folder that is not there yet; only over SQLite, while nobody writes."""
        assert self.url is None
        shutil.copytree(self.data, folder)
        return replace(self, data=folder)

    @contextmanager
    def database(self) -> Iterator[Engine]:
        """Its database."""
        engine = open_database(database_url(self.data, self.url))
        yield engine
        engine.dispose()


def small_province(folder: Path, until: datetime | None = None, url: str | None = None) -> Province:
    """A small one in `folder`, for tests; without `until` it ends now."""
    return make_province(folder, SMALL, until=until, url=url)


def make_province(
    folder: Path,
    size: Size = WHOLE,
    *,
    until: datetime | None = None,
    url: str | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Province:
    """Make a province of this size in `folder`, over SQLite or the empty database at `url`.

    until: its last moment; now if not given. progress: called with the share of days that have passed.

    Raises AssertionError if a response was not stored.
    """
    last = (until or datetime.now(VIET_NAM)).astimezone(VIET_NAM).replace(microsecond=0)
    with _Making(folder, size, last, url) as making:
        return making.province(progress)


class _Making:
    def __init__(self, folder: Path, size: Size, until: datetime, url: str | None) -> None:
        self._folder, self._size, self._until, self._url = folder, size, until, url
        self._data = folder / "centre"
        self._communes = communes_of(size)
        self._window = Window(until.date() - timedelta(days=round(size.months * 30.4)), until.date())
        self._now = datetime.combine(self._window.first, time(7), VIET_NAM)
        self._data.mkdir(parents=True)
        make_keys(self._data / "keys", f"{self._now:%Y%m%d}")
        self._keys: Keys = load_keys(self._data / "keys")
        self._engine = _hasty(open_database(database_url(self._data, url)))
        self._visits = self._planned()
        self._tablets = {
            terminal.id: Tablet(
                terminal.id,
                size.seed,
                CLOCK_BEHIND if terminal.trouble is Trouble.CLOCK else timedelta(0),
            )
            for commune in self._communes
            for terminal in commune.terminals
        }
        self._stored = 0
        self._beats: dict[str, Heartbeat] = {}
        self._waiting: defaultdict[str, list[Response]] = defaultdict(list)
        self._returned: defaultdict[str, list[tuple[date, str, str]]] = defaultdict(list)

    def __enter__(self) -> "_Making":
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def province(self, progress: Callable[[float], None]) -> Province:
        self._set_up()
        self._centre = Centre(self._engine, now=lambda: self._now, keys=self._keys)
        self._enrol()
        self._live(progress)
        self._import_lists()
        self._beat()
        follow_up(self._engine, self._communes, self._until, WHO)
        return Province(
            data=self._data,
            url=self._url,
            size=self._size,
            until=self._until,
            communes=self._communes,
            responses=self._stored,
            waiting={device: len(visits) for device, visits in self._waiting.items() if visits},
            beats=self._beats,
        )

    def _planned(self) -> Visits:
        closed = frozenset(each.day for each in holidays(self._window.first, self._window.last))
        whole = sum(busyness(day) for day in days(*self._span()) if day not in closed and day.weekday() < 5)
        (key,) = self._keys.public().sealing[-1:]

        def seal(words: Words) -> Sealed | None:
            return seal_words(words, key.id, key.public)

        return Visits(
            communes=self._communes,
            window=self._window,
            closed=closed,
            mean=self._size.visits / whole,
            seed=self._size.seed,
            seal=seal,
        )

    def _span(self) -> tuple[date, date]:
        return self._window.first, self._window.last

    # --- set up --------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        migrate(self._engine, self._now)
        with writing(self._engine) as connection:
            ensure_facts(connection)
            partitions.make(connection, partitions.around(self._until, behind=self._size.months + 1))
        folder = self._folder / "configuration"
        write_folder(folder, self._communes, self._window)
        with acting(self._engine, By(WHO, self._now)) as act:
            mark_invented(act)
            wanted = read_folder(folder, "", read_known(act.connection, self._now.date()))
            import_configured(act, "", wanted, WHO)
            for commune in self._communes:
                name = {"vi": f"UBND {commune.name}"}
                opening = (*USUAL, SATURDAY) if commune.saturdays else None
                change_office(act, commune.code, {"name": name, "opening": opening}, WHO)
            give_keys(act, self._data / "keys")
            make_accounts(act, self._communes)

    def _enrol(self) -> None:
        _, key = self._keys.signing_key()
        for device, tablet in self._tablets.items():
            with acting(self._engine, By(WHO, self._now)) as act:
                code = create_enrolment(
                    act, device=device, secret=os.urandom(SECRET_BYTES), centre_key=bytes(key.verify_key)
                )
            tablet.enrol(self._centre.devices, code.secret, self._now)

    # --- days pass -----------------------------------------------------------------------------------

    def _live(self, progress: Callable[[float], None]) -> None:
        closing = Days(self._engine, self._centre.storage.changing, lambda: self._now)
        for day in days(*self._span()):
            evening = datetime.combine(day, EVENING, VIET_NAM)
            self._now = min(evening, self._until)
            for commune in self._communes:
                for terminal in commune.terminals:
                    self._serve(commune, terminal, day)
            left = (self._window.last - day).days
            if left < DAILY_FROM or left % RARELY == DAILY_FROM:
                self._send()
            progress(1 - left / (self._window.last - self._window.first).days)
        closing.close()

    def _serve(self, commune: Commune, terminal: Terminal, day: date) -> None:
        """What a terminal makes on a day, and what the commune's software knows of it."""
        made = [visit for visit in self._visits.of(commune, terminal, day) if self._is_over(visit)]
        gone = terminal.trouble is Trouble.SILENT and (self._window.last - day).days < SILENT_DAYS
        if not gone:
            self._waiting[terminal.id] += made
        if commune.listed:
            self._returned[commune.code] += _returned(commune, made, day)

    def _is_over(self, visit: Response) -> bool:
        return visit.finished_at + CLOCK_BEHIND < self._until

    def _send(self) -> None:
        for commune in self._communes:
            for terminal in commune.terminals:
                waiting = self._waiting[terminal.id]
                stuck = terminal.trouble is Trouble.UNSENT and (
                    (self._window.last - self._now.date()).days < UNSENT_DAYS
                )
                if waiting and not stuck:
                    tablet = self._tablets[terminal.id]
                    for reply in tablet.push(self._centre.devices, tablet.number(waiting), self._now):
                        assert {receipt.status for receipt in reply.receipts} == {"stored"}, reply
                        self._stored += len(reply.receipts)
                    waiting.clear()

    # --- lists of results returned -------------------------------------------------------------------

    def _import_lists(self) -> None:
        """Each commune's results: older ones as counts, the last ones from a list of its own."""
        listed_from = self._window.last - timedelta(days=LISTED)
        for unit, results in self._returned.items():
            older = Counter(
                (day.isoformat(), procedure, officer)
                for day, procedure, officer in results
                if day < listed_from
            )
            with acting(self._engine, By(WHO, self._now)) as act:
                before = listed_from - timedelta(days=1)
                returned.take_in(act.connection, unit, self._window.first, before, older)
                act.note("import-returned", unit, f"{older.total()} returned to {before}")
            path = self._folder / "lists" / f"{unit}.csv"
            _write_list(path, [each for each in results if each[0] >= listed_from])
            with reading(self._engine) as connection:
                described = described_here(connection, unit, self._now.date())
            wanted = CaseImport(
                unit=unit,
                described=described,
                columns=_TABLE,
                first=listed_from,
                last=self._window.last,
            )
            read = read_file(path, self._data / "keys", wanted, self._now.date())
            with acting(self._engine, By(WHO, self._now)) as act:
                import_cases(act, self._data / "keys", wanted, read)

    # --- the last moment -----------------------------------------------------------------------------

    def _beat(self) -> None:
        self._now = self._until
        desk = self._centre.devices
        for commune in self._communes:
            for terminal in commune.terminals:
                if terminal.trouble is not Trouble.SILENT:
                    tablet = self._tablets[terminal.id]
                    waiting = self._waiting[terminal.id]
                    beat = heartbeat(terminal, self._now, tablet.made, waiting, tablet.bundle)
                    tablet.beat(desk, beat, self._now)
                    self._beats[terminal.id] = beat


def _hasty(engine: Engine) -> Engine:
    """The engine, whose commits don't wait for the disk: invented data can be made again."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _hurry)
    return engine


def _hurry(connection: Any, _: Any) -> None:
    for pragma in ("synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}").close()


def heartbeat(
    terminal: Terminal, now: datetime, made: int, waiting: Sequence[Response], bundle: int
) -> Heartbeat:
    """What a terminal reports at `now`. made: how many were sent; waiting: those that were not."""
    return Heartbeat(
        at=now - CLOCK_BEHIND if terminal.trouble is Trouble.CLOCK else now,
        made=made + len(waiting),
        queue=len(waiting),
        oldest_unsent=waiting[0].finished_at if waiting else None,
        disk_free=21_000_000_000,
        app=RELEASE,
        bundle=bundle,
        epoch=1,
        crashes=4 if terminal.trouble is Trouble.CRASHING else 0,
    )


def _returned(commune: Commune, made: Sequence[Response], day: date) -> Iterator[tuple[date, str, str]]:
    """Day, procedure and officer of every result of a day: each visit's, and as many that nobody scanned."""
    unscanned = 1 / commune.scanned - 1
    for visit in made:
        assert visit.tag is not None
        result = (day, visit.tag.procedure or "", visit.tag.officer or "")
        yield result
        if int(visit.id[-8:], 16) < unscanned * 2**32:
            yield result


def _write_list(path: Path, rows: Sequence[tuple[date, str, str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_TABLE.headings())
        for number, (day, procedure, officer) in enumerate(rows):
            dossier = f"000.00.12.H29-{day:%y%m%d}-{number:06}"
            table.writerow((dossier, procedure, officer, f"{day:%d/%m/%Y}"))
