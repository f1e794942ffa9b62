"""Letters as keying and removing see them: what a form's answer claims, what came back, what stays.

First answer counts: the form of a letter and its link claim the same key (store/first_answers.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.sample.emptying import KEPT_DAYS
from sync.central.store.database import one_at_a_time
from sync.central.store.first_answers import Claim
from sync.central.store.letter_tables import letters
from sync.central.store.paper_tables import print_runs
from sync.central.store.response_digest import digest_of
from sync.contract.plan import VIET_NAM

Rows = Sequence[Any]  # of the driver


class LettersKept(Struct, frozen=True):
    """Rows of letters, and the ids of all print runs: one of them without letters had its letters removed."""

    letters: Rows
    runs: frozenset[str]


def link_digest(code: str) -> bytes:
    """What is stored of the code of a link."""
    return hashlib.sha256(code.encode()).digest()


def letter_claim(connection: Connection, unit: str, plan: str, form: int) -> Claim | None:
    """What an answer on this form claims; None if the form came with no letter, or its link is gone."""
    link = connection.execute(select(letters.c.link).where(_of_form(unit, plan, form))).scalar()
    return None if link is None else claim_of(bytes(link))


def claim_of(link: bytes) -> Claim:
    """What an answer to the letter with this digest of a link claims."""
    return Claim((digest_of(f"letter {link.hex()}"),), answered=True)


def note_returned(connection: Connection, unit: str, plan: str, form: int, day: date, at: str) -> None:
    """The form of a letter came back on this day; nothing if it came with no letter, or was noted before."""
    own = and_(_of_form(unit, plan, form), letters.c.returned_on == "")
    values = {"returned_on": day.isoformat(), "changed_at": at}
    connection.execute(update(letters).where(own).values(values))


def _of_form(unit: str, plan: str, form: int) -> ColumnElement[bool]:
    c = letters.c
    return and_(c.unit == unit, c.plan == plan, c.form == form)


def empty_letters(act: Act, ended: Mapping[str, date]) -> int:
    """Remove the organisations, drafts and links of every plan that ended more than KEPT_DAYS ago; how many.

    Left are the numbers and what became of each letter: nothing leads from a letter to its answer.
    ended: the day on which each plan ended; a plan that is not in it has not. Undoes the act if there was
    nothing to remove.
    """
    connection, c = act.connection, letters.c
    one_at_a_time(connection)
    before = act.now.astimezone(VIET_NAM).date() - timedelta(days=KEPT_DAYS)
    plans = connection.execute(select(c.plan).where(c.sealed_box != "").distinct().order_by(c.plan)).scalars()
    over = [plan for plan in plans if plan in ended and ended[plan] < before]
    count = 0
    for plan in over:
        removed = {"link": None, "sealed_key": "", "sealed_box": "", "drafts": ""}
        removed["changed_at"] = act.now.isoformat()
        own = (c.plan == plan) & (c.sealed_box != "")
        number = int(connection.execute(update(letters).where(own).values(removed)).rowcount)
        act.note("letters-removed", plan, str(number))
        count += number
    if not over:
        act.undo()
    return count


# --- over a restore ----------------------------------------------------------------------------------


def read_letters(connection: Connection) -> LettersKept:
    """All of this database."""
    return LettersKept(
        connection.execute(select(letters)).all(),
        frozenset(connection.execute(select(print_runs.c.id)).scalars()),
    )


def carry_letters(connection: Connection, kept: LettersKept, numbers: Mapping[int, int]) -> int:
    """Add what is missing here and what was changed later there, remove what was removed; how many rows.

    numbers: of each account there, its number here.
    """
    there = {(row.unit, row.plan, row.form) for row in kept.letters}
    here = {(row.unit, row.plan, row.form): row for row in connection.execute(select(letters))}
    count = 0
    for key, row in here.items():
        if row.run in kept.runs and key not in there:
            connection.execute(delete(letters).where(_of_form(*key)))
            count += 1
    for row in kept.letters:
        key = (row.unit, row.plan, row.form)
        known = here.get(key)
        if known is not None and known.changed_at >= row.changed_at:
            continue
        values = dict(row._mapping) | {"account": numbers.get(row.account, row.account)}
        connection.execute(delete(letters).where(_of_form(*key)))
        connection.execute(insert(letters).values(values))
        count += 1
    return count


def letter_fault(connection: Connection) -> str:
    """What is wrong with the stored letters, "" for nothing: for the check of a backup."""
    printed = exists().where(print_runs.c.id == letters.c.run)
    if connection.execute(select(letters.c.form).where(~printed).limit(1)).first():
        return "a letter of no print run"
    return ""
