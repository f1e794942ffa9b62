"""`make fresh`: `make demo` on an empty Debian of each release that the guide names. Needs root.

The machine has git, make, Python, venv and pip; the demonstration has to install everything else itself.
`make fresh SUITE=trixie` tries only one release.
"""

import argparse
import sys
import time

from rich.console import Console

from tests.support.chroot import Chroot, end_at_sigterm, suites


def main() -> int:
    """Demonstrate on each release; raises CalledProcessError at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", nargs="*", help="Debian releases; all that debootstrap knows by default")
    end_at_sigterm()
    console = Console()
    for suite in parser.parse_args().suite or suites():
        started = time.monotonic()
        with Chroot(suite, "/root/hailong") as machine:
            machine.run("make", "demo")
        console.print(f"make demo: {suite}, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
