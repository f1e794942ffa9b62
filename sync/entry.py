"""The installed commands: each reports what is missing if its extra is not installed on this machine."""

import sys
from importlib import import_module

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import COMMAND_NOT_INSTALLED


def central() -> None:
    """`hailong-central`, of the extra `central`."""
    _run("sync.central.__main__", "hailong-central", "central")


def agent() -> None:
    """`hailong-agent`, of the extra `kiosk`."""
    _run("sync.agent.__main__", "hailong-agent", "kiosk")


def pull() -> None:
    """`hailong-pull`, of the extra `pull`."""
    _run("sync.pull.__main__", "hailong-pull", "pull")


def update() -> None:
    """`hailong-update`, of the extra `kiosk`."""
    _run("sync.updates.__main__", "hailong-update", "kiosk")


def _run(module: str, command: str, extra: str) -> None:
    try:
        main = import_module(module).main
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("sync", "kiosk"):
            raise  # our own module: the package itself is broken
        detail = f"thiếu {error.name}: pip install 'hailong[{extra}]'"
        print(ProblemError(COMMAND_NOT_INSTALLED(where=command, detail=detail)), file=sys.stderr)
        sys.exit(1)
    sys.exit(main())
