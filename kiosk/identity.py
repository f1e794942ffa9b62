"""Which terminal this is: its device, and the unit and counter where it is.

device         what the agent was enrolled as, else kiosk.toml
unit           the device's row in the catalogue of the configuration, else kiosk.toml, else the enrolment
counter        the same row; kiosk.toml where there is none, or where that is of the same unit and names none
"""

from pathlib import Path

from msgspec import Struct

from kiosk.settings import Settings
from sync.contract.catalogue import Catalogue
from sync.contract.enrolment import Enrolled
from sync.contract.problem import ProblemError
from sync.contract.problem.files import REFERENCE_DANGLING, TERMINAL_UNCONFIGURED


class Identity(Struct, frozen=True):
    """The device, and where it is; counter: "" none."""

    device: str
    unit: str
    counter: str = ""


def agent_folder(settings: Settings) -> Path:
    """The agent's folder, which the terminal only reads."""
    return settings.data / "agent"


def identify(settings: Settings, enrolment: Enrolled | None, catalogue: Catalogue) -> Identity:
    """Which terminal this is, by this catalogue.

    Raises:
        ProblemError: HL1011 where no device is named; HL1005 where nothing says its unit, or the catalogue
            lacks it.
    """
    device = enrolment.device if enrolment else settings.device
    if device is None:
        raise ProblemError(TERMINAL_UNCONFIGURED(where=str(agent_folder(settings))))
    row = next((row for row in catalogue.devices if row.id == device), None)
    unit = row.unit if row else settings.unit or (enrolment.unit if enrolment else None)
    if unit is None:
        detail = f"danh mục không có máy “{device}”"
        raise ProblemError(REFERENCE_DANGLING(where="device", detail=detail))
    if catalogue.unit(unit) is None:
        raise ProblemError(REFERENCE_DANGLING(where="unit", detail=f"không có đơn vị “{unit}”"))
    if row is None or (not row.counter and row.unit == settings.unit):
        return Identity(device, unit, settings.counter)
    return Identity(device, unit, row.counter)
