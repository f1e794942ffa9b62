"""The catalogue: units, counters, procedures, officers and devices that a terminal can name.

Units are a tree with dates: since 1 July 2025 Viet Nam has provinces and communes, older data also has
districts, and there will be other reforms. Nothing here assumes how deep the tree is.
"""

import collections
from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal

from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.files import ID_REPEATED, REFERENCE_DANGLING, TEXT_MISSING
from sync.contract.response import ProcedureCode
from sync.contract.text import Id, Language, Text


class Unit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One public authority. `parent`: the unit it belongs to; valid from its first to its last day."""

    code: Id
    name: Text
    kind: str = ""
    parent: Id | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Procedure(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One administrative procedure by its national code, such as 1.001193."""

    code: ProcedureCode
    name: Text
    field: str = ""


class Officer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One officer by the unit's own id; staff see the name, and citizens if the unit wants that."""

    id: Id
    name: str
    unit: Id
    title: str = ""


class Counter(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One counter (quầy) of a unit."""

    id: Id
    unit: Id
    name: Text


class Device(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One source of responses, with its own sequence of numbers."""

    id: Id
    kind: Literal["terminal", "desk", "web"]
    unit: Id
    counter: str = ""


class Catalogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file `catalogue.toml`."""

    units: tuple[Unit, ...]
    procedures: tuple[Procedure, ...] = ()
    officers: tuple[Officer, ...] = ()
    counters: tuple[Counter, ...] = ()
    devices: tuple[Device, ...] = ()
    languages: tuple[Language, ...] = ("vi",)

    def unit(self, code: str) -> Unit | None:
        """The unit with this code."""
        return next((unit for unit in self.units if unit.code == code), None)

    def procedure(self, code: str) -> Procedure | None:
        """The procedure with this code."""
        return next((procedure for procedure in self.procedures if procedure.code == code), None)

    def officer(self, id: str) -> Officer | None:
        """The officer with this id."""
        return next((officer for officer in self.officers if officer.id == id), None)


def catalogue_problems(catalogue: Catalogue, elsewhere: Collection[str] = ()) -> Iterator[Problem]:
    """All faults of a catalogue as a whole; `where` is the key, such as "officers cb-01.unit".

    elsewhere: codes of units that it may name although it does not have them.
    """
    ids = {
        "units": [f"{unit.code} from {unit.valid_from}" for unit in catalogue.units],
        "procedures": [procedure.code for procedure in catalogue.procedures],
        "officers": [officer.id for officer in catalogue.officers],
        "devices": [device.id for device in catalogue.devices],
    }
    for where, each in ids.items():
        for id, count in collections.Counter(each).items():
            if count > 1:
                yield ID_REPEATED(where=where, detail=f"“{id}”")
    names = (
        *((f"units {unit.code}.name", unit.name) for unit in catalogue.units),
        *((f"procedures {procedure.code}.name", procedure.name) for procedure in catalogue.procedures),
        *((f"counters {counter.id}.name", counter.name) for counter in catalogue.counters),
    )
    for where, name in names:
        if "vi" not in name:
            yield TEXT_MISSING(where=where, detail="thiếu 'vi'")
    known = {*elsewhere, *(unit.code for unit in catalogue.units)}
    references = (
        *((f"units {unit.code}.parent", unit.parent) for unit in catalogue.units if unit.parent),
        *((f"officers {officer.id}.unit", officer.unit) for officer in catalogue.officers),
        *((f"counters {counter.id}.unit", counter.unit) for counter in catalogue.counters),
        *((f"devices {device.id}.unit", device.unit) for device in catalogue.devices),
    )
    for where, unit in references:
        if unit not in known:
            yield REFERENCE_DANGLING(where=where, detail=f"không có đơn vị “{unit}”")
