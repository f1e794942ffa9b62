"""Runs a part of a test as another user: in a process that gives up root permanently."""

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

import msgspec


class Somebody(msgspec.Struct, frozen=True):
    """A user and its one group, by number; umask: as its service sets it."""

    user: int
    group: int
    umask: int = 0o027

    def does(self, what: Callable[..., object], *arguments: Any) -> None:
        """Run `what(*arguments)` as this user; raises AssertionError if it failed (its traceback is printed).

        what: a function of a module, because its process is not forked from that of the tests: a thread there
        could hold a lock that nobody would release.
        """
        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload([what.__module__])
        process = processes.Process(target=_as_somebody, args=(self, what, arguments))
        process.start()
        process.join()
        assert process.exitcode == 0, f"user {self.user}: {process.exitcode}"


def _as_somebody(somebody: Somebody, what: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    os.umask(somebody.umask)
    os.setgroups([])
    os.setgid(somebody.group)
    os.setuid(somebody.user)
    what(*arguments)
