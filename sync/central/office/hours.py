"""Which devices have nothing to ask now, by the opening hours and assignments that they were given.

A closed office explains only silence that began about when it closed: what was silent while the office was
open stays named at night and on holidays.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.configuration.rows import ASSIGNMENTS_FILE, LONGEST_REST
from sync.central.store.schema import bundles
from sync.contract.assignment import Assignment, Assignments, OfficeHours, Place, asked_at
from sync.contract.files import decode_toml
from sync.contract.office import OfficeSettings
from sync.contract.opening import is_open
from sync.contract.plan import VIET_NAM

_OFFICE = "office.toml"
EARLY = timedelta(hours=1)
"""A terminal may be switched off this long before the office closes, after the last visitor."""


class Spot(Struct, frozen=True):
    """Where a device is. heard: when it last sent something, or was enrolled; None if unknown."""

    unit: str
    counter: str
    heard: datetime | None = None


class Duty(Struct, frozen=True):
    """When the terminals of a unit ask. assignments: None if the centre assigns them nothing."""

    hours: OfficeHours
    assignments: tuple[Assignment, ...] | None = None

    def asks(self, device: str, counter: str, moment: datetime) -> bool:
        """Whether the device asks something at `moment`, in local time: only in the window of a plan."""
        if self.assignments is None:
            return is_open(self.hours.opening, self.hours.special_days, moment)
        # What a unit was given is assigned to it or to a unit above it: which of them does not matter here.
        units = tuple({assignment.unit for assignment in self.assignments})
        place = Place(units=units, counter=counter, device=device)
        return asked_at(self.assignments, place, self.hours, moment) is not None

    def rests(self, device: str, spot: Spot, now: datetime, asking_for: timedelta) -> bool:
        """Whether this explains that nothing was heard of a device since `spot.heard`; see `at_rest`."""
        now = now.astimezone(VIET_NAM)
        if all(self.asks(device, spot.counter, moment) for moment in (now, now - asking_for)):
            return False
        longest = now - timedelta(days=LONGEST_REST)
        since = longest if spot.heard is None else max(longest, spot.heard.astimezone(VIET_NAM) + EARLY)
        return not self._asked_since(device, spot.counter, since, now)

    def _asked_since(self, device: str, counter: str, since: datetime, now: datetime) -> bool:
        """Whether a span in which the device asks has ended after `since`, and not after `now`."""
        ends = {time.max, *(span.end for span in self.hours.opening)}
        ends |= {hours.end for special in self.hours.special_days for hours in special.hours}
        ends |= {span.end for assignment in self.assignments or () for span in assignment.hours}
        days = (now.date() - timedelta(days=back) for back in range(LONGEST_REST))
        return any(
            self.asks(device, counter, last)
            for day in days
            if day >= since.date()
            for last in _last_moments(day, ends)
            if since < last <= now
        )


def at_rest(
    connection: Connection, spots: Mapping[str, Spot], now: datetime, asking_for: timedelta
) -> set[str]:
    """Those of these devices that ask nothing now, or have done so for less than `asking_for`.

    One that was not heard while it last asked something is none of them; EARLY is allowed. A unit whose
    terminals were never given a configuration is always open.
    """
    if not spots:
        return set()
    duties = duties_of(connection, {spot.unit for spot in spots.values()})
    return {
        device
        for device, spot in spots.items()
        if spot.unit in duties and duties[spot.unit].rests(device, spot, now, asking_for)
    }


def _last_moments(day: date, ends: Iterable[time]) -> Iterator[datetime]:
    """The last moment before each of these ends."""
    for end in ends:
        moment = datetime.combine(day, end, VIET_NAM)
        yield moment if end == time.max else moment - timedelta.resolution


def hours_of(connection: Connection, unit: str) -> OfficeHours:
    """Opening hours and days off that the unit's terminals were given; none if they were never given any."""
    duty = duties_of(connection, {unit}).get(unit)
    return duty.hours if duty else OfficeHours()


class _Files(Struct, frozen=True):
    """The two files of a bundle that say when it asks; the others, which are long, are not decoded."""

    office: str = msgspec.field(name=_OFFICE, default="")
    assignments: str | None = msgspec.field(name=ASSIGNMENTS_FILE, default=None)


def duties_of(connection: Connection, units: set[str]) -> dict[str, Duty]:
    """When the terminals of these units ask, by unit; none for one that was never given a configuration."""
    newest = select(func.max(bundles.c.version)).where(bundles.c.unit.in_(units)).group_by(bundles.c.unit)
    rows = connection.execute(select(bundles.c.unit, bundles.c.files).where(bundles.c.version.in_(newest)))
    return {row.unit: duty_of(row.files) for row in rows}


def duty_of(bundle: str) -> Duty:
    """When terminals ask that were given these files of a bundle."""
    files = msgspec.json.decode(bundle, type=_Files)
    office = decode_toml(files.office, OfficeSettings, _OFFICE)
    hours = OfficeHours(office.opening, office.special_days)
    if files.assignments is None:
        return Duty(hours)
    return Duty(hours, decode_toml(files.assignments, Assignments, ASSIGNMENTS_FILE).assignments)
