"""Every officer and procedure that a configuration or a case list has ever named.

The list only grows: a tablet that could not fetch the newest configuration continues with an older one, and
its responses are still valid. An id that was never named is held for a person to check, see intake/scope.py.
"""

from collections.abc import Iterable, Set

from sqlalchemy import Connection, select, text

from sync.central.store.schema import known_ids
from sync.contract.bundle import Case
from sync.contract.catalogue import Catalogue

OFFICER, PROCEDURE = "officer", "procedure"
Name = tuple[str, str, str]
"""Its kind, its id, and its unit; "" for a procedure, which is the same everywhere."""

_INSERT = text("INSERT INTO known_ids (kind, id, unit) VALUES (:kind, :id, :unit) ON CONFLICT DO NOTHING")


def learn(connection: Connection, catalogue: Catalogue, cases: Iterable[Case] = ()) -> None:
    """Store the officers and procedures that these name, in the open write transaction."""
    names = {(OFFICER, officer.id, officer.unit) for officer in catalogue.officers}
    names |= {(PROCEDURE, procedure.code, "") for procedure in catalogue.procedures}
    names |= {(PROCEDURE, case.procedure, "") for case in cases if case.procedure}
    there = {(row.kind, row.id, row.unit) for row in connection.execute(select(known_ids))}
    fresh = [{"kind": kind, "id": id, "unit": unit} for kind, id, unit in sorted(names - there)]
    if fresh:
        connection.execute(_INSERT, fresh)


def known(connection: Connection, ids: Set[str]) -> set[Name]:
    """The known officers and procedures with these ids."""
    rows = connection.execute(select(known_ids).where(known_ids.c.id.in_(ids)))
    return {(row.kind, row.id, row.unit) for row in rows}
