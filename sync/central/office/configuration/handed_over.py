"""Forms that an upper body has handed over: where each came from, and that nobody edits them here.

Promises (each has a test of this name):
- a form that was handed over changes only by another file that is handed over;
- its source and the digest of its file stay with each release.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.store.handed_tables import form_sources
from sync.contract.problem import ProblemError
from sync.contract.problem.handing_over import FORM_LOCKED, SOURCE_WRONG
from sync.contract.text import nfc

LONGEST = 200  # characters of a name


class Source(Struct, frozen=True, kw_only=True):
    """Where something came from. body: who handed it over, in words. file: its name; sha256: of it, hex."""

    body: str
    file: str
    sha256: str


def checked_source(source: Source) -> Source:
    """The source with its body in one line; raises ProblemError HL4366 without one."""
    body = " ".join(nfc(source.body).split())
    if not body or len(body) > LONGEST or not body.isprintable():
        raise ProblemError(SOURCE_WRONG(where="chuyen_giao", detail="" if body else "để trống"))
    return Source(body=body, file=source.file[-LONGEST:], sha256=source.sha256)


def sources_of(connection: Connection, survey: str) -> dict[int, Source]:
    """Where the versions of a form came from, for those that were handed over."""
    query = select(form_sources).where(form_sources.c.survey == survey)
    return {
        row.version: Source(body=row.body, file=row.file, sha256=row.sha256)
        for row in connection.execute(query)
    }


def is_locked(connection: Connection, survey: str) -> bool:
    """Whether the form was handed over."""
    return bool(sources_of(connection, survey))


def check_unlocked(connection: Connection, survey: str, version: int | None = None) -> None:
    """Raise ProblemError HL4365 for a form that was handed over, unless `version` of it was."""
    sources = sources_of(connection, survey)
    if sources and version not in sources:
        raise ProblemError(FORM_LOCKED(where=survey, detail=sources[max(sources)].body))


def put_source(connection: Connection, survey: str, version: int, source: Source, now: datetime) -> None:
    """Keep where this version came from."""
    drop_source(connection, survey, version)
    values = {"survey": survey, "version": version, "changed_at": now.isoformat()}
    values |= {"body": source.body, "file": source.file, "sha256": source.sha256}
    connection.execute(insert(form_sources).values(values))


def drop_source(connection: Connection, survey: str, version: int) -> None:
    """Forget where a version came from that is not released."""
    c = form_sources.c
    connection.execute(delete(form_sources).where(c.survey == survey, c.version == version))
