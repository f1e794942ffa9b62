"""The catalogue: units, counters, procedures, officers and devices that a terminal can name.

Units are a tree with dates: since 1 July 2025 Viet Nam has provinces and communes, older data also has
districts, and there will be other reforms. Nothing here assumes how deep the tree is.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

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


class Device(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One source of responses, with its own sequence of numbers."""

    id: Id
    kind: Literal["terminal", "desk", "web"]
    unit: Id
    counter: str = ""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
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
