"""What a release has to be made for."""

import platform
import sys

from msgspec import Struct

_ARCHES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "armhf"}


class Machine(Struct, frozen=True):
    """part: kiosk or central. arch: as Debian names it. python: the minor version, such as 3.11."""

    part: str
    arch: str
    python: str


def this_machine() -> Machine:
    """The terminal that this runs on."""
    machine = platform.machine()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Machine("kiosk", _ARCHES.get(machine, machine), python)
