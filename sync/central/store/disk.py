"""Whether the database's disk accepts writes: the error it reported, kept until it has room again.

Promise: as soon as a write fails because the disk is full, broken or read-only, `/health` reports it and the
log has a line; the log has another line when it is over, and none in between: small writes may still succeed
on a full disk, so only a write that needs room ends it.
"""

import logging
import threading

from psycopg.errors import DiskFull, IoError, ReadOnlySqlTransaction

from sync.contract.problem.centre import DATABASE_FAILED

_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
_POSTGRES = (DiskFull, IoError, ReadOnlySqlTransaction)

log = logging.getLogger("hailong.central")


def refusal(error: BaseException | None) -> str:
    """The name of a driver's error if the disk is its cause; else ""."""
    if isinstance(error, _POSTGRES):
        return type(error).__name__
    name = str(getattr(error, "sqlite_errorname", ""))
    return name if name.startswith(_SQLITE) else ""


class DiskState:
    """The state of the disk, as writes find it. `trouble` is the disk's error; "" while there is none."""

    def __init__(self) -> None:
        self.trouble = ""
        self._lock = threading.Lock()

    def failed(self, refused: str) -> None:
        """Record that a write failed; refused: from `refusal`, where "" changes nothing."""
        if refused:
            self._become(refused)

    def has_room(self) -> None:
        """Record that a write that needs room succeeded."""
        self._become("")

    def _become(self, trouble: str) -> None:
        if trouble == self.trouble:  # the usual case, which needs no lock
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
