"""Devices as an office configures them: terminals, desks and web forms, each at a unit and a counter.

A device keeps its id and its numbering when it moves; what it made before counts for the unit it had then.
"""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.counters import check_counter
from sync.central.office.configuration.deciding import begin, check_units
from sync.central.store.schema import device_moves, devices
from sync.contract.catalogue import Device
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN, ROW_THERE


def add_device(act: Act, device: Device, why: str) -> None:
    """Add a device; raises ProblemError HL5011, HL5071, HL5073."""
    begin(act, why, device.unit)
    there = device_named(act.connection, device.id)
    if there is not None:
        raise ProblemError(ROW_THERE(where=f"devices {device.id}", detail=there.unit))
    put_device(act.connection, device, act.now)
    act.note("device-add", device.id, f"{device.unit} {device.counter}; {mask_digits(why)}")


def move_device(act: Act, id: str, why: str, *, unit: str, counter: str = "") -> Device:
    """Put a device at another place; returns it then. Raises ProblemError HL5004, HL5011, HL5071,
    HL5085, HL5086.
    """
    begin(act, why)
    before = device_named(act.connection, id)
    if before is None:
        raise ProblemError(DEVICE_UNKNOWN(where="devices", detail=id))
    after = Device(id=id, kind=before.kind, unit=unit, counter=counter)
    begin(act, why, before.unit, unit)
    check_units(act.connection, [unit])
    if counter:
        check_counter(act.connection, unit, counter)
    put_device(act.connection, after, act.now)
    act.note("device-move", id, f"{before.unit} {before.counter} → {unit} {counter}; {mask_digits(why)}")
    return after


def device_named(connection: Connection, id: str) -> Device | None:
    """The device with this id."""
    row = connection.execute(select(devices).where(devices.c.id == id)).first()
    return Device(id=row.id, kind=row.kind, unit=row.unit, counter=row.counter) if row else None


def put_device(connection: Connection, device: Device, now: datetime) -> None:
    """Store where a device is; the unit that it had until now is kept in `device_moves`."""
    before = device_named(connection, device.id)
    values = {"kind": device.kind, "unit": device.unit, "counter": device.counter}
    if before is None:
        connection.execute(insert(devices).values(id=device.id, **values))
        return
    if before.unit != device.unit:
        _note_move(connection, before, int(now.timestamp() * 1000))
    connection.execute(update(devices).where(devices.c.id == device.id).values(values))


def _note_move(connection: Connection, before: Device, until: int) -> None:
    key = (device_moves.c.device == before.id) & (device_moves.c.until == until)
    if connection.execute(select(device_moves.c.unit).where(key)).first() is None:
        connection.execute(insert(device_moves).values(device=before.id, until=until, unit=before.unit))
