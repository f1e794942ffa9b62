"""Releases of a tablet's software for tests: small trees, a publisher's key, and a terminal's folders."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sync.updates.applying import Helper, Places
from sync.updates.machine import Machine
from sync.updates.making import About, write_release
from sync.updates.publisher import PublisherKey, make_publisher
from sync.updates.watch import CRASHES, CURRENT, RELEASES, SERVICES, Moment, Service, Watch

MACHINE = Machine("kiosk", "amd64", "3.11")
COMMANDS = [name.removesuffix(".service") for name in SERVICES]


def make_tree(folder: Path, version: str, *, starts: bool = True) -> Path:
    """The tree of a version whose commands print it, or end at once with an error."""
    for command in COMMANDS:
        path = folder / "bin" / command
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\necho {version}\nexit {0 if starts else 1}\n")
        path.chmod(0o755)
    (folder / "share").mkdir(exist_ok=True)
    (folder / "share" / "notes").write_text(f"version {version}\n" * 200)
    return folder


def make_release(
    folder: Path, version: str, key: PublisherKey, *, machine: Machine = MACHINE, starts: bool = True
) -> Path:
    """A release file in `folder`."""
    tree = make_tree(folder / f"tree-{version}", version, starts=starts)
    about = About(part="kiosk", version=version, arch=machine.arch, python=machine.python)
    out = folder / about.file_name
    write_release(tree, about, key, out)
    return out


def publisher(folder: Path, name: str = "publisher") -> PublisherKey:
    """A key that publishes."""
    return make_publisher(folder / f"{name}.key", name, name.encode().ljust(32, b"."))


class Clock:
    """A machine's clock, which moves only when it is moved."""

    def __init__(self) -> None:
        self.moment = Moment("boot-1", 1000.0)

    def __call__(self) -> Moment:
        return self.moment

    def move(self, seconds: float) -> None:
        """This many seconds later."""
        now = self.moment
        self.moment = Moment(now.boot, now.running + seconds)

    def boot(self, seconds: float = 30.0) -> None:
        """The machine was off, and has run for these seconds since it was switched on."""
        self.moment = Moment(f"{self.moment.boot}+", seconds)


class Supervisor:
    """A service manager that runs the terminal's commands from `current`, once each."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self.running: dict[str, Service] = {}
        self.began = 0.0
        self.watched = False

    def look(self) -> Sequence[Service]:
        """As they were when they were started, and since when."""
        passed = self._clock.moment.running - self.began
        return [
            Service(each.name, None if each.ready_for is None else passed, each.restarts)
            for each in self.running.values()
        ]

    def restart(self) -> None:
        """Run each command; one that fails is started again until that makes no sense."""
        self.began = self._clock.moment.running
        for service, command in zip(SERVICES, COMMANDS, strict=True):
            good = subprocess.run([self._root / CURRENT / "bin" / command], check=False).returncode == 0
            self.running[service] = Service(service, 0.0 if good else None, 0 if good else CRASHES)

    def watch(self, on: bool) -> None:
        """Whether the watch is on."""
        self.watched = on


class Terminal:
    """A terminal's folders below `root`, with version 1.0.0 in use; runs: its commands are started."""

    def __init__(self, root: Path, key: PublisherKey, *, runs: bool = True) -> None:
        self.places = Places(
            root=root / "opt",
            state=root / "state",
            agent=root / "agent",
            keys=root / "release-keys",
            resting=root / "resting",
        )
        self.clock = Clock()
        self.supervisor = Supervisor(self.places.root, self.clock)
        if not self.places.keys.exists():
            make_tree(self.places.root / RELEASES / "1.0.0", "1.0.0")
            (self.places.agent / "update").mkdir(parents=True, exist_ok=True)
            self.places.keys.write_text(f"# who publishes\n{key.public_line()}\n")
            (self.places.root / CURRENT).symlink_to(f"{RELEASES}/1.0.0")
        if runs:
            self.supervisor.restart()

    def uses(self, version: str) -> None:
        """This and no other is installed."""
        shutil.rmtree(self.places.root / RELEASES)
        make_tree(self.places.root / RELEASES / version, version)
        self.watch().point(version)

    def helper(self) -> Helper:
        """The helper, as its unit starts it."""
        return Helper(self.places, MACHINE, self.supervisor, self.clock)

    def watch(self) -> Watch:
        """The watch, as its unit starts it."""
        heard = self.places.agent / "update" / "heard.json"
        return Watch(self.places.root, self.places.state, heard, self.supervisor)

    def hand_over(self, release: Path) -> None:
        """As the agent does with a release that it fetched."""
        (self.places.agent / "update" / release.name).write_bytes(release.read_bytes())

    def rest(self, resting: bool = True) -> None:
        """As the kiosk says it."""
        if resting:
            self.places.resting.touch()
        else:
            self.places.resting.unlink(missing_ok=True)

    def runs(self) -> str:
        """The version that the command in use prints."""
        command = self.places.root / CURRENT / "bin" / COMMANDS[0]
        return subprocess.run([command], check=True, capture_output=True, text=True).stdout.strip()

    def unpacked(self) -> list[str]:
        """The versions on the disk, and what is left of unfinished ones."""
        return sorted(each.name for each in (self.places.root / RELEASES).iterdir())
