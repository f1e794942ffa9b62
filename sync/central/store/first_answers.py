"""One handover has one answer that counts: the first to be stored, whether on the glass or on a phone.

Only visits whose glass showed a code for the citizen's own phone can be answered twice, so only those
responses claim what they answer: the visit, and each case that was handed over. A claim is a key of
`first_answers`, and the primary key of that table decides between two that come at once, on SQLite and on
PostgreSQL alike.

    nobody has any of its keys            it is the first, and has them from now on
    a visit without an answer has one     the same: only answers count against each other
    another answer has one                it is repeated: kept apart (`set_aside`), and in no figure

A case counts as answered for the days of a code (DAYS) before and after: what was handed over again later
than that may be asked about again, as terminals do by their own setting.

No key names a visit or a case: a visit is there by its digest, a case by a hash whose key is in no database
and no backup (intake/claims.py).

Locks on PostgreSQL: after the row of the device, keys ascending, see locks.py.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Column, Connection, Select, SmallInteger, String, Table, delete, select, text

from sync.central.store.schema import metadata, responses
from sync.contract.phone_token import DAYS

# key: of a visit or a case. response: which has it. answered: 0 if that one says nobody answered. day: of the
# response, for a case; "" for a visit, whose key nobody else ever has.
first_answers = Table(
    "first_answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("response", String(36), nullable=False, index=True),
    Column("answered", SmallInteger, nullable=False),
    Column("day", String(10), nullable=False),
    sqlite_with_rowid=False,
)

_CLAIM = text(
    "INSERT INTO first_answers (key, response, answered, day) VALUES (:key, :response, :answered, :day) "
    "ON CONFLICT (key) DO UPDATE SET response = excluded.response, answered = 1, day = excluded.day "
    "WHERE excluded.answered = 1 AND (first_answers.answered = 0 "
    "OR (first_answers.day <> '' AND first_answers.day < :since))"
)


class Claim(Struct, frozen=True, gc=False):
    """What one response answers, or, if nobody did, what it would have answered.

    keys: of what is answered once and for all. cases: keys of cases. day: of the response, where it has any.
    """

    keys: tuple[str, ...]
    answered: bool
    cases: tuple[str, ...] = ()
    day: str = ""


def claim(connection: Connection, claims: Mapping[str, Claim]) -> dict[str, str]:
    """Claim these, by the id of their response and the first one first, in the open write transaction.

    Returns the repeated ones with the response that came before each.
    """
    if not claims:
        return {}
    wanted: dict[str, dict[str, object]] = {}
    for answered in (True, False):
        for id, each in claims.items():
            if each.answered is answered:
                wanted |= {row["key"]: row for row in _rows(id, each) if row["key"] not in wanted}
    connection.execute(_CLAIM, [row for _, row in sorted(wanted.items())])
    first = _owners(connection, wanted)
    repeated = {}
    for id, each in claims.items():
        others = [first[key] for key in (*each.keys, *each.cases) if key in first]
        before = [owner for owner, day in others if owner != id and _is_near(day, each.day)]
        if before:
            repeated[id] = before[0]
    release(connection, repeated.keys())
    return repeated


def _rows(id: str, each: Claim) -> list[dict[str, Any]]:
    since = (date.fromisoformat(each.day) - timedelta(days=DAYS)).isoformat() if each.day else ""
    days = {**dict.fromkeys(each.keys, ""), **dict.fromkeys(each.cases, each.day)}
    same = {"response": id, "answered": int(each.answered), "since": since}
    return [{"key": key, "day": day, **same} for key, day in days.items()]


def _is_near(one: str, other: str) -> bool:
    return not one or abs(date.fromisoformat(one) - date.fromisoformat(other)) <= timedelta(days=DAYS)


def release(connection: Connection, ids: Collection[str]) -> None:
    """Take back what these responses have claimed: they are repeated, or about to be removed."""
    if ids:
        connection.execute(delete(first_answers).where(first_answers.c.response.in_(ids)))


def owners_of(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Which of these keys an answer has, and its response."""
    return {key: owner for key, (owner, _) in _owners(connection, keys).items()}


def _owners(connection: Connection, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    c = first_answers.c
    query = select(c.key, c.response, c.day).where(c.key.in_(keys), c.answered == 1)
    return {row.key: (row.response, row.day) for row in connection.execute(query)}


def read_claims(connection: Connection, made_by: Select[tuple[str]]) -> Sequence[Any]:
    """What these responses have claimed."""
    return connection.execute(select(first_answers).where(first_answers.c.response.in_(made_by))).all()


def carry_claims(connection: Connection, claims: Sequence[Any]) -> None:
    """Keep claims of a replaced database whose response is here; what was claimed here since stays."""
    here = select(responses.c.id).where(responses.c.id.in_({row.response for row in claims}))
    kept = set(connection.execute(here).scalars())
    if rows := [{**row._mapping, "since": ""} for row in claims if row.response in kept]:
        connection.execute(_CLAIM, rows)
