"""Officers: each has an id of its own in the whole centre, and one unit."""

from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, not_there
from sync.central.store.known_ids import earlier_officer, learn
from sync.central.store.schema import officers
from sync.contract.catalogue import Officer
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ROW_THERE


def add_officer(act: Act, officer: Officer, why: str) -> None:
    """Add an officer; raises ProblemError HL5011, HL5071, HL5073.

    HL5073 also where the id was another officer's: the responses of that time would get the new name.
    """
    begin(act, why, officer.unit)
    there = officer_named(act.connection, officer.id)
    if there is not None:
        raise ProblemError(ROW_THERE(where=f"officers {officer.id}", detail=f"{there.unit}: {there.name}"))
    earlier = earlier_officer(act.connection, officer)
    if earlier:
        raise ProblemError(ROW_THERE(where=f"officers {officer.id}", detail=earlier))
    put_officer(act.connection, officer)
    learn(act.connection, officers=[officer])
    act.note("officer-add", officer.id, f"{officer.unit}; {mask_digits(why)}")


def change_officer(
    act: Act, id: str, why: str, *, name: str | None = None, title: str | None = None, unit: str | None = None
) -> Officer:
    """Change what is given; returns the officer then. Raises ProblemError HL5011, HL5071, HL5072."""
    begin(act, why)
    before = officer_named(act.connection, id)
    if before is None:
        raise not_there("officers", id)
    after = replace(
        before,
        name=before.name if name is None else name,
        title=before.title if title is None else title,
        unit=before.unit if unit is None else unit,
    )
    begin(act, why, before.unit, after.unit)
    put_officer(act.connection, after)
    learn(act.connection, officers=[after])
    act.note("officer-change", id, f"{after.unit}; {mask_digits(why)}")
    return after


def remove_officer(act: Act, id: str, why: str) -> None:
    """Remove an officer, whose responses stay. Raises ProblemError HL5071, HL5072."""
    begin(act, why)
    before = officer_named(act.connection, id)
    if before is None:
        raise not_there("officers", id)
    begin(act, why, before.unit)
    drop_officer(act.connection, id)
    act.note("officer-remove", id, f"{before.unit}; {mask_digits(why)}")


def officer_named(connection: Connection, id: str) -> Officer | None:
    """The officer with this id."""
    row = connection.execute(select(officers).where(officers.c.id == id)).first()
    return Officer(row.id, row.name, row.unit, row.title) if row else None


def put_officer(connection: Connection, officer: Officer) -> None:
    """Store an officer in place of the one with this id."""
    drop_officer(connection, officer.id)
    connection.execute(
        insert(officers).values(id=officer.id, unit=officer.unit, name=officer.name, title=officer.title)
    )


def drop_officer(connection: Connection, id: str) -> None:
    """Remove the row of an officer."""
    connection.execute(delete(officers).where(officers.c.id == id))
