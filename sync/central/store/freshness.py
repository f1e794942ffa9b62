"""A value that changes with every committed change of the figures.

Figures of days that are over change when days close and by administrative acts. An act that records nothing
can't commit, so the last line of the audit log and the last closing show every such change; names, units,
surveys and lists of results change by acts alone. Figures of all days also change with every response that
arrives.
"""

from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from sync.central.store.schema import audit, facts, responses

Revision = tuple[Any, ...]


def read_revision(connection: Connection, *, over: bool) -> Revision:
    """The revision of all figures, or only of those of days that are over. Read it before the figures."""
    which = _OVER if over else _EVERY[connection.dialect.name]
    return tuple(connection.execute(which).one())


# published: the last closing, see days_over.py. epoch: raised by a restore. rollups: the rules of counting.
_FACTS = ("epoch", "published", "rollups")
_OVER = select(
    select(func.max(audit.c.number)).scalar_subquery(),
    *(select(facts.c.value).where(facts.c.name == name).scalar_subquery() for name in _FACTS),
)
_EVERY = {
    # Positions are given in the order of commits.
    "sqlite": _OVER.add_columns(select(func.max(responses.c.position)).scalar_subquery()),
    # Which transactions are visible.
    "postgresql": _OVER.add_columns(cast(func.pg_current_snapshot(), Text)),
}
