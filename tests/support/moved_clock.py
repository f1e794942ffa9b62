"""`hailong-central` whose clock is ahead: `python -m tests.support.moved_clock serve --data FOLDER …`.

The file that MOVED_CLOCK names in the environment holds by how many seconds. It is read whenever somebody
asks for the time, so a test moves the clock of a process that runs.
"""

import os
import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sync.host import clock

_real, _file = clock.local_now, Path(os.environ["MOVED_CLOCK"])


def _moved() -> datetime:
    return _real() + timedelta(seconds=float(_file.read_text()))


# Before anything of the centre is imported, so that all of it gets this one. A worker of the server imports
# this module first, too, under another name.
clock.local_now = _moved

if __name__ == "__main__":
    sys.argv[0] = "hailong-central"
    runpy.run_module("sync.central", run_name="__main__")
