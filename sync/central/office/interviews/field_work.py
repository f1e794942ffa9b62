"""The acts of the field work: a unit is given to an interviewer, who opens the next person and records what
came of it.

Promises:
- only the next person is opened, and only what is about that person is recorded: another one is refused, and
  so is one whom the account has not opened, because nobody can have asked them;
- somebody who was not met is asked again later, and replaced from the reserve after MOST_TRIES;
- an interviewer goes on to the next person also where nobody of the reserve is left;
- a form that is sent twice is stored once.
"""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select, update

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.answers import Interview, store_interview
from sync.central.office.interviews.whose_turn import Assigned, assigned_to, interviewer_at
from sync.central.office.keys.stored import Keys
from sync.central.office.people.accounts import is_ended
from sync.central.office.sample.sealed_list import Person, Place, of_place, open_person
from sync.central.office.sample.selecting import note_step, replace_person
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, drawn_steps
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED, INTERVIEWER_UNUSABLE

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


def open_next(act: Act, account: int, keys: Keys) -> tuple[Assigned, Person] | None:
    """The next person whom this account asks; None if there is nobody. Raises ProblemError HL4316."""
    every = assigned_to(act.connection, account, act.now.astimezone(VIET_NAM).date())
    if not every:
        act.undo()
        return None
    chosen = every[0]
    person = open_person(act, chosen.place, chosen.number, keys.sealing_keys())
    note_step(act, chosen.place, chosen.number, "open", account=account)
    return chosen, person


def record_outcome(act: Act, account: int, key: str, outcome: Outcome) -> None:
    """Record that the next person could not be asked.

    key: of the person whom the page showed. Raises ProblemError HL4318.
    """
    one_at_a_time(act.connection)
    chosen, _ = _next(act, account, key)
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
    made = store_interview(act, chosen.place.unit, said, opened_at, keys)
    # Of staff who are asked about their own office the list knows that somebody answered, never what.
    named = "" if "staff" in chosen.group.respondents else made
    this = (of_place(drawn_people, chosen.place), c.place == chosen.number)
    connection.execute(update(drawn_people).where(*this).values(state="done", response=named))
    note_step(act, chosen.place, chosen.number, "done", account=account)
    act.note("person-asked", chosen.place.subject, f"number: {chosen.number}")
    return made


def _opened_at(act: Act, account: int, chosen: Assigned) -> datetime | None:
    c = drawn_steps.c
    query = (
        select(c.at)
        .where(of_place(drawn_steps, chosen.place), c.place == chosen.number)
        .where(c.account == account, c.step == "open")
        .order_by(c.position.desc())
        .limit(1)
    )
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
