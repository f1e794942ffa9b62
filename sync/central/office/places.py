"""Which device is at a counter: a place gets one, or another one in place of a broken one.

Promises (each has a test of this name):
- a place has at most one device that waits for its enrolment;
- a replaced device is revoked in the same act, and what it made and did not send is named;
- an assignment to a replaced device is its successor's from the same act on;
- no id is ever used for two devices.
"""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.assigning import assignments_to, put_assignment
from sync.central.office.configuration.counters import check_counter
from sync.central.office.devices import list_devices, revoke
from sync.central.office.units.revisions import all_changed, changed
from sync.central.office.units.stored import is_unit
from sync.central.store.schema import devices
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.centre import (
    DEVICE_REPLACED,
    DEVICE_UNKNOWN,
    UNIT_UNKNOWN,
)
from sync.contract.ranges import Ranges

_LONGEST = 56
"""Characters of a place in a device's id; a number follows."""


class Replacement(Struct, frozen=True):
    """The new device of a place, and what the old one made (highest number) and did not send."""

    device: str
    made: int
    missing: Ranges


def device_at(act: Act, *, unit: str, counter: str = "") -> str:
    """The device of this place that waits for its enrolment; made if there is none.

    Raises ProblemError HL5011 (no such unit), HL5085 (the unit has other counters), HL5086 (no id).
    """
    connection = act.connection
    changed(connection, unit, act.now)
    wrong = Wrong()
    with wrong:
        if not is_unit(connection, unit):
            raise ProblemError(UNIT_UNKNOWN(where="--unit", detail=unit))
    with wrong:
        if counter:
            check_counter(connection, unit, counter)
    wrong.check()
    here = (devices.c.kind == "terminal") & (devices.c.unit == unit) & (devices.c.counter == counter)
    waits = devices.c.public_key.is_(None) & (devices.c.state == "active")
    query = select(devices.c.id).where(here & waits).order_by(devices.c.id)
    return connection.execute(query).scalar() or _make(act, kind="terminal", unit=unit, counter=counter)


def replace_device(act: Act, *, device: str, reason: str) -> Replacement:
    """Give the place of `device` to a new one, and revoke `device`.

    Asked again before the new one is enrolled, that one is returned. Raises ProblemError HL5004 (no such
    device), HL5087 (it was replaced, and its successor is enrolled).
    """
    connection = act.connection
    old = next(iter(list_devices(connection, device)), None)
    if old is None:
        raise ProblemError(DEVICE_UNKNOWN(where="device", detail=device))
    changed(connection, old.unit, act.now)
    successor = connection.execute(select(devices).where(devices.c.replaces == device)).first()
    if successor is not None and successor.public_key is not None:
        raise ProblemError(DEVICE_REPLACED(where="device", detail=successor.id))
    new = (
        successor.id
        if successor is not None
        else _make(act, kind=old.kind, unit=old.unit, counter=old.counter, replaces=device)
    )
    if old.state != "revoked":
        revoke(act, device=device, reason=reason)
    assigned = assignments_to(connection, device)
    for assignment in assigned:
        put_assignment(connection, replace(assignment, device=new))
    all_changed(connection, (assignment.unit for assignment in assigned), act.now)
    lost = ", ".join(f"{first}-{last}" for first, last in old.gaps) or "none"
    act.note("replace-device", device, f"{new}; missing: {lost}; {mask_digits(reason)}")
    return Replacement(new, old.made, old.gaps)


def _make(act: Act, *, kind: str, unit: str, counter: str, replaces: str | None = None) -> str:
    connection = act.connection
    id = _free_id(connection, f"{unit}-{counter}" if counter else unit)
    values = {"kind": kind, "unit": unit, "counter": counter, "replaces": replaces}
    connection.execute(insert(devices).values(id=id, **values))
    act.note("device", id, f"{unit} {counter}".strip())
    return id


def _free_id(connection: Connection, place: str) -> str:
    base = place[:_LONGEST]
    taken = set(
        connection.execute(
            select(devices.c.id).where(devices.c.id.startswith(base, autoescape=True))
        ).scalars()
    )
    number = 1
    while (id := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return id
