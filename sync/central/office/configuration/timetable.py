"""What each terminal asks at a moment, and which ask nothing: decided as a terminal decides it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.configuration.compose import decided_texts
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.configuration.rows import ASSIGNMENTS_FILE
from sync.central.office.configuration.scope import read_configured
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment, Assignments, OfficeHours, Place, asked_at, assigned_to
from sync.contract.catalogue import Device
from sync.contract.files import decode_toml
from sync.contract.office import OfficeSettings
from sync.contract.plan import VIET_NAM


class Asked(Struct, frozen=True):
    """assignment: None if nothing is asked; decided: whether the centre assigns anything to its unit."""

    device: Device
    assignment: Assignment | None
    decided: bool


class _Terminal(Struct, frozen=True, kw_only=True):
    """A terminal with what it gets. decided: see `Asked`."""

    device: Device
    place: Place
    assigned: tuple[Assignment, ...]
    hours: OfficeHours
    decided: bool


def asked_by_terminals(connection: Connection, unit: str, now: datetime) -> Iterator[Asked]:
    """What each terminal of a unit and of the units below it asks at `now`, by unit and id."""
    here = now.astimezone(VIET_NAM)
    for each in _terminals(connection, unit, here.date()):
        yield Asked(each.device, asked_at(each.assigned, each.place, each.hours, here), each.decided)


def idle_terminals(connection: Connection, unit: str, today: date) -> tuple[Device, ...]:
    """The terminals of a unit and below it to which nothing is assigned, today or later, by unit and id.

    Where the centre assigns nothing to a whole unit, kiosk.toml says what its terminals ask.
    """
    return tuple(
        each.device
        for each in _terminals(connection, unit, today)
        if each.decided and not assigned_to(each.assigned, each.place)
    )


def idle_words(idle: Iterable[Device]) -> str:
    """These terminals, each with its place."""
    return ", ".join(f"{each.id} ({' '.join(filter(None, (each.unit, each.counter)))})" for each in idle)


def _terminals(connection: Connection, unit: str, today: date) -> Iterator[_Terminal]:
    """The terminals of a unit and of the units below it, by unit and id."""
    devices = read_configured(connection, unit, today).devices
    terminals = [device for device in devices if device.kind == "terminal"]
    for code in sorted({device.unit for device in terminals}):
        rows = read_rows(connection, code, today)
        texts = decided_texts(rows)
        assigned = decode_toml(texts.get(ASSIGNMENTS_FILE, ""), Assignments, ASSIGNMENTS_FILE).assignments
        office = decode_toml(texts.get("office.toml", ""), OfficeSettings, "office.toml")
        above = tuple(place for place in rows.above if place != CENTRE)
        for device in terminals:
            if device.unit == code:
                yield _Terminal(
                    device=device,
                    place=Place(units=(code, *above), counter=device.counter, device=device.id),
                    assigned=assigned,
                    hours=OfficeHours(office.opening, office.special_days),
                    decided=ASSIGNMENTS_FILE in texts,
                )
