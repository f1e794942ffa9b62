"""A province that is made once a day: kept in a folder, replaced when it is old or the program changed."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.contract.heartbeat import Heartbeat
from tests.support.office import ROOT
from tests.support.province.making import Province, make_province
from tests.support.province.places import communes_of
from tests.support.province.size import Size

KEPT_FOR = timedelta(days=1)
_FILE = "province.json"
# What decides which rows there are, and how they are stored.
_SOURCES = (
    "sync/central/store",
    "sync/central/duties",
    "sync/central/office/people",
    "sync/contract",
    "tests/support/province",
)


class _Kept(Struct, frozen=True, kw_only=True):
    """program: of its sources. The others are a province's."""

    program: str
    size: Size
    until: datetime
    responses: int
    waiting: dict[str, int]
    beats: dict[str, Heartbeat]


def kept_province(folder: Path, size: Size, now: datetime) -> Province | None:
    """The province in `folder`; None if there is none of this size and program, or it is old."""
    try:
        kept = msgspec.json.decode((folder / _FILE).read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    if (kept.program, kept.size) != (_program(), size) or now - kept.until > KEPT_FOR:
        return None
    return Province(
        data=folder / "centre",
        url=None,
        size=size,
        until=kept.until,
        communes=communes_of(size),
        responses=kept.responses,
        waiting=kept.waiting,
        beats=kept.beats,
    )


def new_province(folder: Path, size: Size, now: datetime, progress: Callable[[float], None]) -> Province:
    """A new one in `folder`, in place of everything that is there; progress: as in `make_province`."""
    shutil.rmtree(folder, ignore_errors=True)
    made = make_province(folder, size, until=now, progress=progress)
    keep(made, folder)
    return made


def keep(province: Province, folder: Path) -> None:
    """Note what was made in `folder`, for `kept_province`."""
    kept = _Kept(
        program=_program(),
        size=province.size,
        until=province.until,
        responses=province.responses,
        waiting=province.waiting,
        beats=province.beats,
    )
    (folder / _FILE).write_bytes(msgspec.json.encode(kept))


def _program() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    for folder in _SOURCES:
        yield from (ROOT / folder).rglob("*.py")
