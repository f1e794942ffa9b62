"""Judges a new version of the terminal's software, and takes it back where it isn't healthy.

A copy of this file lies next to the releases, made by the version *before* the one that is judged; systemd
runs it once a minute while there is something to judge (hailong-update-watch.timer). It needs the standard
library and `systemctl` alone: a release that doesn't start at all can't break it.

    <state>/state.json    what was switched, what failed; replaced whole
    <state>/watching      exists while there is something to judge: the condition of the timer
    <root>/current        a link to releases/<version>, changed by one rename

Failure table: killed between noting that a version failed and moving the link → the next run moves it.
The version before is gone from the disk → nothing is moved, and a newer version may come. The machine is off
→ a new start is noted and the time begins again, three times at most; a version that was steady once only
waits for the centre. A release wrote more into the state than this file knows → that is passed over. The
terminal works although its version does not stay → it goes on until nobody is there; after three more starts
the link leads back all the same, and the visit that goes on is the last one. The state is lost, damaged or
odd while there is something to judge → the version in use is judged from now on, and the newest one that is
older is the one before. A person installed another version → nothing is judged. systemd does not answer →
it is asked again.
"""

import json
import math
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, get_args, get_type_hints

STEADY = 300.0
"""Seconds that each service has to run without a restart until a version counts as healthy."""
TRIAL = 600.0
"""Seconds after which a version that isn't steady is taken back."""
CRASHES = 3
"""Restarts of one service after which it is taken back at once."""
SLACK = 5.0
"""Seconds by which a restarted service may seem to run for longer than its restart is ago."""
BOOTS = 3
"""Starts of the machine without a verdict: somebody switches a dark terminal off and on."""
UNHEARD = 7 * 24 * 3600.0
"""Seconds that the machine may run without the centre's first answer, where the version before had one; an
office may close for days. No clock decides this: a battery may be empty, and a wrong date corrected."""
COUNTED = 3600.0
"""Seconds between notes of how long it has run: each is written to the disk."""

SERVICES = ("hailong-kiosk.service", "hailong-agent.service")
TIMER = "hailong-update-watch.timer"
STATE, WATCHING, LOCK = "state.json", "watching", "lock"
MOST = 65_536  # bytes of a file that another user writes
RELEASES, CURRENT = "releases", "current"

Verdict = Literal["healthy", "unhealthy", "wait"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A version that was switched to and isn't judged yet.

    boot: the start of the machine that it was last seen in; boots: how many there were since the switch.
    begun: the monotonic second in which its services were started; None: they run the version before.
    heard_before: the version before had an answer of the centre. judged: the services that ran before the
    switch; None: all. steady: all of these ran long enough once. waited: seconds that the machine ran since
    the switch, up to the monotonic second `counted` of this start. found: it was running when the state was
    lost, so its services may have run for longer.
    """

    version: str
    boot: str
    boots: int = 0
    begun: float | None = None
    heard_before: bool = False
    judged: tuple[str, ...] | None = None
    steady: bool = False
    waited: float = 0.0
    counted: float = 0.0
    found: bool = False

    def waited_until(self, now: "Moment") -> float:
        """Seconds that the machine has run since the switch."""
        return self.waited + now.running - self.counted


@dataclass(frozen=True, kw_only=True)
class State:
    """before: the version before `current`, to go back to. failed: those that are never tried again.

    trial: of `current`. returning: a version was taken back, and the services may still run it.
    unpacked: the versions on the disk. refused: the file that was refused last, with number, place and detail
    of the reason.
    """

    before: str = ""
    failed: tuple[str, ...] = ()
    trial: Trial | None = None
    returning: bool = False
    unpacked: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """A service now. ready_for: seconds it has run; None: it doesn't. restarts: by itself since its start."""

    name: str
    ready_for: float | None
    restarts: int = 0


@dataclass(frozen=True)
class Moment:
    """boot: a random id of this start of the machine. running: seconds of it."""

    boot: str
    running: float


class Manager(Protocol):
    """What is asked of the service manager."""

    def look(self) -> Sequence[Service]:
        """How the services are; raises OSError."""

    def restart(self) -> None:
        """Restart all services."""

    def watch(self, on: bool) -> None:
        """Run this file every minute, or no more."""


def judge(trial: Trial, services: Sequence[Service], now: Moment, *, heard: bool) -> Verdict:
    """Whether the version of this trial stays. heard: its agent has had an answer of the centre. Pure."""
    if trial.begun is None:
        return "wait"
    judged = [each for each in services if trial.judged is None or each.name in trial.judged]
    if any(each.restarts >= CRASHES for each in judged):
        return "unhealthy"
    if not (trial.steady or is_steady(trial, judged, now)):
        late = trial.boots >= BOOTS or now.running - trial.begun >= TRIAL
        return "unhealthy" if late else "wait"
    if trial.heard_before and not heard:
        return "unhealthy" if trial.waited_until(now) >= UNHEARD else "wait"
    return "healthy"


def counted(trial: Trial, now: Moment) -> Trial:
    """The same trial, with the time that it has waited once that is worth a note. Pure."""
    if trial.begun is None or now.running - trial.counted < COUNTED:
        return trial
    return replace(trial, waited=trial.waited_until(now), counted=now.running)


def is_steady(trial: Trial, services: Sequence[Service], now: Moment) -> bool:
    """Whether these services have run this very version for long enough. Pure."""
    if trial.begun is None or now.running - trial.begun < STEADY:
        return False
    # One that runs for longer still runs the version before.
    most = math.inf if trial.found else now.running - trial.begun + SLACK
    return all(each.ready_for is not None and STEADY <= each.ready_for <= most for each in services)


class Watch:
    """Of one terminal. root: /opt/hailong/kiosk. state: the helper's folder. heard: the agent's file.

    resting: a file that exists while the terminal may be interrupted; None: it always may.
    """

    def __init__(
        self, root: Path, state: Path, heard: Path, manager: Manager, resting: Path | None = None
    ) -> None:
        self._root = root
        self._folder = state
        self._heard = heard
        self._manager = manager
        self._resting = resting

    def step(self, now: Moment) -> Verdict | None:
        """Judge, and do what follows; None where there is nothing to judge. Raises OSError."""
        self.recover(now)
        state = self.state()
        used = self.current()
        if state.returning:  # a run was killed after it had decided
            if self._is_serving(self._manager.look()):
                self._leave(state)
                return "wait"  # for the visit to end
            self.take_back(state)
            return "unhealthy"
        trial = state.trial
        if trial is None or trial.version != used:  # a person installed another one meanwhile
            self._rest()
            return None
        if trial.boot != now.boot:  # all services were started with the machine
            trial = replace(trial, boot=now.boot, boots=trial.boots + 1, begun=0.0, counted=0.0)
        trial = counted(trial, now)
        services = self._manager.look()
        judged = [each for each in services if trial.judged is None or each.name in trial.judged]
        if is_steady(trial, judged, now):
            trial = replace(trial, steady=True)
        state = self._noted(state, trial)
        verdict = judge(trial, services, now, heard=self.heard() == used)
        if verdict == "healthy":
            self.save(replace(state, trial=None))
            self._rest()
        elif verdict == "unhealthy":
            if self._is_serving(services):
                if trial.boots >= 2 * BOOTS:
                    self._leave(state)
                return "wait"  # for the visit to end
            self.take_back(state)
        return verdict

    def _noted(self, state: State, trial: Trial) -> State:
        changed = replace(state, trial=trial)
        if changed != state:
            self.save(changed)
        return changed

    def _is_serving(self, services: Sequence[Service]) -> bool:
        """Whether the terminal works, and somebody may be at it."""
        if self._resting is None or self._resting.exists():
            return False
        kiosk = next((each for each in services if each.name == SERVICES[0]), None)
        return kiosk is not None and kiosk.ready_for is not None and kiosk.restarts < CRASHES

    def take_back(self, state: State) -> None:
        """Use the version before again, and never this one; raises OSError."""
        state = self._leave(state)
        if state.before and state.before == self.current():
            self._manager.restart()
        self.save(replace(state, trial=None, returning=False))  # a newer one may come
        self._rest()

    def _leave(self, state: State) -> State:
        """Lead to the version before, if it is there, from the next start of a service on."""
        used = self.current()
        if not state.before or used == state.before or not (self._root / RELEASES / state.before).is_dir():
            return state
        failed = tuple(dict.fromkeys([*state.failed, used]))
        state = replace(state, failed=failed, trial=None, returning=True)
        (self._folder / WATCHING).touch()
        self.save(state)
        self.point(state.before)
        return state

    def current(self) -> str:
        """The version in use; "" without any."""
        try:
            return (self._root / CURRENT).readlink().name
        except OSError:
            return ""

    def point(self, version: str) -> None:
        """Use this version from the next start of a service on: one rename. Raises OSError."""
        new = self._root / f"{CURRENT}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(Path(RELEASES) / version)
        new.replace(self._root / CURRENT)
        _sync(self._root)

    def heard(self) -> str:
        """The version whose agent had the last first answer of the centre."""
        try:
            return str(json.loads(read_plain(self._heard))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def recover(self, now: Moment) -> None:
        """Judge the version in use from now on, if one is judged and the state is lost; raises OSError."""
        used = self.current()
        if self._read() is not None or not used:
            return
        older = [each for each in self.versions() if numbers(each) < numbers(used)]
        before = max(older, key=numbers, default="")
        running = now.running
        trial = Trial(version=used, boot=now.boot, begun=running, counted=running, found=True)
        self.save(State(before=before, trial=trial))
        self._manager.watch(True)

    def versions(self) -> tuple[str, ...]:
        """The versions on the disk; what else lies there has another name. Raises OSError."""
        return tuple(sorted(each.name for each in (self._root / RELEASES).iterdir() if numbers(each.name)))

    def state(self) -> State:
        """What is noted; nothing where that can't be read."""
        return self._read() or State()

    def _read(self) -> State | None:
        """What is noted; None: that is lost while there is something to judge."""
        try:
            found: State = _as(State, json.loads((self._folder / STATE).read_bytes()))
        except (OSError, ValueError, TypeError, OverflowError, RecursionError):
            return None if (self._folder / WATCHING).exists() else State()
        return found

    def save(self, state: State) -> None:
        """Note this, durable on return; raises OSError."""
        path = self._folder / STATE
        draft = path.with_name(f"{STATE}.new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
        _sync(self._folder)

    def _rest(self) -> None:
        if (self._folder / WATCHING).exists():
            self._manager.watch(False)
            (self._folder / WATCHING).unlink()


class Systemctl:
    """The service manager of the machine. program: `systemctl`, or what takes its place."""

    def __init__(
        self, program: str = "/usr/bin/systemctl", running: Callable[[], float] = time.monotonic
    ) -> None:
        self._program = program
        self._running = running

    def look(self) -> Sequence[Service]:
        """How the services are; raises OSError where systemd does not say, which is no version's fault."""
        asked = "--property=ActiveState,ActiveEnterTimestampMonotonic,NRestarts"
        shown = {name: self._ask("show", asked, name) for name in SERVICES}
        if not all("ActiveState=" in each for each in shown.values()):
            raise OSError(f"{self._program} does not say how the services are")
        return [_service(name, each, self._running()) for name, each in shown.items()]

    def restart(self) -> None:
        """Restart all services, by a job that goes on if this process is killed."""
        self._ask("restart", "--no-block", *SERVICES)

    def watch(self, on: bool) -> None:
        """Run this file every minute, or no more."""
        self._ask("start" if on else "stop", "--no-block", TIMER)

    def _ask(self, *words: str) -> str:
        command = [self._program, *words]
        try:
            return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout
        except subprocess.TimeoutExpired as error:
            raise OSError(f"{self._program} does not end") from error


def read_plain(path: Path, most: int = MOST) -> bytes:
    """The beginning of a plain file that another user writes; raises OSError for anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no plain file")
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


def numbers(version: str) -> tuple[int, ...]:
    """A version for comparing, later ones are greater; () for a name that is none."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdecimal() for part in parts) else ()


def _as(wanted: Any, value: Any) -> Any:
    """A value of JSON as this type of a field; raises TypeError for another one, OverflowError.

    What a class of this release has not is passed over: the next release may note more.
    """
    if get_args(wanted)[-1:] == (type(None),):
        return None if value is None else _as(get_args(wanted)[0], value)
    if isinstance(wanted, type) and is_dataclass(wanted) and isinstance(value, dict):
        kinds = get_type_hints(wanted)
        return wanted(**{name: _as(kinds[name], value[name]) for name in kinds if name in value})
    if wanted == tuple[str, ...] and isinstance(value, list):
        return tuple(_as(str, each) for each in value)
    if wanted == dict[str, str] and isinstance(value, dict):
        return {name: _as(str, each) for name, each in value.items()}
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted or (wanted is float and not math.isfinite(value)):
        raise TypeError(f"{value!r} is no {wanted}")
    return value


def _service(name: str, shown: str, running: float) -> Service:
    facts = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    ready = facts.get("ActiveState") == "active"
    since = int(facts.get("ActiveEnterTimestampMonotonic") or 0) / 1e6
    return Service(name, running - since if ready else None, int(facts.get("NRestarts") or 0))


def moment() -> Moment:
    """Now."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return Moment(boot, time.monotonic())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def main(words: Sequence[str]) -> int:
    """One look: `watch.py ROOT STATE HEARD RESTING [SYSTEMCTL]`."""
    import fcntl  # the agent reads this module's names also where there is none

    root, state, heard, resting = (Path(word) for word in words[:4])
    manager = Systemctl(words[4]) if len(words) > 4 else Systemctl()
    with (state / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # the helper notes in the same file
        verdict = Watch(root, state, heard, manager, resting).step(moment())
    if verdict == "unhealthy":
        sys.stderr.write("the new version did not run well: back to the one before it\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
