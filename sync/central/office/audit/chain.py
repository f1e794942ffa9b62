"""Every administrative act, one line each; each line's digest covers the line before.

Changing, dropping or reordering a line breaks the chain from there on: `verify` finds the first such line.
The digests need no key, so an attacker could compute the rest of the chain again; what a seal covers is safe
from that, see seal.py.
"""

import getpass
import hashlib
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from sync.central.store.database import one_at_a_time
from sync.central.store.schema import audit

_START = "0" * 64


def record(
    connection: Connection, *, now: datetime, who: str, act: str, subject: str, detail: str = ""
) -> None:
    """Add a line in the open write transaction of the act that it records."""
    one_at_a_time(connection)
    last = connection.execute(select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc())).first()
    number, previous = (last.number + 1, last.digest) if last else (1, _START)
    line = (number, now.isoformat(), who, act, subject, detail, previous)
    connection.execute(
        insert(audit).values(
            number=number,
            at=line[1],
            who=who,
            act=act,
            subject=subject,
            detail=detail,
            previous=previous,
            digest=_digest(line),
        )
    )


def operator() -> str:
    """The person who types a command, for the audit log."""
    return getpass.getuser()


def verify(connection: Connection, after: int = 0, previous: str = _START) -> tuple[int, int | None]:
    """The count of lines, and the number of the first wrong one (None: all are right).

    after, previous: a line that is known to be right, and its digest; only the lines after it are checked.
    """
    count = after
    for row in connection.execute(select(audit).where(audit.c.number > after).order_by(audit.c.number)):
        count += 1
        line = (row.number, row.at, row.who, row.act, row.subject, row.detail, row.previous)
        if row.number != count or row.previous != previous or row.digest != _digest(line):
            return count, count
        previous = row.digest
    return count, None


def _digest(line: tuple[object, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode(line)).hexdigest()
