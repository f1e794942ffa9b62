"""What codes mean: the names of surveys, procedures, officers and units, as people read them.

In English they are the English names, and the Vietnamese one of what has no other; officers have one name.
"""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.invented import INVENTED
from sync.central.presenting.language import Language
from sync.central.store.known_ids import OFFICER, PROCEDURE, names
from sync.central.store.schema import configuration_revisions, counters, procedures, surveys, units
from sync.central.store.surveys import load_surveys
from sync.contract.survey import Survey
from sync.contract.text import Text


class Names(Struct, frozen=True):
    """What codes mean: each by its last name, and every survey ever released. counters: by unit and id.

    invented: the centre is a sample, see invented.py.
    """

    surveys: dict[tuple[str, int], Survey]
    procedures: dict[str, str]
    officers: dict[str, str]
    units: dict[str, str] = {}
    counters: dict[tuple[str, str], str] = {}
    invented: bool = False


class NameBook:
    """The current names, cached; they are read again only after a configuration was changed."""

    def __init__(self) -> None:
        self._known: dict[Language, tuple[tuple[object, ...], Names]] = {}

    def read(self, connection: Connection, language: Language = "vi") -> Names:
        """The names of surveys, procedures, officers, units and counters in this language."""
        stamp = tuple(connection.execute(_STAMP).one())
        known = self._known.get(language)
        if known is None or known[0] != stamp:
            current = Names(
                surveys=load_surveys(connection),
                procedures=names(connection, PROCEDURE) | _procedures_in(connection, language),
                officers=names(connection, OFFICER),
                units=_unit_names(connection, language),
                counters=_counter_names(connection, language),
                invented=bool(stamp[-1]),
            )
            known = self._known[language] = (stamp, current)
        return known[1]


# Every act that changes a name raises the newest revision, or releases a form.
_STAMP = select(
    select(func.count()).select_from(surveys).scalar_subquery(),
    *(
        select(column).order_by(configuration_revisions.c.revision.desc()).limit(1).scalar_subquery()
        for column in (configuration_revisions.c.revision, configuration_revisions.c.changed_at)
    ),
    INVENTED,
)


def _procedures_in(connection: Connection, language: Language) -> dict[str, str]:
    """The names of the procedures that have one in a language other than Vietnamese, the highest unit's."""
    if language == "vi":
        return {}
    query = select(procedures.c.code, procedures.c.name).order_by(procedures.c.unit.desc())
    texts = ((row.code, _text.decode(row.name)) for row in connection.execute(query))
    return {code: text[language] for code, text in texts if text.get(language)}


def _counter_names(connection: Connection, language: Language) -> dict[tuple[str, str], str]:
    query = select(counters.c.unit, counters.c.id, counters.c.name)
    texts = ((row.unit, row.id, _text.decode(row.name)) for row in connection.execute(query))
    return {(unit, id): text.get(language) or text.get("vi", "") for unit, id, text in texts}


def _unit_names(connection: Connection, language: Language) -> dict[str, str]:
    """The newest name of each unit, also of units that no longer exist."""
    query = select(units.c.code, units.c.name).order_by(units.c.valid_from)
    texts = ((row.code, _text.decode(row.name)) for row in connection.execute(query))
    return {code: text.get(language) or text.get("vi", "") for code, text in texts}


_text = msgspec.json.Decoder(Text)
