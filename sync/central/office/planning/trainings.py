"""Trainings of those who hand forms out or ask people: who was invited, and who was there.

Promises:
- a name of somebody invited is in no line of the audit log, and is removed some time after the plan's end,
  see office/planning_kept.py;
- who was there is noted from the day of the training on, and can be corrected until the plan is closed.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.planning.closed_plans import check_open
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_trainings
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import PLAN_CHANGED, PLAN_ENTRY_WRONG

MOST_PEOPLE: Final = 300
TEXT: Final = 200
"""Characters of a name, an office or a place."""


class Invited(Struct, frozen=True, kw_only=True):
    """Somebody who was invited. office: of theirs, "" for none. there: they came."""

    name: str
    office: str = ""
    there: bool = False


class Training(Struct, frozen=True, kw_only=True):
    """A training. changed_at: when its list was last changed."""

    id: str
    day: date
    place: str
    people: tuple[Invited, ...]
    changed_at: str

    @property
    def came(self) -> int:
        """How many were there."""
        return sum(each.there for each in self.people)


def new_training() -> str:
    """An id that no other training has."""
    return secrets.token_hex(6)


def read_invited(text: str) -> tuple[Invited, ...]:
    """Those of a list with a line each, “name; office”. Pure; raises ProblemError HL4290."""
    found = []
    for line in text.splitlines():
        name, _, office = (part.strip() for part in line.partition(";"))
        if not name and not office:
            continue
        if not name or max(len(name), len(office)) > TEXT:
            raise ProblemError(PLAN_ENTRY_WRONG(where="nguoi", detail="mỗi dòng: họ tên; đơn vị"))
        found.append(Invited(name=name, office=office))
    if not 0 < len(found) <= MOST_PEOPLE:
        raise ProblemError(PLAN_ENTRY_WRONG(where="nguoi", detail=f"từ 1 đến {MOST_PEOPLE}"))
    return tuple(found)


def trainings_of(connection: Connection, plan: str) -> tuple[Training, ...]:
    """The trainings of a plan, the first one first."""
    c = plan_trainings.c
    query = select(plan_trainings).where(c.plan == plan).order_by(c.day, c.id)
    return tuple(map(_training, connection.execute(query)))


def training_of(connection: Connection, plan: str, id: str) -> Training | None:
    """One of them; None if there is none."""
    return next((each for each in trainings_of(connection, plan) if each.id == id), None)


def hold_training(act: Act, plan: str, id: str, day: date, place: str, people: Sequence[Invited]) -> None:
    """Plan a training; one that is sent twice is kept once. Raises ProblemError HL4290, HL4298."""
    one_at_a_time(act.connection)
    check_open(act.connection, plan)
    if len(place) > TEXT:
        raise ProblemError(PLAN_ENTRY_WRONG(where="noi", detail=f"dài hơn {TEXT} ký tự"))
    if len(id) != 12 or not id.isalnum():
        raise ProblemError(PLAN_ENTRY_WRONG(where="ma"))
    c = plan_trainings.c
    if act.connection.execute(select(c.id).where(c.id == id)).first():
        act.undo()
        return
    values = {"id": id, "plan": plan, "day": day.isoformat(), "place": place}
    values |= {"people": _written(people), "changed_at": act.now.isoformat()}
    act.connection.execute(insert(plan_trainings).values(values))
    act.note("training", plan, f"{day.isoformat()}, {len(people)}")


def note_attendance(act: Act, plan: str, id: str, there: Collection[int], before: str) -> int:
    """Note who was there, by their places in the list from 0; how many.

    before: when the list was last changed, as it was read. Raises ProblemError HL4290 before the day of the
    training, HL4291, HL4298.
    """
    one_at_a_time(act.connection)
    check_open(act.connection, plan)
    training = training_of(act.connection, plan, id)
    if training is None or training.changed_at != before:
        raise ProblemError(PLAN_CHANGED(where=plan))
    if training.day > act.now.astimezone(VIET_NAM).date():
        raise ProblemError(PLAN_ENTRY_WRONG(where="co_mat", detail="ngày này chưa đến"))
    people = [replace(each, there=place in there) for place, each in enumerate(training.people)]
    values = {"people": _written(people), "changed_at": act.now.isoformat()}
    act.connection.execute(update(plan_trainings).where(plan_trainings.c.id == id).values(values))
    came = sum(each.there for each in people)
    act.note("training-there", plan, f"{training.day.isoformat()}, {came}/{len(people)}")
    return came


def drop_training(act: Act, plan: str, id: str) -> None:
    """Remove a training at which nobody has been noted. Raises ProblemError HL4291, HL4298."""
    one_at_a_time(act.connection)
    check_open(act.connection, plan)
    training = training_of(act.connection, plan, id)
    if training is None or training.came:
        raise ProblemError(PLAN_CHANGED(where=plan))
    act.connection.execute(delete(plan_trainings).where(plan_trainings.c.id == id))
    act.note("training-drop", plan, training.day.isoformat())


def _written(people: Sequence[Invited]) -> str:
    return msgspec.json.encode(tuple(people)).decode()


def _training(row: Row[tuple[str, ...]]) -> Training:
    return Training(
        id=row.id,
        day=date.fromisoformat(row.day),
        place=row.place,
        people=msgspec.json.decode(row.people, type=tuple[Invited, ...]),
        changed_at=row.changed_at,
    )
