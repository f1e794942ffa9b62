"""Every officer and procedure that a configuration or a case list has ever named.

The list only grows: a tablet that could not fetch the newest configuration continues with an older one, and
its responses are still valid. An id that was never named is held for a person to check, see intake/scope.py.
An officer who left, or a procedure that was abolished, keeps its last name in the rows of that time.
"""

from collections.abc import Iterable, Set

from sqlalchemy import Connection, bindparam, select, text, update

from sync.central.store.schema import known_ids
from sync.contract.bundle import Case
from sync.contract.catalogue import Officer, Procedure
from sync.contract.text import pick

OFFICER, PROCEDURE = "officer", "procedure"
Name = tuple[str, str, str]
"""Its kind, its id, and its unit; "" for a procedure, which is the same everywhere."""

_INSERT = text("INSERT INTO known_ids (kind, id, unit) VALUES (:kind, :id, :unit) ON CONFLICT DO NOTHING")


def learn(
    connection: Connection,
    *,
    officers: Iterable[Officer] = (),
    procedures: Iterable[Procedure] = (),
    cases: Iterable[Case] = (),
) -> None:
    """Store the officers and procedures that these name, in the open write transaction."""
    said: dict[Name, str] = {(PROCEDURE, case.procedure, ""): "" for case in cases if case.procedure}
    said |= {(PROCEDURE, procedure.code, ""): pick(procedure.name, "vi") for procedure in procedures}
    said |= {(OFFICER, officer.id, officer.unit): officer.name for officer in officers}
    there = {(row.kind, row.id, row.unit): row.name for row in connection.execute(select(known_ids))}
    fresh = [{"kind": kind, "id": id, "unit": unit} for kind, id, unit in sorted(said.keys() - there.keys())]
    if fresh:
        connection.execute(_INSERT, fresh)
    columns = known_ids.c
    for (kind, id, unit), name in said.items():
        if name and there.get((kind, id, unit)) != name:
            same = (columns.kind == kind) & (columns.id == id)
            connection.execute(update(known_ids).where(same).values(name=name))


def names(connection: Connection, kind: str) -> dict[str, str]:
    """The last names of all officers, or of all procedures, by id; what only a case list named has none."""
    query = select(known_ids.c.id, known_ids.c.name).where(known_ids.c.kind == kind, known_ids.c.name != "")
    return {row.id: row.name for row in connection.execute(query)}


def earlier_officer(connection: Connection, officer: Officer) -> str:
    """Unit and name of another officer who had this id; "" if there was none."""
    columns = known_ids.c
    had = (columns.kind == OFFICER) & (columns.id == officer.id)
    rows = connection.execute(select(columns.unit, columns.name).where(had).order_by(columns.unit)).all()
    if not rows or any(row.unit == officer.unit and row.name in ("", officer.name) for row in rows):
        return ""
    return f"{rows[0].unit}: {rows[0].name}"


def known(connection: Connection, ids: Set[str]) -> set[Name]:
    """The known officers and procedures with these ids."""
    rows = connection.execute(_KNOWN, {"ids": list(ids)})
    return {(row.kind, row.id, row.unit) for row in rows}


# Made once for all batches.
_KNOWN = select(known_ids.c.kind, known_ids.c.id, known_ids.c.unit).where(
    known_ids.c.id.in_(bindparam("ids", expanding=True))
)
