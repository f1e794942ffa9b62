"""Runs a part of a test as another user: in a child process that gives up root permanently."""

import os
import sys
import traceback
from collections.abc import Callable

import msgspec


class Somebody(msgspec.Struct, frozen=True):
    """A user and its one group, by number; umask: as its service sets it."""

    user: int
    group: int
    umask: int = 0o027

    def does(self, what: Callable[[], object]) -> None:
        """Run it as this user; raises AssertionError if it failed (its traceback is printed)."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.umask(self.umask)
                os.setgroups([])
                os.setgid(self.group)
                os.setuid(self.user)
                what()
                code = 0
            except BaseException:  # noqa: BLE001 - nothing of the test may go on in the child
                traceback.print_exc(file=sys.stderr)
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert status == 0, f"user {self.user}: {os.waitstatus_to_exitcode(status)}"
