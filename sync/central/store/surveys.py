"""The surveys of every configuration that was ever issued."""

import msgspec
from sqlalchemy import Connection, select

from sync.central.store.schema import surveys
from sync.contract.survey import Survey


def load_surveys(connection: Connection) -> dict[tuple[str, int], Survey]:
    """Every survey in every version."""
    return {
        (row.id, row.version): msgspec.json.decode(row.body, type=Survey)
        for row in connection.execute(select(surveys))
    }


def load_survey(connection: Connection, id: str, version: int) -> Survey | None:
    """One survey in one version; None if there was never one."""
    query = select(surveys.c.body).where(surveys.c.id == id, surveys.c.version == version)
    body = connection.execute(query).scalar()
    return msgspec.json.decode(body, type=Survey) if body else None
