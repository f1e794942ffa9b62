"""What was decided, carried out: by root, one helper at a time, started for a moment when something changed.

The release that is in use runs it; what it does next is found on the disk each time, so a run that was killed
is continued by the next one.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct
from msgspec.structs import asdict

from sync.contract.files import read_text
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import STORAGE_FAILED, STORAGE_FULL
from sync.contract.problem.updates import RELEASE_NOT_NEWER, RELEASE_UNSUITABLE
from sync.updates import watch
from sync.updates.deciding import Delete, Facts, GoBack, Start, Step, SwitchTo, is_wanted, next_step
from sync.updates.machine import Machine
from sync.updates.release import Manifest, damaged, read_header, read_keys, verified
from sync.updates.room import free_bytes, has_room
from sync.updates.standing import FOLDER, Refused, read_handed_over
from sync.updates.unpacking import DRAFT, delete, forget, is_packaged, is_whole, sync_path, unpack
from sync.updates.watch import LOCK, RELEASES, WATCHING, Manager, Moment, State, Trial, Watch


class Places(Struct, frozen=True, kw_only=True):
    """Where everything is.

    root: the releases and the link. state: the helper's own. agent: the agent's folder. keys: who may
    publish. resting: a file that exists while the terminal may be interrupted.
    """

    root: Path = Path("/opt/hailong/kiosk")
    state: Path = Path("/var/lib/hailong/update")
    agent: Path = Path("/var/lib/hailong/agent")
    keys: Path = Path("/etc/hailong/release-keys")
    resting: Path = Path("/run/hailong-kiosk/resting")


class Helper:
    """Of one terminal."""

    def __init__(
        self, places: Places, machine: Machine, manager: Manager, moment: Callable[[], Moment] = watch.moment
    ) -> None:
        self._places = places
        self._releases = places.root / RELEASES
        self._machine = machine
        self._manager = manager
        self._moment = moment
        heard = places.agent / FOLDER / "heard.json"
        self._watch = Watch(places.root, places.state, heard, manager, places.resting)

    def run(self) -> Problem | None:
        """Take what was handed over, and do all that can be done now; returns why a file was refused, if so.

        Raises OSError.
        """
        self._places.state.mkdir(parents=True, exist_ok=True)
        self._releases.mkdir(parents=True, exist_ok=True)
        with _alone(self._places.state / LOCK):
            for leftover in self._releases.glob(f"{DRAFT}*"):
                delete(leftover)
            self._watch.recover(self._moment())
            if self._watch.state().returning:
                self._watch.step(self._moment())
            problem = self._take_all()
            done = None
            while (step := self._do_next()) is not None and step != done:
                done = step
            self._note()
            return problem

    def _take_all(self) -> Problem | None:
        """Unpack what is worth it; the last problem of a file."""
        problem: Problem | None = None
        for path in sorted((self._places.agent / FOLDER).glob("*.release")):
            if (refused := self._refused(path)) is not None:
                problem = self._note_refused(path, refused)
        return problem

    def _refused(self, path: Path) -> Problem | None:
        """Take a file; why not, if so."""
        try:
            self._take(path)
        except ProblemError as error:
            return error.problem
        except OSError as error:
            kind = STORAGE_FULL if error.errno == errno.ENOSPC else STORAGE_FAILED
            return kind(where=str(error.filename or path), detail=errno.errorcode.get(error.errno or 0, ""))
        return None

    def _note_refused(self, path: Path, problem: Problem) -> Problem:
        problem = problem.kind(where=_printed(problem.where), detail=problem.detail)
        refused = Refused(_clean(path.stem), problem.number, problem.where, problem.detail)
        self._save(refused=asdict(refused))
        return problem

    def _take(self, path: Path) -> None:
        with _opened(path) as file:
            header = read_header(file)
            manifest = verified(header, self._keys())
            self._check_suitable(manifest)
            state, current = self._watch.state(), self._watch.current()
            if manifest.version in (*state.failed, *self._withdrawn(), *self._unpacked()):
                return  # what there is to say of it was said
            if not is_wanted(manifest.version, current, ()):
                raise ProblemError(
                    RELEASE_NOT_NEWER(
                        where=manifest.version, detail=f"đang dùng {current}" if current else ""
                    )
                )
            if not has_room(free_bytes(self._releases), manifest.size + manifest.packed_size):
                raise ProblemError(STORAGE_FULL(where=str(self._releases), detail="ENOSPC"))
            unpack(file, header, manifest, self._releases)
        self._save(refused={})

    def _check_suitable(self, manifest: Manifest) -> None:
        made_for = Machine(manifest.part, manifest.arch, manifest.python)
        if made_for != self._machine:
            detail = f"{made_for.part} {made_for.arch} Python {made_for.python}"
            raise ProblemError(RELEASE_UNSUITABLE(where=manifest.version, detail=detail))

    def _keys(self) -> dict[str, bytes]:
        path = self._places.keys
        return read_keys(read_text(path), str(path)) if path.exists() else {}

    def _do_next(self) -> Step | None:
        state = self._watch.state()
        step = next_step(
            state,
            Facts(
                current=self._watch.current(),
                unpacked=self._unpacked(),
                packaged=tuple(each for each in self._unpacked() if is_packaged(self._releases / each)),
                withdrawn=self._withdrawn(),
                resting=self._is_resting(),
            ),
        )
        match step:
            case SwitchTo(version):
                self._switch(state, version)
            case Start():
                self._start(state)
            case GoBack():
                self._watch.take_back(state)
            case Delete(versions):
                for version in versions:
                    forget(self._releases / version)
        return step

    def _switch(self, state: State, version: str) -> None:
        """Move the link to a version that is whole; its services are started by the next step."""
        if not is_whole(self._releases / version, self._keys()):
            wrong = damaged("khác với khi ký", version).problem
            self._save(refused=asdict(Refused(version, wrong.number, wrong.where, wrong.detail)))
            forget(self._releases / version)
            return
        if not self._is_resting():
            return  # somebody came while it was read
        self._leave_watch()
        now, used = self._moment(), self._watch.current()
        judged = tuple(each.name for each in self._manager.look() if each.ready_for is not None)
        trial = Trial(
            version=version,
            boot=now.boot,
            heard_before=bool(used) and self._watch.heard() == used,
            judged=judged or None,
        )
        (self._places.state / WATCHING).touch()
        self._save(before=used, trial=trial, returning=False)
        self._watch.point(version)

    def _start(self, state: State) -> None:
        assert state.trial is not None
        self._manager.watch(True)
        self._manager.restart()
        now = self._moment()
        self._save(trial=replace(state.trial, boot=now.boot, begun=now.running, counted=now.running))

    def _leave_watch(self) -> None:
        """Put this release's copy of watch.py next to the releases: the next one is judged by it."""
        path = self._places.root / "watch.py"
        draft = path.with_name(f"{path.name}.new")
        with draft.open("wb") as file:
            file.write(Path(watch.__file__).read_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_path(self._places.root)

    def _note(self) -> None:
        unpacked = self._unpacked()
        if self._watch.state().unpacked != unpacked:
            self._save(unpacked=unpacked)

    def _save(self, **changes: Any) -> None:
        state = self._watch.state()
        changed = replace(state, **changes)
        if changed != state:
            self._watch.save(changed)

    def _unpacked(self) -> tuple[str, ...]:
        return self._watch.versions()

    def _withdrawn(self) -> tuple[str, ...]:
        return read_handed_over(self._places.agent).withdrawn

    def _is_resting(self) -> bool:
        """Whether the terminal says so, or has stopped working at all."""
        if self._places.resting.exists():
            return True
        kiosk = next((each for each in self._manager.look() if each.name == watch.SERVICES[0]), None)
        return kiosk is not None and kiosk.ready_for is None and kiosk.restarts >= watch.CRASHES


def _clean(name: str) -> str:
    """The name of a stranger's file, short and without a letter that a release's has not."""
    return "".join(letter if letter.isascii() else "?" for letter in _printed(name))[:80]


def _printed(text: str) -> str:
    """The same text, without what no file and no log could hold: a stranger's file has any name."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of this file, which stays unwritten, as all in an idle hour; wait for another helper."""
    with path.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file of a stranger, open for reading; raises ProblemError HL4245 for anything else, OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise damaged("không phải tệp thường", path.name) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise damaged("không phải tệp thường", path.name)
        yield file
