"""Who may change whose account, roles and secrets: never above one's own role, only in one's own subtree.

The giver is None for a person at the command line, who may change everything.

Promises:
- who resets, ends or marks an account manages every unit at which that account holds a role;
- a role is given and taken only at a unit that the giver manages, never one above the giver's own, and never
  for longer than the giver's own.
"""

from datetime import date

from sqlalchemy import Connection

from sync.central.office.people.above import above
from sync.central.office.people.permissions import Person, covering, is_within, may
from sync.central.office.units.tree import CENTRE
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BEYOND_OWN_ROLE


def check_person(connection: Connection, giver: Person | None, person: Person, day: date) -> None:
    """Return if the giver may change all of this person; raises ProblemError HL5105."""
    if giver is None:
        return
    for unit in places_of(person):
        if not manages(connection, giver, unit, day):
            raise ProblemError(BEYOND_OWN_ROLE(detail=person.login))


def places_of(person: Person) -> frozenset[str]:
    """The units at which the person holds a role; the whole centre for a person without any.

    A role that begins tomorrow or ended yesterday counts too: its person is not somebody else's to change.
    """
    return frozenset(held.unit for held in person.roles) or frozenset({CENTRE})


def check_role(
    connection: Connection,
    giver: Person | None,
    *,
    role: str,
    unit: str,
    day: date,
    last: date | None = None,
) -> None:
    """Return if the giver may give and take this role at this unit; raises ProblemError HL5105.

    last: the last day for which it is given; None to take it away. It is not after the giver's own role ends:
    else a role between two days could be made longer by the person who holds it.
    """
    if giver is None:
        return
    own = [
        held
        for held in covering(giver, unit, day, above(connection, unit, day))
        if is_within(role, held.role)
    ]
    if not own or not manages(connection, giver, unit, day):
        raise ProblemError(BEYOND_OWN_ROLE(detail=f"{role} {unit}".strip()))
    ends = max(held.last or date.max for held in own)
    if last is not None and last > ends:
        raise ProblemError(BEYOND_OWN_ROLE(detail=f"{role} {unit} {ends:%d/%m/%Y}"))


def manages(connection: Connection, giver: Person, unit: str, day: date) -> bool:
    """Whether the giver manages people at this unit."""
    return may(giver, "manage-people", unit, day, above(connection, unit, day))
