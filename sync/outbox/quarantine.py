"""Copies of damaged bytes, for a person to look at, and the alarms about what was lost."""

import contextlib
from collections.abc import Collection
from pathlib import Path

from sync.contract.problem.terminal import OUTBOX_DAMAGED, RESPONSES_MISSING
from sync.contract.ranges import as_text, to_ranges
from sync.outbox import erasing
from sync.outbox.alarms import Alarms
from sync.outbox.files import WRITE_OR_MAKE, Files, read_whole
from sync.outbox.journal import Damage
from sync.outbox.problems import storage_problem
from sync.outbox.segments import Segment


class Quarantine:
    """Keeps the copies, and remembers which were deleted.

    Args:
        folder: where the copies are; made for the first one.
        files: the file system.
        alarms: where losses are reported.

    """

    def __init__(self, folder: Path, files: Files, alarms: Alarms) -> None:
        self._folder = folder
        self._files = files
        self._alarms = alarms
        # Deleted but perhaps not durably: it is repeated, because a later sync of the folder proves nothing.
        self._removing: set[str] = set()

    def remind(self) -> None:
        """Raise the alarm about copies that are still here. Raises OSError."""
        if names := [name for name in self._files.names(self._folder) if name.endswith(".damaged")]:
            self._alarms.add(OUTBOX_DAMAGED(where=str(self._folder), detail=str(len(names))))

    def report(self, segment: Path, missing: list[int], damage: list[Damage]) -> None:
        """Raise an alarm about missing numbers of a segment, and one about bytes that can't be read."""
        if missing:
            self._alarms.add(RESPONSES_MISSING(where=str(segment), detail=as_text(to_ranges(missing))))
        if damage:
            spans = ", ".join(f"{part.start}-{part.end}" for part in damage)
            self._alarms.add(OUTBOX_DAMAGED(where=str(segment), detail=spans))

    def copy(self, segment: Segment, damage: list[Damage], data: bytes) -> None:
        """Copy the damaged bytes to the quarantine folder. The segment itself stays as it is."""
        try:
            for part in damage:
                self._files.make_folder(self._folder)
                name = f"{segment.number:06d}-{part.start}-{part.end}.damaged"
                if name not in self._files.names(self._folder):
                    self._write(self._folder / name, data[part.start : part.end])
        except OSError as error:
            self._alarms.add(storage_problem(error, self._folder))

    def empty(self, ids: Collection[str]) -> None:
        """Delete the copies that contain one of these ids; durable on return. Raises OSError."""
        names = self._files.names(self._folder)
        named = {
            name for name in names if erasing.names_one(read_whole(self._files, self._folder / name), ids)
        }
        for name in self._removing - named:
            self._files.close(self._files.open(self._folder / name, WRITE_OR_MAKE))  # to remove it again
        self._removing |= named
        if not self._removing:
            return
        for name in self._removing:
            self._files.unlink(self._folder / name)
        folder = self._files.open_folder(self._folder)
        try:
            self._files.sync_folder(folder)
        finally:
            self._files.close(folder)
        if self._removing >= set(names):
            self._alarms.calm(self._folder)
        self._removing.clear()

    def _write(self, path: Path, data: bytes) -> None:
        fd = self._files.open(path, WRITE_OR_MAKE)
        try:
            self._files.write(fd, data, 0)
            self._files.datasync(fd)
        except OSError:
            with contextlib.suppress(OSError):  # half a copy would look complete, and take space
                self._files.unlink(path)
            raise
        finally:
            self._files.close(fd)
