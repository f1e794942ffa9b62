"""What surrounds every page: place, person, the pages they may open, and the moment of the figures."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from sync.central.office.people.permissions import PermittedAct


class Link(Struct, frozen=True):
    """An address with the words that lead there."""

    address: str
    title: str


class Entry(Struct, frozen=True):
    """A page of the menu; act: what a visitor must be allowed somewhere to find it there."""

    address: str
    title: str
    act: PermittedAct


class MenuItem(Struct, frozen=True):
    """A page of the menu as it is drawn; current: the visitor is on it, or on a page below it."""

    address: str
    title: str
    current: bool


class Frame(Struct, frozen=True, kw_only=True):
    """Everything around the content of one page.

    now: the moment of the figures, None where there are none. place: the office of the visitor, "" for a
    stranger. person: their name. csrf: the token of their session, which every form carries. address: of this
    page, with its filters. notice: what the last act did. sample: the data are invented.
    """

    title: str
    address: str
    now: datetime | None = None
    place: str = ""
    person: str = ""
    csrf: str = ""
    pages: tuple[MenuItem, ...] = ()
    crumbs: tuple[Link, ...] = ()
    notice: str = ""
    sample: bool = False


def menu(entries: Sequence[Entry], allowed: frozenset[PermittedAct], path: str) -> tuple[MenuItem, ...]:
    """The pages that a visitor with these rights may open; `path`: of the page that is shown."""
    return tuple(
        MenuItem(entry.address, entry.title, _is_at(entry.address, path))
        for entry in entries
        if entry.act in allowed
    )


def _is_at(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(address + "/"))
