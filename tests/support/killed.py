"""Kills work at a line of it, as a power cut would."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tests.support.own_process import exit_code

KILLED = -signal.SIGKILL


def killed_at_line(number: int, files: tuple[str, ...], work: Callable[..., object], *arguments: Any) -> bool:
    """Do `work(*arguments)` in a process that dies before a line of it; whether it came to that line.

    number: counted from 1, over the lines of `files` that are run. work: a function of a module.

    Raises AssertionError if the work failed.
    """
    code = exit_code(_work_until, number, files, work, arguments)
    assert code in (0, KILLED)
    return code == KILLED


def _work_until(
    number: int, files: tuple[str, ...], work: Callable[..., object], arguments: tuple[Any, ...]
) -> None:
    left = number

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    work(*arguments)
