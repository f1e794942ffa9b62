"""What each terminal asks at a moment: decided as the terminal decides it, from what it gets."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.configuration.compose import decided_texts
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.configuration.rows import ASSIGNMENTS_FILE
from sync.central.office.configuration.scope import read_configured
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment, Assignments, OfficeHours, Place, asked_at
from sync.contract.catalogue import Device
from sync.contract.files import decode_toml
from sync.contract.office import OfficeSettings
from sync.contract.plan import VIET_NAM


class Asked(Struct, frozen=True):
    """assignment: None if nothing is asked; decided: whether the centre assigns anything to its unit."""

    device: Device
    assignment: Assignment | None
    decided: bool


def asked_by_terminals(connection: Connection, unit: str, now: datetime) -> Iterator[Asked]:
    """What each terminal of a unit and of the units below it asks at `now`, by unit and id."""
    here = now.astimezone(VIET_NAM)
    devices = read_configured(connection, unit, here.date()).devices
    terminals = [device for device in devices if device.kind == "terminal"]
    for code in sorted({device.unit for device in terminals}):
        rows = read_rows(connection, code, here.date())
        texts = decided_texts(rows)
        decided = ASSIGNMENTS_FILE in texts
        assigned = decode_toml(texts.get(ASSIGNMENTS_FILE, ""), Assignments, ASSIGNMENTS_FILE).assignments
        office = decode_toml(texts.get("office.toml", ""), OfficeSettings, "office.toml")
        hours = OfficeHours(office.opening, office.special_days)
        above = tuple(place for place in rows.above if place != CENTRE)
        for device in terminals:
            if device.unit == code:
                place = Place(units=(code, *above), counter=device.counter, device=device.id)
                yield Asked(device, asked_at(assigned, place, hours, here), decided)
