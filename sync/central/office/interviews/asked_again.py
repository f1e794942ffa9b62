"""Interviews that turned out wrong are asked again: one of them, or all of an interviewer.

Promises:
- a form that is asked again is voided with its re-check, of which the audit log keeps the result, and the
  person waits for another interviewer; where they left no telephone number, somebody else is met instead;
- from a share of wrong re-checks on, all forms of their interviewer are asked again before the plan closes;
- asking some of them again lowers that share for nobody: what was wrong is counted until all were ordered.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.corrections import void, voided_here
from sync.central.office.interviews.again import WRONG, Checked, checked_of, find_recheck
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place, of_place
from sync.central.office.sample.selecting import note_step
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, frame_people, rechecks
from sync.contract.masking import mask_digits
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED

MOST_WRONG: Final = 20
"""Percent of an interviewer's re-checks that are wrong, from which on all of their forms are asked again."""
FEWEST: Final = 2
"""Wrong re-checks under which nobody's forms are all asked again: a single one may be a misunderstanding."""


def is_asked_again(checked: Checked) -> bool:
    """Whether all forms of this interviewer have to be asked again. Pure.

    Of the re-checks that were done, or of those that have to be, whichever are more: what is left to check
    changes the answer from no to yes, never back.
    """
    tried = max(checked.wanted, checked.done + checked.ordered)
    return bool(checked.asked) and checked.wrong >= FEWEST and 100 * checked.wrong >= MOST_WRONG * tried


def order_again(act: Act, plan: Plan, key: str, reason: str) -> None:
    """Void an interview that turned out wrong: its person waits for another interviewer.

    Raises ProblemError HL4318 unless it was checked and differs, and as `void`.
    """
    one_at_a_time(act.connection)
    found = find_recheck(act.connection, plan.id, key)
    if found.result not in WRONG or found.state != "done":
        raise ProblemError(DRAWN_CHANGED())
    _ask_again(act, [(found.place, found.number)], reason)
    note_step(act, found.place, found.number, "again", account=found.account)
    act.note("recheck-again", found.place.subject, f"{found.number} {mask_digits(reason)}")


def order_all_again(act: Act, plan: Plan, account: int, reason: str) -> int:
    """Void all interviews of this interviewer that can be checked; how many people wait for another one.

    Raises ProblemError HL4318 unless their re-checks say so, and as `void`.
    """
    connection, c = act.connection, drawn_people.c
    one_at_a_time(connection)
    checked = next((each for each in checked_of(connection, plan) if each.account == account), None)
    if checked is None or not is_asked_again(checked):
        raise ProblemError(DRAWN_CHANGED())
    query = (
        select(c.stratum, c.unit, c.place)
        .where(c.plan == plan.id, c.account == account, c.state == "done", c.response != "")
        .order_by(c.stratum, c.unit, c.place)
    )
    asked = [
        (Place(Stratum(plan.id, group), unit), number) for group, unit, number in connection.execute(query)
    ]
    _ask_again(act, asked, reason)
    note_step(act, asked[0][0], 0, "all", account=account)
    act.note("recheck-all", plan.id, f"account {account}, {len(asked)}: {mask_digits(reason)}")
    return len(asked)


def _ask_again(act: Act, interviews: Iterable[tuple[Place, int]], reason: str) -> None:
    connection = act.connection
    voided = voided_here(connection)
    d, p = drawn_people.c, frame_people.c
    for place, number in interviews:
        this = (of_place(drawn_people, place), d.place == number)
        code, response = connection.execute(select(d.code, d.response).where(*this)).one()
        if response not in voided:
            void(act, response, reason)
        listed = select(p.code).where(of_place(frame_people, place), p.code == code)
        found_again = connection.execute(listed).first() is not None
        values = {"state": "waiting" if found_again else "unmet", "account": None, "response": ""}
        connection.execute(update(drawn_people).where(*this).values(values))
        checked = (of_place(rechecks, place), rechecks.c.place == number)
        connection.execute(delete(rechecks).where(*checked))
