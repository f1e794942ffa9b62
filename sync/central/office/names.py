"""What codes mean: the names of surveys, procedures, officers and units, as people read them."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from sync.central.office.bundle import wordings
from sync.central.store.schema import bundles, surveys, units
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Officer, Procedure
from sync.contract.files import decode_toml
from sync.contract.survey import Survey
from sync.contract.text import Text, pick


class Names(Struct, frozen=True):
    """What codes mean: each as the newest bundle that names it has it, and every survey ever issued."""

    surveys: dict[tuple[str, int], Survey]
    procedures: dict[str, str]
    officers: dict[str, str]
    units: dict[str, str] = {}


class NameBook:
    """The current names, cached; they are read again only after a bundle was imported."""

    def __init__(self) -> None:
        self._known: tuple[tuple[object, ...], Names] | None = None

    def read(self, connection: Connection) -> Names:
        """The names of surveys, procedures, officers and units."""
        stamp = (
            *connection.execute(
                select(func.max(bundles.c.version), func.max(bundles.c.issued_at), func.count())
            ).one(),
            connection.execute(select(func.count()).select_from(surveys)).scalar_one(),
        )
        if self._known is None or self._known[0] != stamp:
            self._known = (stamp, load_names(connection, load_surveys(connection)))
        return replace(self._known[1], units=_unit_names(connection))


def _unit_names(connection: Connection) -> dict[str, str]:
    """The newest name of each unit, also of units that no longer exist."""
    query = select(units.c.code, units.c.name).order_by(units.c.valid_from)
    return {row.code: _text.decode(row.name).get("vi", "") for row in connection.execute(query)}


_text = msgspec.json.Decoder(Text)


def load_names(connection: Connection, surveys: Mapping[tuple[str, int], Survey]) -> Names:
    """The Vietnamese names of procedures and officers, each from the newest bundle that has it.

    An officer who left, or a procedure that was abolished, so keeps a name in the rows of that time.
    """
    procedures: dict[str, str] = {}
    officers: dict[str, str] = {}
    for text, _ in wordings(connection, "catalogue.toml"):
        named = decode_toml(text, _Named, "catalogue.toml")
        procedures.update((procedure.code, pick(procedure.name, "vi")) for procedure in named.procedures)
        officers.update((officer.id, officer.name) for officer in named.officers)
    return Names(dict(surveys), procedures, officers)


class _Named(Struct, frozen=True):
    """The part of a catalogue that has names; everything else in an old catalogue is ignored."""

    procedures: tuple[Procedure, ...] = ()
    officers: tuple[Officer, ...] = ()
