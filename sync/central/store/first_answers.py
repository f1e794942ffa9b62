"""One handover has one answer that counts: the first to be stored, whether on the glass or on a phone.

Only visits whose glass showed a code for the citizen's own phone can be answered twice, so only those
responses claim what they answer: the visit, and each case that was handed over. A claim is a key of
`first_answers`, and the primary key of that table decides between two that come at once, on SQLite and on
PostgreSQL alike.

    nobody has any of its keys            it is the first, and has them from now on
    a visit without an answer has one     the same: only answers count against each other
    another answer has one                it is repeated: kept apart (`set_aside`), and in no figure

No key names a visit or a case: a visit is there by its digest, a case by a hash whose key is in no database
and no backup (intake/claims.py).

Locks on PostgreSQL: after the row of the device, keys ascending, see locks.py.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, Select, SmallInteger, String, Table, delete, select, text

from sync.central.store.schema import metadata, responses

# key: of a visit or a case. response: which has it. answered: 0 if that one says nobody answered.
first_answers = Table(
    "first_answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("response", String(36), nullable=False, index=True),
    Column("answered", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

_CLAIM = text(
    "INSERT INTO first_answers (key, response, answered) VALUES (:key, :response, :answered) "
    "ON CONFLICT (key) DO UPDATE SET response = excluded.response, answered = 1 "
    "WHERE first_answers.answered = 0 AND excluded.answered = 1"
)


class Claim(Struct, frozen=True, gc=False):
    """What one response answers, or, if nobody did, what it would have answered."""

    keys: tuple[str, ...]
    answered: bool


def claim(connection: Connection, claims: Mapping[str, Claim]) -> dict[str, str]:
    """Claim these, by the id of their response and the first one first, in the open write transaction.

    Returns the repeated ones with the response that came before each.
    """
    if not claims:
        return {}
    wanted: dict[str, tuple[str, bool]] = {}
    for answered in (True, False):
        for id, each in claims.items():
            if each.answered is answered:
                wanted |= {key: (id, answered) for key in each.keys if key not in wanted}
    rows = [
        {"key": key, "response": id, "answered": int(answered)}
        for key, (id, answered) in sorted(wanted.items())
    ]
    connection.execute(_CLAIM, rows)
    first = owners_of(connection, wanted)
    repeated = {}
    for id, each in claims.items():
        others = [first[key] for key in each.keys if first.get(key, id) != id]
        if others:
            repeated[id] = others[0]
    release(connection, repeated.keys())
    return repeated


def release(connection: Connection, ids: Collection[str]) -> None:
    """Take back what these responses have claimed: they are repeated, or about to be removed."""
    if ids:
        connection.execute(delete(first_answers).where(first_answers.c.response.in_(ids)))


def owners_of(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Which of these keys an answer has, and its response."""
    c = first_answers.c
    query = select(c.key, c.response).where(c.key.in_(keys), c.answered == 1)
    return {row.key: row.response for row in connection.execute(query)}


def read_claims(connection: Connection, made_by: Select[tuple[str]]) -> Sequence[Any]:
    """What these responses have claimed."""
    return connection.execute(select(first_answers).where(first_answers.c.response.in_(made_by))).all()


def carry_claims(connection: Connection, claims: Sequence[Any]) -> None:
    """Keep claims of a replaced database whose response is here; what was claimed here since stays."""
    here = select(responses.c.id).where(responses.c.id.in_({row.response for row in claims}))
    kept = set(connection.execute(here).scalars())
    if rows := [dict(row._mapping) for row in claims if row.response in kept]:
        connection.execute(_CLAIM, rows)
