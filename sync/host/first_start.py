"""How a terminal is enrolled from its own screen: three files between the kiosk and the agent.

    <outbox>/enrolment-code    the text that was scanned or typed; the kiosk writes it, and deletes it once it
                               is used or another one is tried
    <agent>/enrolling.json     how far the agent got with it
    <agent>/enrolled.json      who this terminal is, once it is enrolled

The kiosk and the agent are two users of the system: each only writes its own folder, readable by the group
of that folder. None of the files holds a key. A code is a secret that the centre accepts once, within ten
minutes.
"""

from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from sync.contract.enrolment import Enrolled, Network
from sync.contract.problem import Problem
from sync.host.secret_file import write_secret

CODE_FILE = "enrolment-code"
PROGRESS_FILE = "enrolling.json"
ENROLLED_FILE = "enrolled.json"
_CODE_LIMIT = 512  # bytes

Stage = Literal["waiting", "working", "refused"]

T = TypeVar("T")


class Code(Struct, frozen=True):
    """What was scanned or typed. mark: which one it is, for the agent's answer to it."""

    text: str
    mark: int


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far the agent got.

    stage: waiting for a code; working on it, again and again where a problem will pass; or refused, so that
    another code is needed. mark: of the code that this is about, 0 if none. problem: what went wrong last.
    network, address: how far the network goes, of the centre's address once it is known.
    """

    stage: Stage = "waiting"
    mark: int = 0
    problem: Problem | None = None
    network: Network = ""
    address: str = ""


def write_code(outbox: Path, text: str) -> int:
    """Hand a code to the agent; returns its mark. Raises OSError."""
    outbox.mkdir(parents=True, exist_ok=True)
    write_secret(outbox / CODE_FILE, text.encode(), mode=0o640)
    return (outbox / CODE_FILE).stat().st_mtime_ns


def read_code_file(outbox: Path) -> Code | None:
    """The code that the kiosk handed over; None if there is none."""
    path = outbox / CODE_FILE
    try:
        return Code(path.read_bytes()[:_CODE_LIMIT].decode("utf-8", "replace"), path.stat().st_mtime_ns)
    except OSError:
        return None


def drop_code(outbox: Path) -> None:
    """Delete the code: it is used. Raises OSError."""
    (outbox / CODE_FILE).unlink(missing_ok=True)


def write_progress(folder: Path, progress: Progress) -> None:
    """Replace what the kiosk shows; raises OSError."""
    write_secret(folder / PROGRESS_FILE, msgspec.json.encode(progress), mode=0o640)


def read_progress(folder: Path) -> Progress | None:
    """How far the agent got; None if it never said so."""
    return _read(folder / PROGRESS_FILE, Progress)


def write_enrolled(folder: Path, enrolled: Enrolled) -> None:
    """Name this terminal to the kiosk; raises OSError."""
    write_secret(folder / ENROLLED_FILE, msgspec.json.encode(enrolled), mode=0o640)
    (folder / PROGRESS_FILE).unlink(missing_ok=True)


def read_enrolled(folder: Path) -> Enrolled | None:
    """Who this terminal is; None while it is not enrolled."""
    return _read(folder / ENROLLED_FILE, Enrolled)


def _read(path: Path, type: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type)
    except (OSError, msgspec.DecodeError):
        return None
