"""How staff at the terminal use a USB stick, for responses or for logs: two files between kiosk and agent.

    <outbox>/usb-wanted    what is wanted, replaced each time staff ask; hailong-usb.path starts
                           hailong-usb.service then, which mounts the stick and runs `hailong-agent carry` as
                           the agent
    <agent>/usb.json       what came of it

The kiosk may mount nothing, and the agent may not either: systemd does.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.response import Moment
from sync.host.secret_file import write_secret

WANTED = "usb-wanted"
CAME = "usb.json"
LABEL = Path("/dev/disk/by-label/HAILONG")
"""A stick is known by its name."""

UsbStage = Literal["working", "done", "failed"]
UsbJob = Literal["copy", "logs"]


class UsbNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a copy.

    wanted: which request this is about, 0 for a copy by command. copied: responses that are on the stick now;
    left: those for which it has no room; receipts: that came from the centre. job: what was done; release:
    the version of the software that came on the stick, "" none.
    """

    at: Moment
    stage: UsbStage
    wanted: int = 0
    copied: int = 0
    left: int = 0
    receipts: int = 0
    job: UsbJob = "copy"
    release: str = ""
    problem: Problem | None = None


def want_usb(outbox: Path, at: datetime, job: UsbJob = "copy") -> int:
    """Ask for a copy; returns which request it is. Raises OSError."""
    write_secret(outbox / WANTED, f"{job} {at.isoformat()}".encode(), mode=0o640)
    return usb_wanted(outbox)


def usb_wanted(outbox: Path) -> int:
    """Which request is the newest; 0 without one."""
    try:
        return (outbox / WANTED).stat().st_mtime_ns
    except OSError:
        return 0


def job_wanted(outbox: Path) -> UsbJob:
    """What the newest request asks for; responses where that can't be read."""
    try:
        words = (outbox / WANTED).read_text("utf-8", "replace").split()
    except OSError:
        return "copy"
    return "logs" if words[:1] == ["logs"] else "copy"


def write_usb_note(folder: Path, note: UsbNote) -> None:
    """Say what came of a copy. Raises OSError."""
    write_secret(folder / CAME, msgspec.json.encode(note), mode=0o640)


def read_usb_note(folder: Path) -> UsbNote | None:
    """What came of the last copy; None without one."""
    try:
        return msgspec.json.decode((folder / CAME).read_bytes(), type=UsbNote)
    except (OSError, msgspec.DecodeError):
        return None
