"""Which of those drawn somebody asks, and who is next: who was not met comes again after the others.

Of staff the next one is chosen by lot when they are opened, and stays the next until something is recorded.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.people.accounts import read_person
from sync.central.office.people.permissions import Held
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.plans import issued_plan
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.store.sample_tables import drawn_people, drawn_steps
from sync.contract.plan import Plan, PlanGroup


class Assigned(Struct, frozen=True, kw_only=True):
    """Somebody to ask. number: the place in the draw. tries: how often they were not met.

    opened: of staff alone, whether they are open now.
    """

    plan: Plan
    group: PlanGroup
    place: Place
    number: int
    field: str
    tries: int
    opened: bool

    @property
    def staff(self) -> bool:
        """Whether they may be staff, asked about their own office."""
        return "staff" in self.group.respondents

    @property
    def row(self) -> tuple[int, str]:
        """The same for all of a list who could be next as well."""
        return self.tries, self.key[: self.key.rindex("/")]

    @property
    def key(self) -> str:
        """Names them in a form."""
        return f"{self.place.stratum.plan}/{self.place.stratum.group}/{self.place.unit}/{self.number}"


def assigned_to(connection: Connection, account: int, today: date) -> tuple[Assigned, ...]:
    """Everybody whom this account still asks, the next one first.

    None outside of their plan's window and of their unit's top-ups, or after it was closed, and none of a
    plan at whose unit the account is no interviewer today.
    """
    every = _of_account(connection, account, today)
    return tuple(sorted(every, key=lambda each: (*each.row, not each.opened, each.number)))


def interviewer_at(connection: Connection, account: int, unit: str, today: date) -> Held | None:
    """The role with which this account asks people for plans of the unit today; None for no such role."""
    held = read_person(connection, account).roles
    return next(
        (each for each in held if each.role == "interviewer" and each.unit == unit and each.on(today)), None
    )


def _of_account(connection: Connection, account: int, today: date) -> Iterator[Assigned]:
    c = drawn_people.c
    waiting = select(drawn_people).where(c.account == account, c.state == "waiting")
    tries, opened = _steps(connection, account, "unmet"), _steps(connection, account, "open")
    plans: dict[str, Plan | None] = {}
    for row in connection.execute(waiting):
        if row.plan not in plans:
            issued = issued_plan(connection, row.plan)
            asked = issued is not None and not issued.withdrawn and not is_closed(connection, row.plan)
            plan = issued.plan if issued and asked else None
            asks = plan is not None and interviewer_at(connection, account, plan.unit, today) is not None
            plans[row.plan] = plan if asks else None
        plan = plans[row.plan]
        group = next((each for each in plan.groups if each.id == row.stratum), None) if plan else None
        if plan is None or group is None or not plan.asks_on(group, row.unit, today):
            continue
        yield Assigned(
            plan=plan,
            group=group,
            place=Place(Stratum(row.plan, row.stratum), row.unit),
            number=row.place,
            field=row.field,
            tries=tries[row.plan, row.stratum, row.unit, row.place],
            opened="staff" in group.respondents and opened[row.plan, row.stratum, row.unit, row.place] > 0,
        )


def _steps(connection: Connection, account: int, step: str) -> Counter[tuple[str, str, str, int]]:
    c = drawn_steps.c
    key = (c.plan, c.stratum, c.unit, c.place)
    query = select(*key, func.count()).where(c.account == account, c.step == step).group_by(*key)
    return Counter(
        {(plan, group, unit, place): n for plan, group, unit, place, n in connection.execute(query)}
    )
