"""The released forms. A release never changes: terminals ask it, and responses are judged by it."""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.store.schema import surveys
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import FORM_UNKNOWN
from sync.contract.survey import Survey
from sync.contract.text import Text


class Release(Struct, frozen=True, kw_only=True):
    """One release of a form. released_at: "" for one that came with a bundle of files."""

    id: str
    version: int
    title: Text
    released_at: str


def list_releases(connection: Connection) -> list[Release]:
    """Every release, by form and version."""
    query = select(surveys).order_by(surveys.c.id, surveys.c.version)
    return [
        Release(
            id=row.id,
            version=row.version,
            title=msgspec.json.decode(row.body, type=Survey).title,
            released_at=row.released_at,
        )
        for row in connection.execute(query)
    ]


def releases_of(connection: Connection, id: str) -> tuple[Survey, ...]:
    """The releases of one form, the newest first."""
    query = select(surveys.c.body).where(surveys.c.id == id).order_by(surveys.c.version.desc())
    return tuple(msgspec.json.decode(body, type=Survey) for body in connection.execute(query).scalars())


def release_of(connection: Connection, id: str, version: int | None = None) -> Survey:
    """One release, the newest without `version`; raises ProblemError HL5094 if there is none."""
    for survey in releases_of(connection, id):
        if version in (None, survey.version):
            return survey
    where = id if version is None else f"{id} {version}"
    raise ProblemError(FORM_UNKNOWN(where=where))
