"""What codes mean: the names of surveys, procedures, officers and units, as people read them."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from sync.central.office.units.revisions import newest_revision
from sync.central.store.known_ids import OFFICER, PROCEDURE, names
from sync.central.store.schema import surveys, units
from sync.central.store.surveys import load_surveys
from sync.contract.survey import Survey
from sync.contract.text import Text


class Names(Struct, frozen=True):
    """What codes mean: each by its last name, and every survey ever released."""

    surveys: dict[tuple[str, int], Survey]
    procedures: dict[str, str]
    officers: dict[str, str]
    units: dict[str, str] = {}


class NameBook:
    """The current names, cached; they are read again only after a configuration was changed."""

    def __init__(self) -> None:
        self._known: tuple[tuple[object, ...], Names] | None = None

    def read(self, connection: Connection) -> Names:
        """The names of surveys, procedures, officers and units."""
        releases = connection.execute(select(func.count()).select_from(surveys)).scalar_one()
        stamp = (newest_revision(connection), releases)
        if self._known is None or self._known[0] != stamp:
            procedures, officers = names(connection, PROCEDURE), names(connection, OFFICER)
            self._known = (stamp, Names(load_surveys(connection), procedures, officers))
        return replace(self._known[1], units=_unit_names(connection))


def _unit_names(connection: Connection) -> dict[str, str]:
    """The newest name of each unit, also of units that no longer exist."""
    query = select(units.c.code, units.c.name).order_by(units.c.valid_from)
    return {row.code: _text.decode(row.name).get("vi", "") for row in connection.execute(query)}


_text = msgspec.json.Decoder(Text)
