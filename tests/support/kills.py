"""Kills on a booted machine, at random moments: the terminal, its agent, the centre, dpkg, and an update.

Each is killed as a cut of power would end it, all its processes at once, while citizens answer in between.
After each the terminal is idle again, a whole version runs, and in the end the centre has every response that
was thanked for, each once.
"""

import os
import shutil
import tempfile
import time
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
from rich.console import Console

from sync.updates.making import About, write_release
from sync.updates.release import sign_manifest
from sync.updates.standing import FOLDER, handed_by_stick
from tests.support.counter import Counter
from tests.support.office import until
from tests.support.releases import publisher

TIMES = 50
HANDED_OVER = f"var/lib/hailong/agent/{FOLDER}"
# Only the test's own switch says whether the terminal rests: the office is open.
RESTING = """mkdir -p /etc/systemd/system/hailong-update.service.d
cat >/etc/systemd/system/hailong-update.service.d/resting.conf <<'END'
[Service]
ExecStart=
ExecStart=/opt/hailong/kiosk/current/bin/hailong-update --resting /dev/null
END
systemctl daemon-reload
systemctl stop hailong-update.path hailong-update.timer"""
LEAVE = (
    "rm -r /etc/systemd/system/hailong-update.service.d /etc/hailong/release-keys; systemctl daemon-reload"
)
# As if nobody had ever heard of an update: each begins from the same state.
FORGET = """systemctl stop hailong-update hailong-update-watch.timer hailong-update-watch
rm -rf /var/lib/hailong/update/* /var/lib/hailong/agent/update/*.release
ln -sfn {version} /opt/hailong/kiosk/.current && mv -T /opt/hailong/kiosk/.current /opt/hailong/kiosk/current
systemctl restart hailong-kiosk hailong-agent
rm -rf /opt/hailong/kiosk/releases/9.*"""


class Killer:
    """Of the terminal `counter`. newer: the file name of a package of another version, in the folder /srv.

    release: makes a signed release of a version, for the key on the machine.
    """

    def __init__(self, counter: Counter, random: Random, newer: str, release: Callable[[str], bytes]) -> None:
        self._counter = counter
        self._random = random
        self._newer = newer
        self._release = release
        self._updates = 0
        self.tally: Tally[str] = Tally()

    def run(self, console: Console) -> None:
        """All of them; raises where the terminal doesn't come back."""
        machine = self._counter.machine
        machine.run(RESTING)
        kinds = (
            *(self._kiosk, self._agent, self._centre, self._kiosk, self._dpkg),
            *(self._agent, self._kiosk, self._centre, self._update, self._kiosk),
        )
        for number in range(TIMES):
            kill = kinds[number % len(kinds)]
            kill()
            self._counter.until_idle(0)
            self._whole()
            self.tally[kill.__name__.strip("_")] += 1
        self._mended()
        machine.run(LEAVE)
        console.print(f"Killed: {dict(self.tally)}; {self._counter.thanked} visits", highlight=False)

    def _kill(self, unit: str) -> None:
        self._counter.machine.run(f"systemctl kill --signal KILL {unit} || true")

    def _kiosk(self) -> None:
        """In a visit, or between two."""
        if self._random.random() < 0.5:
            self._counter.begin()
        before = self._counter.pictures()
        time.sleep(self._random.uniform(0, 0.5))
        self._kill("hailong-kiosk")
        self._counter.until_idle(before)

    def _agent(self) -> None:
        self._counter.visit()
        time.sleep(self._random.uniform(0, 1.5))  # it sends within a second
        self._kill("hailong-agent")

    def _centre(self) -> None:
        self._counter.visit()
        time.sleep(self._random.uniform(0, 1.5))
        self._kill("hailong-central")

    def _dpkg(self) -> None:
        """While it unpacks, or in its script; what is half there is finished afterwards, as Debian says."""
        command = f"dpkg --force-downgrade --force-confold -i {self._newer}"
        self._counter.machine.run(f"systemd-run --quiet --no-block --collect --unit cut {command}")
        time.sleep(self._random.uniform(0.2, 12))
        self._kill("cut")
        self._counter.until_idle(0)
        self._whole()
        self._counter.machine.run(f"dpkg --configure -a && {command}")
        self._again()

    def _update(self) -> None:
        """While it is unpacked, compared or switched to; the next run goes on."""
        machine, inside = self._counter.machine, self._counter.inside
        used = self._current()
        self._updates += 1
        version = f"9.0.{self._updates}"
        self._hand_over(inside / HANDED_OVER, version)
        machine.run("systemctl start --no-block hailong-update")
        time.sleep(self._random.uniform(0.2, 12))
        self._kill("hailong-update")
        self._counter.until_idle(0)
        self._whole()
        machine.run("systemctl start hailong-update")
        assert self._current() == Path("releases", version)
        until(lambda: self._runs(version), f"the terminal to run {version}")
        self._counter.settle()
        before = self._counter.pictures()
        machine.run(FORGET.format(version=used))
        self._counter.until_idle(before)

    def _hand_over(self, folder: Path, version: str) -> None:
        """What the agent does with a release that it found on a stick: the helper never reads one."""
        owner = folder.parent.stat()
        folder.mkdir(exist_ok=True, mode=0o750)
        file = folder / handed_by_stick(version)
        file.write_bytes(self._release(version))
        for path in (folder, file):
            os.chown(path, owner.st_uid, owner.st_gid)

    def _again(self) -> None:
        """Settings of the test that an upgrade leaves, and services that are started by it."""
        self._counter.machine.run("systemctl stop hailong-update.path hailong-update.timer")
        self._counter.settle()  # dpkg starts services after it has ended

    def _runs(self, version: str) -> bool:
        """Whether the terminal has this version in its memory."""
        maps = "/proc/$(systemctl show -P MainPID hailong-kiosk)/maps"
        return bool(self._counter.machine.run(f"grep -m 1 /releases/{version}/ {maps} || true"))

    def _current(self) -> Path:
        return (self._counter.inside / "opt/hailong/kiosk/current").readlink()

    def _whole(self) -> None:
        """The version in use is all there."""
        modules = "kiosk.settings, sync.agent.__main__, sync.updates.applying"
        self._counter.machine.run(f"/opt/hailong/kiosk/current/bin/python -c 'import {modules}'")

    def _mended(self) -> None:
        """Nothing of ours is left half done."""
        said = self._counter.machine.run(
            "dpkg --audit; systemctl list-units --failed --plain --no-legend 'hailong-*'"
        )
        assert said == "", said


def survived(counter: Counter, packages: tuple[Path, Path], tree: Path, console: Console) -> None:
    """Kill fifty times; raises where the terminal doesn't come back, or isn't whole.

    packages: the terminal's of the version that is installed, and of another one. tree: of a release, whose
    updates are signed by a key of this run alone.
    """
    now, other = (Path("/srv", f"{name}.deb") for name in ("now", "other"))
    for package, there in zip(packages, (now, other), strict=True):
        shutil.copy(package, f"{counter.inside}{there}")
    python = counter.machine.run("python3 -c 'import sys; print(*sys.version_info[:2], sep=\".\")'").strip()
    seed = time.time_ns() % 1_000_000
    console.print(f"kills: seed {seed}", highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        keys, release = signed_releases(tree, python, Path(folder))
        (counter.inside / "etc/hailong/release-keys").write_text(f"{keys}\n", "ascii")
        Killer(counter, Random(seed), str(other), release).run(console)
    counter.machine.run(
        f"dpkg --force-downgrade --force-confold -i {now} && rm {now} {other}\n"
        "cd /opt/hailong/kiosk/releases && rm -rf $(ls | grep -vx $(basename $(readlink ../current)))"
    )
    counter.settle()


def signed_releases(tree: Path, python: str, folder: Path) -> tuple[str, Callable[[str], bytes]]:
    """A publisher's line for `release-keys`, and what makes a release of any version of `tree`.

    The tree is packed once: only the signed head differs.
    """
    key = publisher(folder)
    about = About(part="kiosk", version="9.0.0", arch="amd64", python=python)
    path = folder / about.file_name
    manifest = write_release(tree, about, key, path)
    packed = path.read_bytes()[len(sign_manifest(manifest, key.id, key.seed)) :]

    def release(version: str) -> bytes:
        return sign_manifest(msgspec.structs.replace(manifest, version=version), key.id, key.seed) + packed

    return key.public_line(), release
