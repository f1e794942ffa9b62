"""Runs a part of a test as another user: in a process that gives up root permanently."""

import os
from collections.abc import Callable
from typing import Any

import msgspec

from tests.support.own_process import exit_code


class Somebody(msgspec.Struct, frozen=True):
    """A user and its one group, by number; umask: as its service sets it."""

    user: int
    group: int
    umask: int = 0o027

    def does(self, what: Callable[..., object], *arguments: Any) -> None:
        """Run `what(*arguments)` as this user; raises AssertionError if it failed (its traceback is printed).

        what: a function of a module.
        """
        code = exit_code(_as_somebody, self, what, arguments)
        assert code == 0, f"user {self.user}: {code}"


def _as_somebody(somebody: Somebody, what: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    os.umask(somebody.umask)
    os.setgroups([])
    os.setgid(somebody.group)
    os.setuid(somebody.user)
    what(*arguments)
