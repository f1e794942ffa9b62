"""`make packages-test`: the packages on an empty, running Debian, from the first install to the purge.

Both packages are built, one of them twice (byte by byte the same), their size is compared with what they may
have, and lintian finds no error. Then a machine follows the guide (`guides`), bears what happens at a counter
(`counter_faults`) and fifty kills (`kills`). Afterwards a newer version is installed, packages are removed,
installed again and purged, each time with a response that the centre doesn't have yet: no byte of the outbox
changes, and in the end the centre has every response once. Needs root.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

import sync
from tests.support.booted import Booted
from tests.support.centre_upgrade import migrated
from tests.support.chroot import ROOT, Chroot, end_at_sigterm, suites
from tests.support.counter import Counter
from tests.support.counter_faults import borne
from tests.support.guides import (
    HOME,
    JOURNAL,
    PACKAGES,
    Follower,
    answer,
    answers,
    bring,
    commands,
    follow,
    here,
    renewed,
    running,
    until_pulled,
)
from tests.support.kills import survived
from tests.support.office import until
from tests.support.services import scored

MOST = {"hailong-kiosk": 18_000_000, "hailong-central": 40_000_000}
"""Bytes that a package may have."""
NEWER = f"{sync.__version__}.1"
OUTBOX = "var/lib/hailong/outbox"


def built(suite: str, folder: Path, *options: str) -> list[Path]:
    """Build the packages of the last commit for this machine; returns them."""
    command = [sys.executable, "-m", "deploy.packaging", "--suite", suite, "--arch", "amd64", *options]
    subprocess.run([*command, "--folder", str(folder)], check=True, cwd=ROOT)
    return sorted((folder / suite).glob("*_amd64.deb"))


def judged(packages: list[Path], console: Console) -> None:
    """Raises if a package is too large, or if lintian finds an error in one."""
    for package in packages:
        size = package.stat().st_size
        console.print(f"{package.name}: {size / 1e6:.1f} MB", highlight=False)
        assert size <= MOST[package.name.partition("_")[0]], package.name
    said = subprocess.run(
        ["lintian", "--fail-on", "error", "--tag-display-limit", "0", *packages],
        check=False,
        capture_output=True,
        text=True,
    )
    console.print(said.stdout, markup=False, highlight=False, soft_wrap=True)
    assert said.returncode == 0, said.stdout + said.stderr


def digest(folder: Path) -> str:
    """One number for every file in `folder`: where it is, whose, and what it holds."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        total.update(f"{path.relative_to(folder)} {about.st_uid} {about.st_gid} {about.st_mode}".encode())
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


def lives(machine: Booted, newer: Path, suite: str, chroot: Chroot, console: Console, so_far: int) -> None:
    """Upgrade, remove, install again and purge; `so_far`: the responses that the centre has."""
    guide = Follower(machine, console)
    inside = Path(f"/proc/{machine.pid}/root")
    (pull,) = [here(line) for line in commands("lay-so-lieu.md", "")[0] if "hailong-pull" in line]
    install, *_ = commands("README.md")[3]
    install = install.rpartition("&& ")[2]

    def unsent() -> None:
        """One more response, which stays on the tablet."""
        guide.does("systemctl stop hailong-central")
        answer(machine, console)

    def arrived(count: int) -> None:
        guide.does("systemctl start hailong-central")
        until(answers, "the centre")
        until_pulled(guide, pull, inside / HOME[1:] / "phieu.jsonl", so_far + count)

    unsent()
    first = (inside / "opt/hailong/kiosk/current").readlink()
    bring(suite, chroot, newer)
    guide.does(f"apt-get install -y ./hailong-kiosk_{NEWER}*.deb")
    assert (inside / "opt/hailong/kiosk/current").readlink() == Path("releases", NEWER)
    until(lambda: renewed(machine), "the terminal to end by itself and start from the new release")
    assert (inside / "opt/hailong/kiosk" / first).is_dir()  # the way back
    older = (inside / "opt/hailong/central/current").readlink().name
    guide.does(f"apt-get install -y ./hailong-central_{NEWER}*.deb")
    arrived(1)
    migrated(machine, older, NEWER)

    unsent()
    guide.does("systemctl stop hailong-kiosk hailong-agent")
    before = digest(inside / OUTBOX)
    guide.does("apt-get remove -y hailong-kiosk")
    assert not (inside / "opt/hailong/kiosk").exists()
    assert digest(inside / OUTBOX) == before
    guide.does(install)
    running(machine, central=False)
    arrived(2)

    unsent()
    guide.does("systemctl stop hailong-kiosk hailong-agent")
    before = digest(inside / OUTBOX)
    said = guide.does("apt-get purge -y hailong-kiosk hailong-central")
    assert "GIỮ LẠI" in said
    assert "rm -rf /var/lib/hailong/outbox /var/lib/hailong/agent" in said
    assert "rm -rf /var/lib/hailong/central" in said
    assert digest(inside / OUTBOX) == before
    assert not (inside / "etc/hailong/kiosk.toml").exists()
    left = [str(path) for path in (inside / "opt").glob("hailong*")]
    assert left == []


def main() -> int:
    """Try it on each release; raises at the first step that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", nargs="*", help="Debian releases; all that debootstrap knows by default")
    asked = parser.parse_args()
    end_at_sigterm()
    console = Console()
    for suite in asked.suite or suites():
        started = time.monotonic()
        packages = built(suite, PACKAGES)
        judged(packages, console)
        with tempfile.TemporaryDirectory() as folder:
            again = built(suite, Path(folder), "--part", "kiosk")
            same = PACKAGES / suite / again[0].name
            assert again[0].read_bytes() == same.read_bytes(), "two builds of one commit differ"
            newer = Path(folder) / "newer"
            built(suite, newer, "--version", NEWER, "--quick")
            with Chroot(suite, HOME, sources=False) as chroot, Booted(chroot) as machine:
                bring(suite, chroot)
                try:
                    responses = follow(machine, console)
                    scored(machine, console)
                    borne(machine, console)
                    counter = Counter(machine)
                    (other,) = (newer / suite).glob("hailong-kiosk_*.deb")
                    (tree,) = (newer / suite / "trees").glob("hailong-kiosk_*")
                    survived(counter, (same, other), tree, console)
                    responses += counter.thanked
                    lives(machine, newer, suite, chroot, console, responses)
                except BaseException:
                    console.print(machine.run(JOURNAL), markup=False, highlight=False, soft_wrap=True)
                    raise
        console.print(f"make packages-test: {suite}, {(time.monotonic() - started) / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
