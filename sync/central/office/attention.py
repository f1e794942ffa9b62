"""Which devices need a person, and why: the most urgent first. Pure.

Promises (each has a test of this name):
- a revoked device, and one that was never enrolled, need nobody;
- silence that began when a device had nothing more to ask is no reason; what it missed before that is one;
- a device that holds responses and sends them within an hour is no reason; responses that it does not hold
  any more and that are not here are one;
- an older release is named, and alone calls nobody.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, auto

from msgspec import Struct

from sync.central.office.devices import DeviceStatus
from sync.contract.ranges import count

CLOCK_TOLERANCE = 120  # seconds
CRASHES = 3  # a day; fewer may be a power cut
UNSENT = timedelta(hours=1)
"""A response that waits longer than this, on a device that is heard, does not get through by itself."""
LAGS = timedelta(hours=1)
"""A new configuration reaches a device that is heard within about a minute."""
DISK_FREE = 500_000_000  # bytes; below that the system of a tablet soon fails

Value = str | int | datetime | timedelta


class Need(IntEnum):
    """What a person has to look at, the most urgent first; behind each the values of its sentence.

    UNHEARD: has never reported. SILENT: `since`, `span`, `unsent` responses it held then. REFUSED: `version`
    of the configuration, `problem`, `title`, `where`. NOT_ISSUED: the `problem` of its unit's configuration.
    MISSING: `number` of responses that are neither here nor there. UNSENT: `number`, the oldest for `span`.
    PROBLEM: `problem` and its `title`. DISK: `free` bytes. CLOCK: `span`, and `fast` (1) or slow (0).
    CRASHES: `number` in a day. RELEASE: the `release` that was not kept, and its `problem`. LAGS: `version`
    in use, the `newest`, `since`. OLD: `release` of the device, `newest` of the centre.
    """

    CLONED = auto()
    UNHEARD = auto()
    SILENT = auto()
    REFUSED = auto()
    NOT_ISSUED = auto()
    MISSING = auto()
    UNSENT = auto()
    PROBLEM = auto()
    DISK = auto()
    CLOCK = auto()
    CRASHES = auto()
    RELEASE = auto()
    LAGS = auto()
    OLD = auto()


class Reason(Struct, frozen=True):
    """Why somebody has to look at a device: which sentence, and the values in it."""

    need: Need
    values: Mapping[str, Value] = {}


class Attended(Struct, frozen=True):
    """A device, and the reasons to look at it, the most urgent first."""

    device: DeviceStatus
    reasons: tuple[Reason, ...]

    @property
    def wrong(self) -> bool:
        """Whether a person has to look at it."""
        return any(reason.need is not Need.OLD for reason in self.reasons)


def by_need(devices: Iterable[DeviceStatus], now: datetime, release: str) -> list[Attended]:
    """The devices by who needs a person first; release: the centre's own.

    Among those with equally urgent reasons the one that is silent longest comes first.
    """
    attended = [Attended(device, reasons_of(device, now, release)) for device in devices]
    return sorted(attended, key=lambda each: _urgency(each, now))


def reasons_of(device: DeviceStatus, now: datetime, release: str) -> tuple[Reason, ...]:
    """Why somebody has to look at this device, the most urgent first."""
    if not device.enrolled or device.state != "active":
        return ()
    reasons = [
        *_of_signs_of_life(device, now),
        *_of_configuration(device),
        *_of_responses(device),
        *_of_machine(device, release),
    ]
    return tuple(sorted(reasons, key=lambda reason: reason.need))


def _urgency(attended: Attended, now: datetime) -> tuple[int, timedelta, str]:
    first = min((reason.need for reason in attended.reasons), default=len(Need) + 1)
    silent = attended.device.silent(now) or timedelta(0)
    return first, -min(silent, timedelta(days=36500)), attended.device.id


def _of_signs_of_life(device: DeviceStatus, now: datetime) -> Iterable[Reason]:
    if device.cloned:
        yield Reason(Need.CLONED)
    silent = device.silent(now)
    if silent is None:
        return
    if not device.seen_at:
        yield Reason(Need.UNHEARD)
    else:
        since = datetime.fromisoformat(device.seen_at)
        yield Reason(Need.SILENT, {"since": since, "span": silent, "unsent": device.unsent})


def _of_configuration(device: DeviceStatus) -> Iterable[Reason]:
    if device.refused:
        yield Reason(
            Need.REFUSED,
            {
                "version": device.refused,
                "problem": device.refused_problem,
                "title": device.refused_title,
                "where": device.refused_where,
            },
        )
    if device.unusable:
        yield Reason(Need.NOT_ISSUED, {"problem": device.unusable})
    if not (device.lags_since and device.seen_at):
        return
    since = datetime.fromisoformat(device.lags_since)
    # While a device is not heard, it can't fetch anything.
    if datetime.fromisoformat(device.seen_at) - since > LAGS:
        yield Reason(Need.LAGS, {"version": device.bundle, "newest": device.newest, "since": since})


def _of_responses(device: DeviceStatus) -> Iterable[Reason]:
    missing = count(device.gaps) - device.unsent
    if missing > 0:
        yield Reason(Need.MISSING, {"number": missing})
    waits = timedelta(seconds=device.unsent_seconds)
    if device.unsent and waits > UNSENT:
        yield Reason(Need.UNSENT, {"number": device.unsent, "span": waits})


def _of_machine(device: DeviceStatus, release: str) -> Iterable[Reason]:
    if device.problem:
        yield Reason(Need.PROBLEM, {"problem": device.problem, "title": device.problem_title})
    if device.disk_free is not None and device.disk_free < DISK_FREE:
        yield Reason(Need.DISK, {"free": device.disk_free})
    behind = device.clock_offset or 0
    if abs(behind) > CLOCK_TOLERANCE:
        yield Reason(Need.CLOCK, {"span": timedelta(seconds=abs(behind)), "fast": int(behind < 0)})
    if device.crashes >= CRASHES:
        yield Reason(Need.CRASHES, {"number": device.crashes})
    if device.release_problem:
        yield Reason(Need.RELEASE, {"release": device.release, "problem": device.release_problem})
    if _parts(device.app) < _parts(release) and device.app:
        yield Reason(Need.OLD, {"release": device.app, "newest": release})


def _parts(release: str) -> tuple[int, ...]:
    """A release as numbers, so that 0.10.0 is above 0.9.0; () for one that is none."""
    numbers = release.split(".")
    return tuple(map(int, numbers)) if all(number.isdecimal() for number in numbers) else ()
