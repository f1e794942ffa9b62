"""One handover has one answer that counts: the first to be stored, whether on the glass or on a phone.

Only visits whose glass showed a code for the citizen's own phone can be answered twice, so only those
responses claim what they answer: the visit, and each case that was handed over. A claim is a key of
`first_answers`, and the primary key of that table decides between two that come at once, on SQLite and on
PostgreSQL alike.

    nobody has any of its keys            it is the first, and has them from now on
    a visit without an answer has one     the same: only answers count against each other
    another answer has one                it is repeated: kept apart (`set_aside`), and in no figure

A case counts as answered for the days of a code (DAYS) before and after: what was handed over again later
than that may be asked about again, as terminals do by their own setting. So an answer has its case on the day
it was given and on the DAYS after it, a row each: two answers have a row in common exactly if no more than
DAYS lie between them, in whatever order they arrive.

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

# key: of a visit or a case. day: one on which the answer has the case; "" for a visit, whose key nobody else
# ever has. response: which has it. answered: 0 if that one says nobody answered.
first_answers = Table(
    "first_answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("response", String(36), nullable=False, index=True),
    Column("answered", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

_CLAIM = text(
    "INSERT INTO first_answers (key, day, response, answered) VALUES (:key, :day, :response, :answered) "
    "ON CONFLICT (key, day) DO UPDATE SET response = excluded.response, answered = 1 "
    "WHERE excluded.answered = 1 AND first_answers.answered = 0"
)
_Key = tuple[str, str]
"""The key of a row: a key and a day."""


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
    in_order = sorted(claims.items(), key=lambda item: not item[1].answered)
    keys = {id: _keys(each) for id, each in in_order}
    asked: dict[_Key, str] = {}
    for id, own in keys.items():
        for key in own:
            asked.setdefault(key, id)
    _put(connection, claims, asked)
    # Of answers that were here before; those of these claims are decided in their order.
    taken = {key: owner for key, owner in _owners(connection, asked).items() if owner != asked[key]}
    repeated: dict[str, str] = {}
    for id, own in keys.items():
        before = (taken[key] for key in own if taken.get(key, id) != id)
        if first := next(before, None):
            repeated[id] = first
        elif claims[id].answered:
            taken.update(dict.fromkeys(own, id))
    if repeated:
        release(connection, repeated.keys())
        # What a repeated one had asked for first, and another one has.
        _put(connection, claims, {key: owner for key, owner in taken.items() if owner in claims})
    return repeated


def _put(connection: Connection, claims: Mapping[str, Claim], asked: Mapping[_Key, str]) -> None:
    if asked:
        rows = [
            {"key": key, "day": day, "response": id, "answered": int(claims[id].answered)}
            for (key, day), id in sorted(asked.items())
        ]
        connection.execute(_CLAIM, rows)


def _keys(each: Claim) -> tuple[_Key, ...]:
    days: tuple[str, ...] = ()
    if each.cases:
        first = date.fromisoformat(each.day)
        days = tuple((first + timedelta(days=later)).isoformat() for later in range(DAYS + 1))
    return (*((key, "") for key in each.keys), *((case, day) for case in each.cases for day in days))


def release(connection: Connection, ids: Collection[str]) -> None:
    """Take back what these responses have claimed: they are repeated, or about to be removed."""
    if ids:
        connection.execute(delete(first_answers).where(first_answers.c.response.in_(ids)))


def owners_of(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Which of these keys an answer has once and for all, and its response."""
    return {key: owner for (key, _), owner in _owners(connection, [(key, "") for key in keys]).items()}


def _owners(connection: Connection, keys: Collection[_Key]) -> dict[_Key, str]:
    c = first_answers.c
    query = select(c.key, c.day, c.response).where(c.key.in_({key for key, _ in keys}), c.answered == 1)
    wanted = set(keys)
    rows = connection.execute(query)
    return {key: row.response for row in rows if (key := (row.key, row.day)) in wanted}


def read_claims(connection: Connection, made_by: Select[tuple[str]]) -> Sequence[Any]:
    """What these responses have claimed."""
    return connection.execute(select(first_answers).where(first_answers.c.response.in_(made_by))).all()


def carry_claims(connection: Connection, claims: Sequence[Any]) -> None:
    """Keep claims of a replaced database whose response is here; what was claimed here since stays."""
    here = select(responses.c.id).where(responses.c.id.in_({row.response for row in claims}))
    kept = set(connection.execute(here).scalars())
    if rows := [row._mapping for row in claims if row.response in kept]:
        connection.execute(_CLAIM, rows)
