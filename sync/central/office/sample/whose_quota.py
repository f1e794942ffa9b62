"""How many people of each field an interviewer asks, or has asked, at each unit: for the paper to carry.

Counts alone; nobody of the list is named.
"""

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.store.sample_tables import drawn_people


class FieldToAsk(Struct, frozen=True, kw_only=True):
    """People of a field at a unit. field: "" where the list does not say.

    per_day: how many a day at most, of people who are met there without a list; 0 for who was drawn.
    """

    group: str
    unit: str
    field: str
    people: int
    per_day: int = 0


def fields_to_ask(connection: Connection, plan: str, account: int) -> tuple[FieldToAsk, ...]:
    """What this account has to ask or has asked, by group, unit and field."""
    c = drawn_people.c
    key = (c.stratum, c.unit, c.field)
    query = (
        select(*key, func.count())
        .where(c.plan == plan, c.account == account, c.state.in_(("waiting", "done")))
        .group_by(*key)
        .order_by(*key)
    )
    return tuple(
        FieldToAsk(group=group, unit=unit, field=field, people=int(n))
        for group, unit, field, n in connection.execute(query)
    )
