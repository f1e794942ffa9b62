"""`make image-test`: the image on an emulated machine, from the first start to plugs pulled at random.

The image is written to a disk, started, enrolled by a scanner that types, touched, sent every key that a
counter forbids, and unplugged again and again: while it starts, while somebody answers, and afterwards. After
each cut it has to be idle again by itself, and the outbox on the data partition has to be whole, with every
response that was acknowledged to a citizen. Pictures lie in build/image/pictures/.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
from rich.console import Console

from tests.support.chroot import ROOT, end_at_sigterm
from tests.support.finger import Finger, Picture
from tests.support.office import until
from tests.support.processes import free_port
from tests.support.virtual_machine import CENTRE, Machine, disk_of

IMAGES = ROOT / "build" / "image"
PICTURES = IMAGES / "pictures"
PATIENCE = 600.0
"""Seconds for one step of an emulated machine next to other work."""
BOOT = 120.0
"""Seconds from the power button to the idle screen."""
BELOW_CLOCK = (0, 160, 1280, 800)
"""Of the idle screen: what no minute changes."""
FORBIDDEN = (
    ("ctrl", "alt", "f1"),
    ("ctrl", "alt", "f2"),
    ("ctrl", "alt", "delete"),
    ("ctrl", "alt", "backspace"),
    ("alt", "sysrq", "b"),
    ("alt", "sysrq", "o"),
    ("alt", "f4"),
    ("alt", "tab"),
    ("meta_l", "l"),
    ("ctrl", "alt", "kp_add"),
    ("print",),
    ("power",),
    ("sleep",),
    ("esc",),
    ("f1",),
    ("f11",),
)
"""Keys that change consoles, end X, start again, switch off, or belong to a desktop."""


class Stored(msgspec.Struct, frozen=True):
    """What the outbox on a disk holds: how many responses, and whether every one is whole."""

    responses: int
    problems: tuple[str, ...]


@contextmanager
def centre(folder: Path, port: int) -> Iterator[Path]:
    """A centre that the machine reaches; yields its data folder."""
    data = folder / "centre"
    command: list[str | Path] = [sys.executable, "-m", "sync.central"]
    answers = ("--name", "UBND phường Mẫu", "--person", "Nguyễn Thị Mẫu", "--https", "none", "--plain")
    setup = [*command, "setup", "--data", data, "--address", f"http://{CENTRE}", *answers]
    subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    serving = subprocess.Popen(
        [*command, "serve", "--data", data, "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(port), "the centre")
        yield data
    finally:
        serving.terminate()
        serving.wait(30)


def code_of(data: Path) -> str:
    """A code for the counter, good for ten minutes."""
    place = ("--unit", "phuong-mau", "--counter", "quay-1", "--plain")
    command = (sys.executable, "-m", "sync.central", "enrol-token", "--data", str(data), *place)
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    (code,) = re.findall(r"\S+@\S+", said)
    return str(code)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.ConnectError:
        return False


def stored(disk: Path, folder: Path) -> Stored:
    """What the outbox holds after a cut, read from a copy of the data partition whose journal is replayed."""
    start, size = data_partition(disk)
    copy = folder / "data.ext4"
    copy.unlink(missing_ok=True)
    subprocess.run(
        ["dd", f"if={disk}", f"of={copy}", "bs=1M", f"skip={start // 1024**2}", "conv=sparse", "status=none"],
        check=True,
    )
    with copy.open("r+b") as opened:
        opened.truncate(size)
    repaired = subprocess.run(["e2fsck", "-fy", copy], check=False, capture_output=True, text=True)
    assert repaired.returncode < 4, repaired.stdout
    outbox = folder / "outbox"
    subprocess.run(["rm", "-rf", outbox], check=True)
    subprocess.run(
        ["debugfs", "-R", f"rdump /hailong/outbox {folder}", copy], check=True, capture_output=True
    )
    verify = [sys.executable, "-m", "sync.outbox", "verify", str(outbox)]
    checked = subprocess.run(verify, check=False, capture_output=True, text=True, cwd=ROOT)
    problems = () if checked.returncode == 0 else (checked.stdout + checked.stderr,)
    export = [sys.executable, "-m", "sync.outbox", "export", str(outbox)]
    rows = subprocess.run(export, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()
    complete = [row for row in rows if '"outcome":"complete"' in row.replace(" ", "")]
    return Stored(len(complete), problems)


def data_partition(disk: Path) -> tuple[int, int]:
    """Where the data partition begins and how large it is, in bytes."""
    said = subprocess.run(["sfdisk", "--json", disk], check=True, capture_output=True).stdout
    parts = msgspec.json.decode(said)["partitiontable"]["partitions"]
    (part,) = (each for each in parts if each.get("name") == "hailong-data")
    return part["start"] * 512, part["size"] * 512


def took(machine: Machine) -> str:
    """How long it has been on; next to other work the seconds of its own two processors say more."""
    seconds = time.monotonic() - machine.started
    return f"after {seconds:.0f} s ({machine.processor_seconds:.0f} s of its processors)"


@contextmanager
def witnessed(machine: Machine) -> Iterator[None]:
    """Leaves a picture and the journal of a machine with which something went wrong."""
    try:
        yield
    except (AssertionError, OSError, RuntimeError, httpx.HTTPError, subprocess.SubprocessError):
        machine.screenshot(PICTURES / "wrong.png")
        shutil.copy(machine.journal, PICTURES / "wrong.txt")
        raise


def visit(finger: Finger) -> None:
    """A citizen answers two questions and writes nothing, to the thanks, which acknowledge the response."""
    finger.until("IdleView", PATIENCE)
    for name in ("Bắt đầu", "Rất hài lòng", "Hài lòng"):
        before = _page(finger)
        finger.press(name, PATIENCE)
        until(lambda before=before: _page(finger) != before, f"nothing after '{name}'", PATIENCE)  # type: ignore[misc]
    while (picture := finger.seen()) is not None and picture.screen != "ThanksView":
        names = {place.name for place in picture.targets}
        wanted = next((name for name in ("Gửi", "Không để lại", "Bỏ qua") if name in names), None)
        if wanted is not None:
            finger.press(wanted, PATIENCE)
            until(lambda before=picture: finger.seen() != before, f"nothing after '{wanted}'", PATIENCE)  # type: ignore[misc]


def _page(finger: Finger) -> str:
    picture = finger.seen()
    return "" if picture is None else f"{picture.screen} {picture.page}"


def first_start(machine: Machine, finger: Finger, data: Path, console: Console) -> None:
    """The first screen, the code, the idle screen."""
    finger.until("FirstStartView", PATIENCE)
    console.print(f"first screen {took(machine)}", highlight=False)
    machine.settle()
    machine.screenshot(PICTURES / "1-first-start.png")
    finger.scan(code_of(data))
    finger.until("IdleView", PATIENCE)
    machine.settle()
    machine.screenshot(PICTURES / "2-idle.png")


def forbidden_keys(machine: Machine, finger: Finger, console: Console) -> None:
    """Nothing that is pressed changes what is shown, nor ends a program; raises AssertionError."""
    machine.settle()
    before, described = machine.picture().crop(BELOW_CLOCK), finger.pictures()
    before_that = started(machine)
    for keys in FORBIDDEN:
        machine.press(*keys, milliseconds=200)
    time.sleep(5)
    machine.screenshot(PICTURES / "4-after-forbidden-keys.png")
    assert {picture.screen for picture in finger.pictures()[len(described) :]} <= {described[-1].screen}
    assert machine.picture().crop(BELOW_CLOCK) == before
    assert started(machine) == before_that
    console.print(f"{len(FORBIDDEN)} forbidden keys change nothing", highlight=False)


def started(machine: Machine) -> int:
    """How often the screen and the terminal were started since the machine was."""
    return len(re.findall(rb"Starting hailong-(?:kiosk|display)\.", machine.journal.read_bytes()))


def plugs_pulled(
    disk: Path,
    folder: Path,
    port: int,
    *,
    times: int,
    chance: random.Random,
    acknowledged: int,
    console: Console,
) -> None:
    """Cut the power `times` times; raises AssertionError if something acknowledged is lost."""
    for number in range(1, times + 1):
        moment = chance.choice(("start", "visit", "rest"))
        with Machine(disk, folder, port) as machine, witnessed(machine):
            finger = Finger(machine, machine.described)  # type: ignore[arg-type]
            if moment == "start":
                time.sleep(chance.uniform(5, BOOT))
            else:
                finger.until("IdleView", PATIENCE)
                console.print(f"  idle {took(machine)}", highlight=False)
                if moment == "visit":
                    _cut_within(finger, chance.randrange(1, 5))
                else:
                    visit(finger)
            machine.pull_the_plug()
            acknowledged += any(picture.screen == "ThanksView" for picture in finger.pictures())
        found = stored(disk, folder)
        console.print(
            f"{number}: cut during {moment}; {found.responses} responses, {acknowledged} acknowledged"
        )
        assert not found.problems, found.problems
        assert found.responses >= acknowledged, found
    with Machine(disk, folder, port) as machine:
        finger = Finger(machine, machine.described)  # type: ignore[arg-type]
        finger.until("IdleView", PATIENCE)
        console.print(f"idle again {took(machine)}", highlight=False)


def _cut_within(finger: Finger, touches: int) -> None:
    """Answer up to a number of touches."""
    for name in ("Bắt đầu", "Rất hài lòng", "Hài lòng", "Không để lại")[:touches]:
        before = finger.seen()
        if before is None or name not in _offered(before):
            return
        finger.press(name, PATIENCE)
        until(lambda before=before: finger.seen() != before, f"nothing after '{name}'", PATIENCE)  # type: ignore[misc]


def _offered(picture: Picture) -> set[str]:
    return {place.name for place in picture.targets}


def main() -> int:
    """Try the image; raises at the first step that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, help="default: the one in build/image")
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    end_at_sigterm()
    console = Console()
    image = asked.image or next(IMAGES.glob("*.img"))
    port = free_port()
    with tempfile.TemporaryDirectory(dir=IMAGES) as name:
        folder = Path(name)
        disk = disk_of(image, folder / "disk")
        with centre(folder, port) as data:
            with Machine(disk, folder, port) as machine, witnessed(machine):
                finger = Finger(machine, machine.described)  # type: ignore[arg-type]
                first_start(machine, finger, data, console)
                visit(finger)
                machine.screenshot(PICTURES / "3-thanks.png")
                finger.until("IdleView", PATIENCE)
                forbidden_keys(machine, finger, console)
            found = stored(disk, folder)
            assert found == Stored(1, ()), found
            plugs_pulled(
                disk,
                folder,
                port,
                times=asked.cuts,
                chance=random.Random(asked.seed),
                acknowledged=1,
                console=console,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
