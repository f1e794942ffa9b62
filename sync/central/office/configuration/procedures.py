"""Procedures: offered at a unit and in the units below it, under their national codes."""

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, not_there
from sync.central.store.known_ids import learn
from sync.central.store.schema import procedures
from sync.contract.catalogue import Procedure
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ROW_THERE
from sync.contract.text import Text


def add_procedure(act: Act, unit: str, procedure: Procedure, why: str) -> None:
    """Offer a procedure at a unit and below it; raises ProblemError HL5011, HL5071, HL5073."""
    begin(act, why, unit)
    if procedure_at(act.connection, unit, procedure.code) is not None:
        raise ProblemError(ROW_THERE(where=f"procedures {procedure.code}", detail=unit))
    _store(act, unit, procedure)
    act.note("procedure-add", procedure.code, f"{unit}; {mask_digits(why)}")


def change_procedure(
    act: Act, unit: str, code: str, why: str, *, name: Text | None = None, field: str | None = None
) -> Procedure:
    """Change what is given; returns the procedure then. Raises ProblemError HL5011, HL5071, HL5072."""
    begin(act, why, unit)
    before = procedure_at(act.connection, unit, code)
    if before is None:
        raise not_there("procedures", code)
    after = Procedure(code, {**before.name, **(name or {})}, before.field if field is None else field)
    _store(act, unit, after)
    act.note("procedure-change", code, f"{unit}; {mask_digits(why)}")
    return after


def remove_procedure(act: Act, unit: str, code: str, why: str) -> None:
    """Offer a procedure no longer at this unit. Raises ProblemError HL5011, HL5071, HL5072."""
    begin(act, why, unit)
    if procedure_at(act.connection, unit, code) is None:
        raise not_there("procedures", code)
    drop_procedure(act.connection, unit, code)
    act.note("procedure-remove", code, f"{unit}; {mask_digits(why)}")


def procedure_at(connection: Connection, unit: str, code: str) -> Procedure | None:
    """The procedure as this very unit offers it."""
    return next(iter(_read(connection, _row(unit, code))), None)


def procedures_at(connection: Connection, unit: str) -> tuple[Procedure, ...]:
    """What this very unit offers, by code."""
    return _read(connection, procedures.c.unit == unit)


def procedure_fields(connection: Connection) -> dict[str, str]:
    """The field of each procedure that has one; where units name several, the last unit's by code."""
    query = select(procedures.c.code, procedures.c.field).where(procedures.c.field != "")
    return {row.code: row.field for row in connection.execute(query.order_by(procedures.c.unit))}


def put_procedure(connection: Connection, unit: str, procedure: Procedure) -> None:
    """Store a procedure of a unit in place of the one with this code."""
    drop_procedure(connection, unit, procedure.code)
    name = msgspec.json.encode(procedure.name).decode()
    connection.execute(
        insert(procedures).values(unit=unit, code=procedure.code, name=name, field=procedure.field)
    )


def drop_procedure(connection: Connection, unit: str, code: str) -> None:
    """Remove the row of a procedure."""
    connection.execute(delete(procedures).where(_row(unit, code)))


def _store(act: Act, unit: str, procedure: Procedure) -> None:
    put_procedure(act.connection, unit, procedure)
    learn(act.connection, procedures=[procedure])


def _row(unit: str, code: str) -> ColumnElement[bool]:
    return (procedures.c.unit == unit) & (procedures.c.code == code)


def _read(connection: Connection, wanted: ColumnElement[bool]) -> tuple[Procedure, ...]:
    rows = connection.execute(select(procedures).where(wanted).order_by(procedures.c.code))
    return tuple(Procedure(row.code, msgspec.json.decode(row.name, type=Text), row.field) for row in rows)
