"""`make fresh` and `make guides` take away what they made, however they end."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Stands in for what takes minutes: the base system is an empty folder, and the work in it never ends.
ENDLESS = """
import sys, time
from pathlib import Path
from tests.support import chroot, fresh

def work(machine, *command):
    print(machine.root, flush=True)
    time.sleep(60)

chroot.BUILD = Path(sys.argv[1])
chroot.Chroot._configure = chroot.Chroot._unpack = lambda machine: None
chroot.Chroot.run = work
sys.argv[1:] = ["bookworm"]
fresh.main()
"""


@pytest.mark.programs
def test_the_folder_of_a_machine_goes_when_the_command_is_told_to_end(tmp_path: Path) -> None:
    (tmp_path / "bookworm").mkdir()
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        made = Path(process.stdout.readline().strip())
        assert made.parent == tmp_path
        assert made.is_dir()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
    assert not made.exists()
