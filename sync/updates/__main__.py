"""`hailong-update`: take what was handed over, switch when the terminal rests. Run by root, from its unit."""

import argparse
import errno
import os
import sys
from pathlib import Path

from msgspec.structs import replace

from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import STORAGE_FAILED, STORAGE_FULL
from sync.updates.applying import Helper, Places
from sync.updates.machine import this_machine
from sync.updates.watch import Systemctl


def main(words: list[str] | None = None) -> int:
    """Run the helper once; 1 if a file was refused."""
    usual = Places()
    parser = argparse.ArgumentParser(prog="hailong-update", description="Cập nhật phần mềm của máy tại quầy.")
    for name in Places.__struct_fields__:
        parser.add_argument(f"--{name}", type=Path, default=getattr(usual, name), metavar="PATH")
    parser.add_argument("--systemctl", default="/usr/bin/systemctl", metavar="PROGRAM")
    asked = parser.parse_args(words)
    os.umask(0o022)  # every user of the machine runs what is unpacked
    places = replace(usual, **{name: getattr(asked, name) for name in Places.__struct_fields__})
    try:
        problem = Helper(places, this_machine(), Systemctl(asked.systemctl)).run()
    except ProblemError as error:
        problem = error.problem
    except OSError as error:
        kind = STORAGE_FULL if error.errno == errno.ENOSPC else STORAGE_FAILED
        problem = kind(
            where=str(error.filename or places.root), detail=errno.errorcode.get(error.errno or 0, "")
        )
    if problem is not None:
        print("\n".join(problem.lines()), file=sys.stderr)
    return 0 if problem is None else 1


if __name__ == "__main__":
    sys.exit(main())
