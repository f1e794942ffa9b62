"""Background work of a running centre: coming months, scrubbing, seals, closed days, sessions, new remarks,
and a turn of all duties (duties/).

A chore that fails, in whatever way, ends no other one and is tried again at its next turn. That is soon
enough: the coming months are made well ahead, and the nightly purge scrubs as well.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from anyio import create_task_group, sleep, to_thread
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from sync.central.duties.tick import tick
from sync.central.duties.turns import Turn
from sync.central.office.audit import seal
from sync.central.office.audit.seal import Seal
from sync.central.office.keys.stored import Keys
from sync.central.office.keys.unsealing import Opener
from sync.central.office.names import NameBook
from sync.central.office.people.sessions import Seen, keep_seen
from sync.central.office.remarks.opening import has_new, open_some
from sync.central.office.removal import Scrubbing
from sync.central.store import partitions
from sync.central.store.days_over import Days
from sync.central.store.storage import Storage, not_usable
from sync.central.store.surveys import load_surveys
from sync.central.store.upgrade import keep_months
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED, UNEXPECTED_ERROR
from sync.host.tracebacks import type_and_place

log = logging.getLogger("hailong.central")

MONTHS_EVERY = 6 * 3600  # seconds
SCRUB_EVERY = 60.0  # seconds
SEAL_EVERY = 60.0  # seconds
CLOSE_EVERY = 60.0  # seconds; there is work once a day
OPEN_EVERY = 5.0  # seconds; who asked to be called is shown at once
DISK_EVERY = 5.0  # seconds
SEEN_EVERY = 60.0  # seconds
DUTIES_EVERY = 60.0  # seconds


class Chore(NamedTuple):
    """Something that is done regularly. every: seconds between two turns."""

    every: float
    work: Callable[[], None]


class House:
    """The chores of one process.

    Args:
        storage: the database.
        now: the time, with its offset.
        keys: the centre's, to sign the audit log with.
        days: closes the days that are over.
        scrubbing: what was removed and is still in the files.
        seen: which sessions of browsers were seen, and when.

    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        keys: Keys,
        days: Days,
        scrubbing: Scrubbing,
        seen: Seen,
    ) -> None:
        self._storage = storage
        self._now = now
        self._keys = keys
        self._days = days
        self._scrubbing = scrubbing
        self._seen = seen
        self._names = NameBook()
        self._sealed: Seal | None = None  # the last seal that this process made

    def chores(self) -> tuple[Chore, ...]:
        """All chores."""
        return (
            Chore(MONTHS_EVERY, self.keep_months),
            Chore(SCRUB_EVERY, self.scrub_removed),
            Chore(SEAL_EVERY, self.seal_audit),
            Chore(CLOSE_EVERY, self.close_days),
            Chore(OPEN_EVERY, self.open_remarks),
            Chore(SEEN_EVERY, self.keep_seen),
            Chore(DISK_EVERY, self._storage.try_disk),
            Chore(DUTIES_EVERY, self.do_duties),
        )

    def keep_months(self) -> None:
        """Make the months that begin soon, and let PostgreSQL look at all of them; raises HL5006."""
        try:
            keep_months(self._storage.engine, self._now())
        except DBAPIError as error:
            raise not_usable(error) from error
        with self._storage.changing() as connection:
            partitions.look(connection)

    def seal_audit(self) -> None:
        """Sign what was added to the audit log; raises ProblemError HL5041, HL5008 or HL5006."""
        with self._storage.reading() as connection:
            there = seal.read_seal(connection)
            if self._sealed is not None:
                # Our own seal is checked before another one is trusted: an attacker who removed ours may also
                # have changed the lines that it covers.
                seal.check_line(connection, self._sealed.number, self._sealed.digest)
            if not seal.is_behind(connection, there):
                return
        key_id, key = self._keys.signing_key()
        with self._storage.changing() as connection:
            self._sealed = seal.seal(
                connection, before=there, trusted=self._keys.trusted(), key_id=key_id, key=key
            )

    def close_days(self) -> None:
        """Publish the rows of days that are over, before anybody asks for them; raises HL5006."""
        try:
            self._days.close()
        except DBAPIError as error:
            raise not_usable(error) from error

    def open_remarks(self) -> None:
        """Look into the boxes that arrived: which questions have words, who asked to be called."""
        keys = self._keys.sealing_keys()
        if not keys:
            return
        with self._storage.reading() as connection:
            if not has_new(connection, keys):
                return
            opener = Opener(load_surveys(connection), keys)
        while self._open_some(opener):
            pass

    def _open_some(self, opener: Opener) -> int:
        with self._storage.changing() as connection:
            return open_some(connection, opener)

    def keep_seen(self) -> None:
        """Store when sessions of browsers were last seen, if any was; raises ProblemError HL5006."""
        waiting = self._seen.waiting()
        if waiting:
            with self._storage.changing() as connection:
                keep_seen(connection, waiting)
            self._seen.stored(waiting)

    def do_duties(self) -> None:
        """Do all that is due now; what could not be done is logged."""
        turn = Turn(
            storage=self._storage,
            clock=self._now,
            now=self._now(),
            keys=self._keys,
            days=self._days,
            names=self._names,
            serving=True,
        )
        for done in tick(turn):
            if done.problem is not None:
                log.warning("%s: %s %s", done.duty, done.problem.number, done.problem.detail)

    def scrub_removed(self) -> None:
        """Scrub the files if devices gave tombstones back since the last time; raises ProblemError HL5026."""
        self._scrubbing.run(self._storage.engine)


@asynccontextmanager
async def keeping_house(house: House) -> AsyncIterator[None]:
    """Do all chores for as long as this context is open, each in its own task."""

    async def keep(chore: Chore) -> None:
        while True:
            await sleep(chore.every)
            try:
                await to_thread.run_sync(chore.work)
            except ProblemError as error:
                log.warning("%s %s", error.problem.number, error.problem.detail)
            except SQLAlchemyError as error:
                # Only the kind of error: its message can quote a row.
                log.warning("%s %s", DATABASE_FAILED.number, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - else a fault of one chore would end all of them
                log.error("%s %s", UNEXPECTED_ERROR.number, type_and_place(error))

    async with create_task_group() as group:
        for chore in house.chores():
            group.start_soon(keep, chore)
        yield
        group.cancel_scope.cancel()
