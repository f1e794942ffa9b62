"""Imports modules as if this machine were Windows: our code finds nothing there that is of POSIX alone.

    python -m tests.support.without_posix MODULE …

Prints one line for each module that can't be imported. The standard library and packages see the machine as
it is, because on Windows they are others. A submodule of a package that was named is imported, too.
"""

import builtins
import importlib
import os
import pkgutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

MODULES = frozenset(
    [
        "crypt",
        "fcntl",
        "grp",
        "nis",
        "posix",
        "pty",
        "pwd",
        "readline",
        "resource",
        "spwd",
        "syslog",
        "termios",
        "tty",
        "evdev",
    ]
)
"""Not there on Windows."""
ATTRIBUTES: Mapping[ModuleType, frozenset[str]] = {
    os: frozenset(
        [
            "O_CLOEXEC",
            "O_DIRECTORY",
            "O_NOCTTY",
            "O_NOFOLLOW",
            "O_NONBLOCK",
            "O_SYNC",
            "chown",
            "fchmod",
            "fchown",
            "fdatasync",
            "fork",
            "getegid",
            "geteuid",
            "getgid",
            "getgroups",
            "getpgid",
            "getuid",
            "initgroups",
            "killpg",
            "mkfifo",
            "posix_fallocate",
            "pread",
            "preadv",
            "pwrite",
            "pwritev",
            "sched_getaffinity",
            "setgid",
            "setpgid",
            "setsid",
            "setuid",
            "statvfs",
            "sync",
            "sysconf",
            "uname",
        ]
    ),
    signal: frozenset(
        [
            "SIGALRM",
            "SIGCHLD",
            "SIGHUP",
            "SIGKILL",
            "SIGPIPE",
            "SIGQUIT",
            "SIGSTOP",
            "SIGUSR1",
            "SIGUSR2",
            "alarm",
            "pause",
            "pthread_kill",
            "pthread_sigmask",
            "setitimer",
            "sigwait",
        ]
    ),
    socket: frozenset({"AF_UNIX", "AF_NETLINK", "SO_REUSEPORT", "socketpair"}),
    time: frozenset({"CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "CLOCK_REALTIME", "clock_gettime", "tzset"}),
}
"""Not in these modules on Windows."""
OURS = ("kiosk", "sync")


def _hidden(module: ModuleType, names: frozenset[str]) -> ModuleType:
    """A copy of a module without these names."""
    copy = ModuleType(module.__name__, module.__doc__)
    copy.__dict__.update({name: value for name, value in vars(module).items() if name not in names})
    return copy


def _all_of(names: Sequence[str]) -> Iterator[str]:
    """Every module of these packages, without importing them."""
    for name in names:
        yield name
        *above, last = name.split(".")
        for path in sys.path:
            folder = Path(path, *above, last)
            if folder.is_dir():
                for found in pkgutil.iter_modules([str(folder)]):
                    yield from _all_of([f"{name}.{found.name}"])
                break


def main(names: Sequence[str]) -> None:
    """Import every module of these packages; a line for each that fails."""
    copies = {module.__name__: _hidden(module, gone) for module, gone in ATTRIBUTES.items()}
    real = builtins.__import__

    def imported(
        name: str,
        asking: Mapping[str, Any] | None = None,
        within: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        asker = str((asking or {}).get("__name__", "")).partition(".")[0]
        if level == 0 and asker in OURS:
            if name.partition(".")[0] in MODULES:
                raise ModuleNotFoundError(f"No module named {name!r} on Windows")
            if name in copies:
                return copies[name]
        return real(name, asking, within, fromlist or (), level)

    builtins.__import__ = imported  # type: ignore[assignment]  # names its arguments otherwise
    for name in dict.fromkeys(_all_of(names)):
        if name.endswith("__main__"):
            continue
        try:
            importlib.import_module(name)
        except (ImportError, AttributeError, TypeError, OSError) as error:
            print(f"{name}: {type(error).__name__}: {error}")
    print(f"{len([name for name in sys.modules if name.partition('.')[0] in OURS])} imported")


if __name__ == "__main__":
    main(sys.argv[1:])
