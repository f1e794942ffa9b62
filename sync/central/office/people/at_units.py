"""The people of units: those with a role at a unit itself, not above it, that lets them do an act."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, select

from sync.central.office.people.permissions import RULES, PermittedAct
from sync.central.store.schema import accounts, roles

Names = Mapping[int, str]
"""The names of people, in their order, by account."""


def people_at(
    connection: Connection, units: Collection[str], act: PermittedAct, day: date
) -> Mapping[str, Names]:
    """The people of each of these units who may do `act` there on `day`; units without any are left out."""
    on = day.isoformat()
    query = (
        select(roles.c.unit, accounts.c.id, accounts.c.name)
        .distinct()
        .join(accounts, roles.c.account == accounts.c.id)
        .where(
            roles.c.unit.in_(sorted(units)),
            roles.c.role.in_(RULES[act].roles),
            roles.c.taken_at.is_(None),
            accounts.c.ended_at.is_(None),
            (roles.c.first_day == "") | (roles.c.first_day <= on),
            (roles.c.last_day == "") | (roles.c.last_day >= on),
        )
        .order_by(accounts.c.name, accounts.c.id)
    )
    people: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for unit, account, name in connection.execute(query):
        people[unit][account] = name
    return people
