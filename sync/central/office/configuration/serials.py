"""Serials of badges and cards that are no longer valid, at a unit and below it."""

from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, not_there
from sync.central.store.schema import revoked_serials
from sync.contract.masking import mask_digits


def revoke_serial(act: Act, unit: str, serial: str, why: str) -> None:
    """Let a badge or card be refused at a unit and below it. Raises ProblemError HL5011, HL5071."""
    begin(act, why, unit)
    put_serial(act.connection, unit, serial)
    act.note("serial-revoke", serial, f"{unit}; {mask_digits(why)}")


def restore_serial(act: Act, unit: str, serial: str, why: str) -> None:
    """Let it be accepted again. Raises ProblemError HL5011, HL5071, HL5072."""
    begin(act, why, unit)
    if serial not in serials_of(act.connection, unit):
        raise not_there("serials", serial)
    drop_serial(act.connection, unit, serial)
    act.note("serial-restore", serial, f"{unit}; {mask_digits(why)}")


def serials_of(connection: Connection, unit: str) -> tuple[str, ...]:
    """The serials that this very unit has revoked."""
    query = select(revoked_serials.c.serial).where(revoked_serials.c.unit == unit)
    return tuple(connection.execute(query.order_by(revoked_serials.c.serial)).scalars())


def put_serial(connection: Connection, unit: str, serial: str) -> None:
    """Store a revoked serial."""
    drop_serial(connection, unit, serial)
    connection.execute(insert(revoked_serials).values(unit=unit, serial=serial))


def drop_serial(connection: Connection, unit: str, serial: str) -> None:
    """Remove the row of a serial."""
    row = (revoked_serials.c.unit == unit) & (revoked_serials.c.serial == serial)
    connection.execute(delete(revoked_serials).where(row))
