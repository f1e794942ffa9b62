"""Counters: the places of a unit where terminals are."""

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, not_there
from sync.central.store.schema import assignments, counters, devices
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Counter
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import COUNTER_ID_WRONG, COUNTER_IN_USE, COUNTER_UNKNOWN, ROW_THERE
from sync.contract.text import Id, Text


def add_counter(act: Act, counter: Counter, why: str) -> None:
    """Add a counter to a unit; raises ProblemError HL5011, HL5071, HL5073."""
    begin(act, why, counter.unit)
    if counter_of(act.connection, counter.unit, counter.id) is not None:
        raise ProblemError(ROW_THERE(where=f"counters {counter.id}", detail=counter.unit))
    put_counter(act.connection, counter)
    act.note("counter-add", counter.id, f"{counter.unit}; {mask_digits(why)}")


def change_counter(act: Act, unit: str, id: str, why: str, *, name: Text) -> Counter:
    """Give a counter another name; returns it then. Raises ProblemError HL5011, HL5071, HL5072."""
    begin(act, why, unit)
    before = counter_of(act.connection, unit, id)
    if before is None:
        raise not_there("counters", id)
    after = Counter(id, unit, {**before.name, **name})
    put_counter(act.connection, after)
    act.note("counter-change", id, f"{unit}; {mask_digits(why)}")
    return after


def remove_counter(act: Act, unit: str, id: str, why: str) -> None:
    """Remove a counter; its responses stay.

    Raises ProblemError HL5011, HL5071, HL5072, or HL5141 while a device or an assignment is there.
    """
    begin(act, why, unit)
    if counter_of(act.connection, unit, id) is None:
        raise not_there("counters", id)
    users = _users(act.connection, unit, id)
    if users:
        raise ProblemError(COUNTER_IN_USE(where=f"counters {id}", detail=", ".join(users)))
    drop_counter(act.connection, unit, id)
    act.note("counter-remove", id, f"{unit}; {mask_digits(why)}")


def counter_of(connection: Connection, unit: str, id: str) -> Counter | None:
    """The counter of this unit with this id."""
    row = connection.execute(select(counters).where(_row(unit, id))).first()
    return Counter(row.id, row.unit, msgspec.json.decode(row.name, type=Text)) if row else None


def put_counter(connection: Connection, counter: Counter) -> None:
    """Store a counter in place of the one with this id."""
    drop_counter(connection, counter.unit, counter.id)
    name = msgspec.json.encode(counter.name).decode()
    connection.execute(insert(counters).values(unit=counter.unit, id=counter.id, name=name))


def drop_counter(connection: Connection, unit: str, id: str) -> None:
    """Remove the row of a counter."""
    connection.execute(delete(counters).where(_row(unit, id)))


def _users(connection: Connection, unit: str, id: str) -> list[str]:
    """The ids of devices in use and of assignments at a counter."""
    here = (devices.c.unit == unit) & (devices.c.counter == id) & (devices.c.state == "active")
    users = list(connection.execute(select(devices.c.id).where(here).order_by(devices.c.id)).scalars())
    bodies = connection.execute(
        select(assignments.c.body).where(assignments.c.unit == unit).order_by(assignments.c.id)
    )
    assigned = (msgspec.json.decode(row.body, type=Assignment) for row in bodies)
    return [*users, *(assignment.id for assignment in assigned if assignment.counter == id)]


def _row(unit: str, id: str) -> ColumnElement[bool]:
    return (counters.c.unit == unit) & (counters.c.id == id)


def check_counter(connection: Connection, unit: str, counter: str) -> None:
    """Raises ProblemError HL5085 (the unit has other counters), HL5086 (no id)."""
    try:
        msgspec.convert(counter, Id)
    except msgspec.ValidationError as error:
        raise ProblemError(COUNTER_ID_WRONG(where="--counter", detail=counter)) from error
    query = select(counters.c.id).where(counters.c.unit == unit).order_by(counters.c.id)
    known = list(connection.execute(query).scalars())
    if known and counter not in known:
        raise ProblemError(COUNTER_UNKNOWN(where="--counter", detail=", ".join(known)))
