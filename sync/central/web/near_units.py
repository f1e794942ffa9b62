"""Which unit a page is about, and the units next to it in the tree: one above, and those right below."""

from urllib.parse import urlencode

from msgspec import Struct

from sync.central.office.configuration.inherited import places_of, units_under
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.units.stored import unit_name
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look, Place
from sync.contract.text import pick


class NearUnits(Struct, frozen=True, kw_only=True):
    """The unit of a page, and where the same page is of the unit above it and of those below.

    action: the path of the page. above: None at the highest unit that the visitor may see.
    """

    name: str
    code: str
    action: str
    above: Link | None
    below: tuple[Option, ...]


def near_units(look: Look, place: Place, act: PermittedAct, path: str) -> NearUnits:
    """The units around `place` that the visitor may do `act` at."""
    higher = None if place.code == CENTRE else places_of(look.connection, place.code, look.today)[1]
    above = None
    if higher is not None and look.may(act, higher):
        above = Link(of_unit(path, higher), name_of(look, higher))
    return NearUnits(
        name=place.name,
        code=place.code,
        action=path,
        above=above,
        below=tuple(
            Option(unit.code, pick(unit.name, look.translation.language))
            for unit in units_under(look.connection, place.code, look.today)
        ),
    )


def name_of(look: Look, code: str) -> str:
    """The newest name of a unit in the visitor's language."""
    if code == CENTRE:
        return look.say("Trung tâm")
    name = unit_name(look.connection, code)
    return name.get(look.translation.language) or name.get("vi", code)


def of_unit(path: str, unit: str, **more: str) -> str:
    """The address of a page of this unit."""
    return f"{path}?{urlencode({'unit': unit, **more})}"
