"""Whether a centre's data are invented: its pages then show a band, so that nobody takes them for real."""

from sqlalchemy import Connection, exists, insert, select

from sync.central.office.audit.acts import Act
from sync.central.store.schema import facts

_NAME = "sample"
INVENTED = exists().where(facts.c.name == _NAME)
"""The condition that the centre was marked as a sample."""


def is_invented(connection: Connection) -> bool:
    """Whether the centre was marked as a sample."""
    return bool(connection.execute(select(INVENTED)).scalar())


def mark_invented(act: Act) -> None:
    """Mark the centre as a sample, once and permanently: invented data don't become real ones."""
    if is_invented(act.connection):
        act.undo()
        return
    act.connection.execute(insert(facts).values(name=_NAME, value="yes"))
    act.note("sample", "centre")
