"""Runs a function of a module in a process of its own.

The process is forked from a server that has no threads: in a fork of the tests' process a lock could be held
by a thread that isn't there, so nobody would release it. The server has imported what most of these functions
need, so that a process begins within milliseconds.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess

PRELOADED = [
    "hypothesis",
    "pytest",
    "sync.agent.loop",
    "sync.central.app",
    "sync.central.office.installing",
    "tests.support.surveyed",
    "tests.support.wire",
    # A process that becomes another user can't read the interpreter's own files, where they are root's.
    "encodings.utf_8_sig",
]


def processes() -> ForkServerContext:
    """Where such processes and their pipes are made."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def started(work: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Begin `work(*arguments)`; who calls waits for its end."""
    process = processes().Process(target=work, args=arguments)
    process.start()
    return process


def exit_code(work: Callable[..., object], *arguments: object) -> int | None:
    """How `work(*arguments)` ended: 0, what it gave to `os._exit`, or less than 0 for a signal."""
    process = started(work, *arguments)
    process.join()
    return process.exitcode
