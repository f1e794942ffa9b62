"""Lines of the audit log for people: the newest first, by act, by who acted, by the day in Viet Nam."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.store.schema import audit
from sync.contract.plan import VIET_NAM

_AHEAD = 200  # rows read ahead


class AuditLine(Struct, frozen=True, kw_only=True):
    """One line. who: as it was written, such as `account 3`."""

    number: int
    at: datetime
    who: str
    act: str
    subject: str
    detail: str


def read_lines(
    connection: Connection,
    limit: int,
    *,
    acts: Collection[str] = (),
    who: Collection[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    before: int = 0,
) -> list[AuditLine]:
    """Up to `limit` lines, the newest first.

    acts: empty for all. who: None for everybody. first, last: days, both included. before: only lines before
    this one; 0 for all.
    """
    c = audit.c
    query = select(audit).order_by(c.number.desc())
    if acts:
        query = query.where(c.act.in_(acts))
    if who is not None:
        query = query.where(c.who.in_(who))
    if before:
        query = query.where(c.number < before)
    # A time is a text with the offset of its writer, so that the day is only near the one it begins with.
    if first:
        query = query.where(c.at >= (first - timedelta(days=1)).isoformat())
    if last:
        query = query.where(c.at < (last + timedelta(days=2)).isoformat())
    rows = connection.execution_options(yield_per=_AHEAD).execute(query)
    lines: Iterator[AuditLine] = (
        AuditLine(
            number=row.number,
            at=datetime.fromisoformat(row.at),
            who=row.who,
            act=row.act,
            subject=row.subject,
            detail=row.detail,
        )
        for row in rows
    )
    wanted = (
        line
        for line in lines
        if (first or date.min) <= line.at.astimezone(VIET_NAM).date() <= (last or date.max)
    )
    found = list(islice(wanted, limit))
    rows.close()
    return found


def newest_line(connection: Connection) -> tuple[int, str] | None:
    """The number and the digest of the last line; None for an empty log."""
    row = connection.execute(select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc())).first()
    return (row.number, row.digest) if row else None
