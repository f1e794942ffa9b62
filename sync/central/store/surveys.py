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
