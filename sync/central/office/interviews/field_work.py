"""The acts of the field work: a unit is given to an interviewer, who opens the next person and records what
came of it.

Promises:
- only the next person is opened, and only what is about that person is recorded: another one is refused, and
  so is one whom the account has not opened, because nobody can have asked them;
- somebody who was not met is asked again later, and replaced from the reserve after MOST_TRIES;
- an interviewer goes on to the next person also where nobody of the reserve is left;
- a form that is sent twice is stored once;
- of staff the centre knows that somebody answered, never what: whom an interviewer asks next is drawn by lot
  and not kept, the line in the audit log and the step of the day have no number, and the response has the
  beginning of its day for its id and all of its times.

What an administrator of the database can still infer about staff: who was asked and has answered by now, from
the log the minute of each response of a unit, and all answers where everybody gave the same or one person
was asked. Not who gave which response; only who watches the database while it works (its copies between two
answers, its journal, PostgreSQL's numbers of transactions in a row) sees who was done last, and so whose
response came last: a program of the centre can't hide that.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, delete, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.answers import Interview, store_interview
from sync.central.office.interviews.confidential import has_promised
from sync.central.office.interviews.whose_turn import Assigned, assigned_to, interviewer_at
from sync.central.office.keys.stored import Keys
from sync.central.office.people.accounts import is_ended
from sync.central.office.sample.sealed_list import Person, Place, of_place, open_person
from sync.central.office.sample.selecting import note_step, replace_person
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, drawn_steps
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED, INTERVIEWER_UNUSABLE, NOT_PROMISED

MOST_TRIES: Final = 3
Outcome = Literal["unmet", "refused", "moved"]


def assign_unit(act: Act, place: Place, account: int | None, *, owner: str) -> int:
    """Let this account ask everybody of a unit who still has to be asked; None: nobody. How many people.

    owner: the plan's unit, where the account has to be an interviewer until a day. Raises ProblemError
    HL4319.
    """
    connection, c = act.connection, drawn_people.c
    one_at_a_time(connection)
    if account is not None:
        held = interviewer_at(connection, account, owner, act.now.astimezone(VIET_NAM).date())
        if held is None or held.last is None or is_ended(connection, account):
            raise ProblemError(INTERVIEWER_UNUSABLE(where="account"))
    waiting = (of_place(drawn_people, place), c.state == "waiting")
    count = int(connection.execute(update(drawn_people).where(*waiting).values(account=account)).rowcount)
    act.note("people-assign", place.subject, f"account {account}" if account else "")
    return count


def open_next(
    act: Act, account: int, keys: Keys, lot: Callable[[Sequence[Assigned]], Assigned] = secrets.choice
) -> tuple[Assigned, Person] | None:
    """The next person whom this account asks; None if there is nobody.

    lot: chooses one of the staff who could be next. Raises ProblemError HL4316, HL4360 before the account has
    promised confidentiality.
    """
    every = assigned_to(act.connection, account, act.now.astimezone(VIET_NAM).date())
    if not every:
        act.undo()
        return None
    if not has_promised(act.connection, account):
        raise ProblemError(NOT_PROMISED())
    chosen = every[0]
    if chosen.staff and not chosen.opened:
        chosen = lot([each for each in every if each.row == chosen.row])
    person = open_person(act, chosen.place, chosen.number, keys.sealing_keys(), named=not chosen.staff)
    at = _day(act.now) if chosen.staff else act.now
    note_step(act, chosen.place, chosen.number, "open", account=account, at=at)
    return chosen, person


def record_outcome(act: Act, account: int, key: str, outcome: Outcome) -> None:
    """Record that the next person could not be asked.

    key: of the person whom the page showed. Raises ProblemError HL4318.
    """
    one_at_a_time(act.connection)
    chosen, _ = _next(act, account, key)
    if chosen.staff:
        _forget_opening(act, account, chosen)
    if outcome == "unmet" and chosen.tries + 1 < MOST_TRIES:
        note_step(act, chosen.place, chosen.number, "unmet", account=account)
        act.note("person-unmet", chosen.place.subject, f"number: {chosen.number}")
        return
    replace_person(act, chosen.place, chosen.number, outcome, account=account)


def record_interview(act: Act, account: int, key: str, said: Interview, keys: Keys) -> str:
    """Store what the next person said; the id of the response. Raises ProblemError HL4318, HL4321."""
    connection, c = act.connection, drawn_people.c
    one_at_a_time(connection)
    chosen, opened_at = _next(act, account, key)
    this = (of_place(drawn_people, chosen.place), c.place == chosen.number)
    if chosen.staff:
        day = _day(act.now)
        made = store_interview(act, chosen.place.unit, said, (day, day), keys)
        connection.execute(update(drawn_people).where(*this).values(state="done"))
        _forget_opening(act, account, chosen)
        note_step(act, chosen.place, 0, "done", account=account, at=day)
        act.note("person-asked", chosen.place.subject)
        return made
    made = store_interview(act, chosen.place.unit, said, (opened_at, act.now), keys)
    connection.execute(update(drawn_people).where(*this).values(state="done", response=made))
    note_step(act, chosen.place, chosen.number, "done", account=account)
    act.note("person-asked", chosen.place.subject, f"number: {chosen.number}")
    return made


def _day(now: datetime) -> datetime:
    """The beginning of the day in Viet Nam."""
    return datetime.combine(now.astimezone(VIET_NAM), time(), VIET_NAM)


def _forget_opening(act: Act, account: int, chosen: Assigned) -> None:
    act.connection.execute(delete(drawn_steps).where(_openings(account, chosen)))


def _openings(account: int, chosen: Assigned) -> ColumnElement[bool]:
    c = drawn_steps.c
    here = of_place(drawn_steps, chosen.place)
    return and_(here, c.place == chosen.number, c.account == account, c.step == "open")


def _opened_at(act: Act, account: int, chosen: Assigned) -> datetime | None:
    c = drawn_steps.c
    query = select(c.at).where(_openings(account, chosen)).order_by(c.position.desc()).limit(1)
    found = act.connection.execute(query).scalar()
    return datetime.fromisoformat(found) if found else None


def _next(act: Act, account: int, key: str) -> tuple[Assigned, datetime]:
    """The next person, and when this account last opened them."""
    every = assigned_to(act.connection, account, act.now.astimezone(VIET_NAM).date())
    if not every or every[0].key != key:
        raise ProblemError(DRAWN_CHANGED())
    opened_at = _opened_at(act, account, every[0])
    if opened_at is None:
        raise ProblemError(DRAWN_CHANGED())
    return every[0], opened_at
