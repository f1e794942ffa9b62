"""Wrong PINs, kept over restarts.

Promises:
- a try is on the disk before the PIN is compared: no restart, power cut or unfed watchdog gives one back;
- a wait is over when that time has really passed: it is counted by the kernel's own clock, which nobody can
  set, also while the terminal does not run; after a start of the machine, which sets that clock back, the
  whole wait begins anew;
- where a try can't be written, no PIN is compared (HL3027); a badge still opens the staff screen.

The file is one line of fixed length, overwritten in place, so that a full disk does not matter. A line that
can't be read counts as tries enough for the longest wait.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from kiosk.staff import LONGEST_WAIT_MS, MANY, Tries
from sync.contract.problem import ProblemError
from sync.contract.problem.scanning import PIN_TRY_NOT_KEPT
from sync.contract.reasons import system_reason
from sync.outbox.files import WRITE_OR_MAKE, Files, RealFiles, read_whole

NAME = "pin-tries"
_LENGTH = 128


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    """boot: a random id of the start of the machine whose clock `until_ms` is of."""

    boot: str
    wrong: int
    until_ms: int


class PinTries:
    """The file in `folder`. boot: a random id of this start of the machine."""

    def __init__(self, folder: Path, boot: str, files: Files | None = None) -> None:
        self._path = folder / NAME
        self._boot = boot
        self._files: Files = files if files is not None else RealFiles()

    def read(self, now_ms: int) -> Tries:
        """What is kept, for the monotonic time `now_ms` of this start of the machine."""
        try:
            data = read_whole(self._files, self._path)
            line = msgspec.json.decode(data, type=_Line)
        except FileNotFoundError:
            return Tries()
        except (OSError, msgspec.DecodeError):
            return Tries(MANY).again(now_ms)
        if line.boot != self._boot:
            return Tries(line.wrong).again(now_ms)
        return Tries(line.wrong, min(line.until_ms, now_ms + LONGEST_WAIT_MS))

    def keep(self, tries: Tries) -> None:
        """Keep this durably; raises ProblemError HL3027 where that can't be done."""
        line = msgspec.json.encode(_Line(self._boot, tries.wrong, tries.until_ms)).ljust(_LENGTH)
        files = self._files
        opened: list[int] = []
        try:
            opened.append(folder := files.open_folder(self._path.parent))
            opened.append(fd := files.open(self._path, WRITE_OR_MAKE))
            files.write(fd, line, 0)
            files.datasync(fd)
            files.sync_folder(folder)
        except OSError as error:
            where = str(self._path)
            raise ProblemError(PIN_TRY_NOT_KEPT(where=where, detail=system_reason(error))) from error
        finally:
            for each in opened:
                files.close(each)
