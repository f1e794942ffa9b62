"""What the agent reads of the helper, and what it hands over: files in a folder of each.

    <state>/state.json                 written by the helper, see watch.py; readable by all
    <agent>/update/offer.json          which versions the centre offers and withdraws
    <agent>/update/<sha256>.release    a release that was fetched whole; <sha256>.part while it is fetched
    <agent>/update/<version>-stick.release    one that came on a USB stick
    <agent>/update/heard.json          the version whose agent had an answer of the centre

The helper verifies all that comes from here as if a stranger had written it.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from sync.contract.problem.updates import (
    RELEASE_DAMAGED,
    RELEASE_NOT_NEWER,
    RELEASE_TAKEN_BACK,
    RELEASE_UNSUITABLE,
    RELEASE_UNTRUSTED,
)
from sync.host.secret_file import write_secret
from sync.updates.watch import read_plain

FOLDER, OFFER_FILE, HEARD_FILE = "update", "offer.json", "heard.json"
STATE_FILE = "state.json"
_FINAL = {kind.number for kind in (RELEASE_DAMAGED, RELEASE_NOT_NEWER, RELEASE_UNSUITABLE, RELEASE_UNTRUSTED)}


def handed_by_stick(version: str) -> str:
    """How a release that came on a USB stick is called."""
    return f"{version}-stick.release"


class Refused(Struct, frozen=True):
    """A file that the helper did not take: its name without the ending, and the reason."""

    file: str = ""
    number: str = ""
    where: str = ""
    detail: str = ""

    @property
    def is_final(self) -> bool:
        """Whether the file itself is the reason: it would be refused again."""
        return self.number in _FINAL


class Standing(Struct, frozen=True, kw_only=True):
    """What the helper has on the disk; see `watch.State`."""

    failed: tuple[str, ...] = ()
    unpacked: tuple[str, ...] = ()
    refused: Refused = Refused()

    def trouble(self) -> tuple[str, str]:
        """The version or file that was not kept, and the number of the reason; empty where all is well."""
        if self.refused.number:
            return self.refused.file[:12], self.refused.number
        return (self.failed[-1], RELEASE_TAKEN_BACK.number) if self.failed else ("", "")


class HandedOver(Struct, frozen=True):
    """What the centre says of releases: the versions it offers to this device, and those it took back."""

    offered: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


class Heard(Struct, frozen=True):
    """The version whose agent had an answer of the centre."""

    version: str


def read_standing(state: Path) -> Standing:
    """What the helper noted; nothing where there is no helper."""
    try:
        return msgspec.json.decode((state / STATE_FILE).read_bytes(), type=Standing)
    except (OSError, msgspec.DecodeError):
        return Standing()


def read_handed_over(agent: Path) -> HandedOver:
    """What the agent handed over; nothing where that can't be read."""
    try:
        return msgspec.json.decode(read_plain(agent / FOLDER / OFFER_FILE), type=HandedOver)
    except (OSError, msgspec.DecodeError):
        return HandedOver()


def write_handed_over(agent: Path, said: HandedOver) -> None:
    """Replace what is handed over, where it changed; raises OSError."""
    if read_handed_over(agent) != said or not (agent / FOLDER / OFFER_FILE).exists():
        (agent / FOLDER).mkdir(exist_ok=True)
        write_secret(agent / FOLDER / OFFER_FILE, msgspec.json.encode(said), mode=0o640)


def write_heard(agent: Path, version: str) -> None:
    """Note that the agent of this version had an answer, where that is new; raises OSError."""
    path = agent / FOLDER / HEARD_FILE
    content = msgspec.json.encode(Heard(version))
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        (agent / FOLDER).mkdir(exist_ok=True)
    write_secret(path, content, mode=0o640)
