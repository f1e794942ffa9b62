"""What the outbox raises: numbered problems that the terminal shows and acts on."""

import errno
from pathlib import Path

from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import STORAGE_FAILED, STORAGE_FULL

FULL = (errno.ENOSPC, errno.EDQUOT)


class StorageFailed(ProblemError):  # noqa: N818 - named for what happened, as callers read it
    """The response is not durable; nothing was stored. Appending works again once the cause is gone."""


class OutboxLocked(ProblemError):  # noqa: N818
    """Another process writes this outbox."""


class ForeignFormat(ProblemError):  # noqa: N818
    """The folder holds something else, a newer format, or another device's responses. It was not touched."""


def storage_problem(error: OSError, folder: Path) -> Problem:
    """The problem for a failed call of the operating system: HL2002 if the disk is full, else HL2001."""
    kind = STORAGE_FULL if error.errno in FULL else STORAGE_FAILED
    name = errno.errorcode.get(error.errno or 0, "") if error.errno else ""
    return kind(where=str(folder), detail=name)
