"""What the rows of a configuration hold.

Names are texts in several languages. What an office leaves out, the units above it decide.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.assignment import Assignment
from sync.contract.bundle import PublicKey
from sync.contract.catalogue import Counter, Device, Officer, Procedure, Unit
from sync.contract.code_rules import CodeRules
from sync.contract.office import EMBLEM_LETTERS, Colour, PublicAddress
from sync.contract.opening import Opening, SpecialDay
from sync.contract.patterns import whole
from sync.contract.plan import Plan
from sync.contract.survey import Survey
from sync.contract.text import Language, Text

LONGEST_REST = 31
"""Days after which a device that had nothing to ask meanwhile is not expected to send."""
ASSIGNMENTS_FILE = "assignments.toml"


class OfficeRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a unit decides for its terminals and those of the units below it; None: the unit above it decides.

    name: of this unit alone, because a unit below it has a name of its own. special_days, badges: joined with
    those of the units above; of two entries for one day the nearest unit's holds. badges: public keys that
    signed badges and cards elsewhere. The others are as in `OfficeSettings`, `Catalogue`, `CentreSettings`.
    """

    name: Text | None = None
    primary: Colour | None = None
    accent: Colour | None = None
    results_url: str | None = None
    public_url: PublicAddress | None = None
    emblem: Annotated[str, Meta(max_length=EMBLEM_LETTERS, pattern=whole("[A-Za-z0-9+/=]*"))] | None = None
    opening: tuple[Opening, ...] | None = None
    special_days: tuple[SpecialDay, ...] = ()
    languages: tuple[Language, ...] | None = None
    repeat_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    codes: CodeRules | None = None
    badges: tuple[PublicKey, ...] = ()


class Rows(Struct, frozen=True, kw_only=True):
    """All rows that concern one unit: its own, and those of the units above it and of the whole centre.

    above: the units above it, the nearest first; CENTRE is the last. units: every period of it and of those.
    offices: by unit. surveys: the newest release of every form that something here names. decided: whether
    the unit's terminals have had assignments, so that kiosk.toml does not say again what they ask.
    """

    unit: str
    above: tuple[str, ...]
    today: date
    units: tuple[Unit, ...]
    procedures: tuple[Procedure, ...] = ()
    officers: tuple[Officer, ...] = ()
    counters: tuple[Counter, ...] = ()
    devices: tuple[Device, ...] = ()
    offices: dict[str, OfficeRow] = {}
    surveys: tuple[Survey, ...] = ()
    plans: tuple[Plan, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    decided: bool = False
    revoked_serials: tuple[str, ...] = ()
