"""What is configured at a unit and below it: what a folder of TOML holds, and the rows that it becomes."""

from msgspec import Struct

from sync.central.office.configuration.rows import OfficeRow
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Counter, Device, Officer, Procedure, Unit
from sync.contract.plan import Plan
from sync.contract.survey import Survey


class Configured(Struct, frozen=True, kw_only=True):
    """The configuration of one unit and of the units below it; of the whole centre, if that is the unit.

    units: every period; also of the units above. procedures, office, surveys, serials: the unit's own, which
    hold below it too. The others name their units. surveys: the newest release of each form that is offered.
    """

    units: tuple[Unit, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    officers: tuple[Officer, ...] = ()
    counters: tuple[Counter, ...] = ()
    devices: tuple[Device, ...] = ()
    office: OfficeRow = OfficeRow()
    surveys: tuple[Survey, ...] = ()
    plans: tuple[Plan, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    serials: tuple[str, ...] = ()
