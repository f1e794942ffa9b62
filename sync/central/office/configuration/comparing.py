"""What differs between two configurations of one unit, entry by entry. Pure.

Units and devices are never removed by leaving them out: responses name them. A unit ends with its last day,
a device is revoked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.rows import OfficeRow

_KEPT = ("units", "devices")


class Change(Struct, frozen=True, kw_only=True):
    """One entry that is added (before is None), removed (after is None) or changed."""

    noun: str
    id: str
    before: Any = None
    after: Any = None

    @property
    def sign(self) -> str:
        """+ for an entry that is added, - for one that is removed, ~ for one that is changed."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    @property
    def fields(self) -> tuple[tuple[str, Any, Any], ...]:
        """The fields that a change changes: name, value before, value after."""
        if not isinstance(self.before, Struct) or not isinstance(self.after, Struct):
            return ()
        pairs = (
            (name, getattr(self.before, name), getattr(self.after, name))
            for name in self.after.__struct_fields__
        )
        return tuple((name, before, after) for name, before, after in pairs if before != after)


def compare(before: Configured, after: Configured) -> tuple[Change, ...]:
    """Every difference, noun by noun and by id."""
    old, new = _entries(before), _entries(after)
    return tuple(change for noun in old for change in _differences(noun, old[noun], new[noun]))


def _differences(noun: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    named = {id.partition(" ")[0] for id in new}
    for id in sorted(old.keys() | new.keys()):
        left_out = noun in _KEPT and id.partition(" ")[0] not in named
        if old.get(id) != new.get(id) and not left_out:
            yield Change(noun=noun, id=id, before=old.get(id), after=new.get(id))


def _entries(configured: Configured) -> dict[str, dict[str, Any]]:
    decided = msgspec.structs.asdict(configured.office)
    return {
        "units": {f"{unit.code} {unit.valid_from or ''}".strip(): unit for unit in configured.units},
        "procedures": {procedure.code: procedure for procedure in configured.procedures},
        "officers": {officer.id: officer for officer in configured.officers},
        "counters": {f"{counter.unit} {counter.id}": counter for counter in configured.counters},
        "devices": {device.id: device for device in configured.devices},
        "office": {
            name: value
            for name, value in decided.items()
            if name != "special_days" and value != getattr(OfficeRow(), name)
        },
        "special_days": {special.day.isoformat(): special for special in configured.office.special_days},
        "surveys": {survey.id: survey for survey in configured.surveys},
        "plans": {plan.id: plan for plan in configured.plans},
        "assignments": {assignment.id: assignment for assignment in configured.assignments},
        "serials": {serial: serial for serial in configured.serials},
    }
