"""The jobs that timers start: which of them failed, until it works again.

Promise: a job that failed, was killed or took too long is named on the page of the system, on the morning
page and by `hailong-central doctor` until the same job works, whether a timer or a person started it.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, insert, select

from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.schema import facts

JOBS = ("backup", "check", "purge")
"""backup: every night. check: whether the newest copy can be restored. purge: what is past its retention."""
_FAILED = "failed:"


class Failure(Struct, frozen=True):
    """A job that failed, and when it did first since it last worked."""

    job: str
    since: datetime


def note_failure(engine: Engine, job: str, now: datetime) -> None:
    """Keep that this job failed, unless that is known."""
    with writing(engine) as connection:
        one_at_a_time(connection)
        if job not in [failure.job for failure in read_failures(connection)]:
            connection.execute(insert(facts).values(name=_FAILED + job, value=now.isoformat()))


def worked(engine: Engine, job: str) -> None:
    """Forget an earlier failure of this job."""
    with reading(engine) as connection:
        failed = job in [failure.job for failure in read_failures(connection)]
    if failed:
        with writing(engine) as connection:
            connection.execute(delete(facts).where(facts.c.name == _FAILED + job))


def read_failures(connection: Connection) -> tuple[Failure, ...]:
    """The jobs that have not worked since they failed."""
    named = select(facts).where(facts.c.name.in_([_FAILED + job for job in JOBS]))
    failed = {row.name: datetime.fromisoformat(row.value) for row in connection.execute(named)}
    return tuple(Failure(job, failed[_FAILED + job]) for job in JOBS if _FAILED + job in failed)
