"""Which devices are silent, and whether a whole unit is. Pure.

Promises (each has a test of this name):
- a device is silent once: while it is, after somebody closed the alert, and after a restore;
- where all devices of a unit fall silent, its unit is named once, and none of them;
- a device alone is named only when another one of its unit was heard well after it, or there is no other one;
- an alert is over when its device, or some device of its unit, was heard again or is not used any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from sync.central.office.alerts.alarms import Alarm, Ended, Silence, in_order
from sync.contract.plan import VIET_NAM

TOGETHER = timedelta(minutes=10)
"""Devices that were last heard within this time of each other fell silent together."""


class Machine(Struct, frozen=True, kw_only=True):
    """An enrolled device in use. heard: when it last sent something, or was enrolled.

    limit: how long it may be silent; None if nobody wants to know. rests: whether closed hours explain that
    nothing was heard since.
    """

    id: str
    unit: str
    heard: datetime
    limit: timedelta | None
    rests: bool = False

    def silent(self, now: datetime) -> bool:
        """Whether it should have sent something."""
        return self.limit is not None and not self.rests and now - self.heard > self.limit


def silences(machines: Iterable[Machine], known: Sequence[Silence], now: datetime) -> Iterator[Alarm]:
    """What is to be raised; known: what was raised before."""
    latest = _latest(known)
    for unit, members in _by_unit(machines).items():
        silent = [each for each in members if each.silent(now)]
        new = [each for each in silent if not _is_known(each, latest)]
        if not new:
            continue
        newest = max(each.heard for each in members)
        if len(silent) == len(members) and len(new) > 1:
            yield _alarm("silent-unit", unit, unit, newest, n=len(silent))
            continue
        for each in new:
            if newest >= each.heard + TOGETHER or len(silent) == len(members):
                yield _alarm("silent", each.id, unit, each.heard)


def over(machines: Iterable[Machine], known: Iterable[Silence]) -> Iterator[Ended]:
    """The open alerts whose silence is over. machines: all that are in use."""
    heard: dict[tuple[str, str], datetime] = {}
    for each in machines:
        heard["silent", each.id] = each.heard
        unit = ("silent-unit", each.unit)
        heard[unit] = max(each.heard, heard.get(unit, each.heard))
    for alert in known:
        since = heard.get((alert.kind, alert.subject))
        if alert.open and since is None:
            yield Ended(alert.id, "unused")
        elif alert.open and since is not None and since > alert.since:
            yield Ended(alert.id)


def _latest(known: Iterable[Silence]) -> dict[tuple[str, str], datetime]:
    """When the newest silence began that each device and unit is known for.

    A unit's that is over explains nothing any more: who is still silent then is silent alone.
    """
    latest: dict[tuple[str, str], datetime] = {}
    for each in known:
        if each.kind == "silent" or not each.ended:
            key = (each.kind, each.subject)
            latest[key] = max(each.since, latest.get(key, each.since))
    return latest


def _is_known(machine: Machine, latest: dict[tuple[str, str], datetime]) -> bool:
    keys = (("silent", machine.id), ("silent-unit", machine.unit))
    return any(latest[key] >= machine.heard for key in keys if key in latest)


def _by_unit(machines: Iterable[Machine]) -> dict[str, list[Machine]]:
    by_unit: defaultdict[str, list[Machine]] = defaultdict(list)
    for each in machines:
        if each.limit is not None and not each.rests:
            by_unit[each.unit].append(each)
    return by_unit


def _alarm(kind: str, subject: str, unit: str, heard: datetime, *, n: int = 1) -> Alarm:
    return Alarm(
        kind="silent-unit" if kind == "silent-unit" else "silent",
        subject=subject,
        unit=unit,
        day=heard.astimezone(VIET_NAM).date(),
        episode=in_order(heard),
        since=heard,
        n=n,
    )
