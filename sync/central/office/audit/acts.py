"""One administrative act: a transaction that leaves a line in the audit log, or does not happen.

    with acting(engine, by) as act:
        revoke(act, device=device, reason=reason)

Promises (each has a test of this name):
- an act that records nothing can't commit;
- what is recorded is committed with its line;
- an act that fails or is taken back leaves neither a change nor a line;
- only acts, and what is done over the wire, write to the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Engine

from sync.central.office.audit import chain
from sync.central.store.database import writing


class By(Struct, frozen=True):
    """Who acts, as the audit log names them, and when."""

    who: str
    now: datetime


class UnrecordedError(AssertionError):
    """An act was about to be committed without a line in the audit log: a mistake in the program."""


class Act:
    """An act in progress: its open write transaction, its time, and who does it."""

    def __init__(self, connection: Connection, by: By) -> None:
        self.connection = connection
        self.now = by.now
        self.who = by.who
        self.recorded = False
        self.undone = False

    def undo(self) -> None:
        """Roll back all of this act: there was nothing to do, or it was a dry run. Nothing may follow."""
        transaction = self.connection.get_transaction()
        if transaction is not None and transaction.is_active:
            transaction.rollback()
        self.undone = True

    def note(self, act: str, subject: str, detail: str = "") -> None:
        """Add this act's line to the audit log, in its own transaction."""
        chain.record(self.connection, now=self.now, who=self.who, act=act, subject=subject, detail=detail)
        self.recorded = True


@contextmanager
def acting(engine: Engine, by: By) -> Iterator[Act]:
    """A write transaction for one act or several: committed at the end, rolled back on any exception."""
    with writing(engine) as connection, recording(connection, by) as act:
        yield act


@contextmanager
def recording(connection: Connection, by: By) -> Iterator[Act]:
    """The same in a write transaction that is already open; its owner rolls it back on any exception."""
    act = Act(connection, by)
    yield act
    if not act.recorded and not act.undone:
        raise UnrecordedError("an act without a line in the audit log")
