"""Whether the database's disk takes what is written: its own word, kept until it has room again.

Promise: as soon as a write fails for want of room, or because the disk is broken or read-only, `/health` says
so and the log has a line; another one when it is over. In between, no line: small writes may still succeed
on a full disk, so only one that needs room ends it.
"""

import logging
import threading

from psycopg.errors import DiskFull, IoError, ReadOnlySqlTransaction

from sync.contract.problem.centre import DATABASE_FAILED

_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
_POSTGRES = (DiskFull, IoError, ReadOnlySqlTransaction)

log = logging.getLogger("hailong.central")


def refusal(error: BaseException | None) -> str:
    """What a driver's error is called, where the disk is its cause; else ""."""
    if isinstance(error, _POSTGRES):
        return type(error).__name__
    name = str(getattr(error, "sqlite_errorname", ""))
    return name if name.startswith(_SQLITE) else ""


class DiskState:
    """What writes meet. `trouble` is the disk's refusal; "" while there is none."""

    def __init__(self) -> None:
        self.trouble = ""
        self._lock = threading.Lock()

    def failed(self, refused: str) -> None:
        """A write failed; refused: from `refusal`, and "" changes nothing."""
        if refused:
            self._become(refused)

    def has_room(self) -> None:
        """A write that needs room succeeded."""
        self._become("")

    def _become(self, trouble: str) -> None:
        if trouble == self.trouble:  # almost always, and without the lock
            return
        with self._lock:
            before, self.trouble = self.trouble, trouble
        if trouble and not before:
            log.error(
                "%s %s: đĩa đầy, hỏng hoặc chỉ đọc; thiết bị giữ phiếu và tự gửi lại",
                DATABASE_FAILED.number,
                trouble,
            )
        elif before and not trouble:
            log.warning("%s: đã ghi lại được", DATABASE_FAILED.number)
