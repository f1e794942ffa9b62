"""A new version of the terminal's software is taken, switched to, judged, taken back; its commands run."""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from sync.agent.stick_release import take_release
from sync.contract.problem import ProblemError
from sync.updates import applying, deciding, release, unpacking, watch
from sync.updates.publisher import PublisherKey
from sync.updates.release import Manifest, sign_manifest
from sync.updates.room import ROOM, free_bytes
from sync.updates.standing import HandedOver, read_standing, write_handed_over, write_heard
from tests.support.killed import killed_at_line
from tests.support.releases import MACHINE, Terminal, make_release, make_tree, publisher

pytestmark = pytest.mark.programs


@pytest.fixture
def key(tmp_path: Path) -> PublisherKey:
    return publisher(tmp_path)


@pytest.fixture
def terminal(tmp_path: Path, key: PublisherKey) -> Terminal:
    return Terminal(tmp_path / "terminal", key)


def number_of(found: object) -> str:
    assert found is not None
    return str(getattr(found, "number", ""))


# --- what is refused ---------------------------------------------------------------------------------


def forged(path: Path, key: PublisherKey, files: dict[str, bytes], named: dict[str, bytes]) -> None:
    """A signed release whose manifest names `named`, and whose packed part holds `files`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    text = {
        "part": "kiosk",
        "version": "1.1.0",
        "arch": "amd64",
        "python": "3.11",
        "packed": hashlib.sha256(packed.getvalue()).hexdigest(),
        "packed_size": len(packed.getvalue()),
        "files": [
            {"path": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in named.items()
        ],
    }
    manifest = msgspec.convert(text, Manifest)
    path.write_bytes(sign_manifest(manifest, key.id, key.seed) + packed.getvalue())


def test_what_was_not_signed_is_refused_and_changes_nothing(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    good = make_release(tmp_path, "1.1.0", key)
    sound = good.read_bytes()
    stranger = make_release(tmp_path / "elsewhere", "1.1.0", publisher(tmp_path, "stranger"))
    head, _, _ = sound.partition(b"}\n")
    wrong: dict[str, tuple[bytes, str]] = {
        "of a stranger": (stranger.read_bytes(), "HL4243"),
        "another version": (sound.replace(b'1.1.0\\"', b'1.9.0\\"', 1), "HL4243"),
        "cut off": (sound[:-100], "HL4245"),
        "longer": (sound + b"x", "HL4245"),
        "a changed byte": (sound[:-20] + bytes([sound[-20] ^ 1]) + sound[-19:], "HL4245"),
        "only a head": (head + b"}\n", "HL4245"),
        "a head without an end": (sound[:300], "HL4245"),
        "nothing": (b"", "HL4245"),
        "a photograph": (b"\xff\xd8" * 900, "HL4245"),
    }
    handed = terminal.places.agent / "update" / "x.release"
    terminal.rest()
    for what, (content, expected) in wrong.items():
        handed.write_bytes(content)
        assert number_of(terminal.helper().run()) == expected, what
        assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0"]), what
    forgeries: list[tuple[dict[str, bytes], dict[str, bytes]]] = [
        ({"../../evil": b"x"}, {"../../evil": b"x"}),
        ({"a": b"x", "b": b"y"}, {"a": b"x"}),
        ({"a": b"x"}, {"a": b"x", "b": b"y"}),
        ({"a": b"x"}, {"a": b"z"}),
        ({"a": b"xx"}, {"a": b"x"}),
        ({"release.json": b"{}"}, {"release.json": b"{}"}),
    ]
    for files, named in forgeries:
        forged(handed, key, files, named)
        assert number_of(terminal.helper().run()) == "HL4245", named
        assert terminal.unpacked() == ["1.0.0"]
    assert not (terminal.places.root.parent / "evil").exists()
    assert read_standing(terminal.places.state).trouble() == ("x", "HL4245")
    handed.unlink()
    handed.symlink_to(good)  # the agent can't make root read another file
    assert number_of(terminal.helper().run()) == "HL4245"


@pytest.mark.parametrize(
    "machine", [replace(MACHINE, arch="arm64"), replace(MACHINE, python="3.13")], ids=["arch", "python"]
)
def test_a_release_for_another_machine_is_refused(
    tmp_path: Path, terminal: Terminal, key: PublisherKey, machine: object
) -> None:
    terminal.hand_over(make_release(tmp_path, "1.1.0", key, machine=machine))  # type: ignore[arg-type]
    assert number_of(terminal.helper().run()) == "HL4244"
    assert terminal.unpacked() == ["1.0.0"]


def test_an_older_version_is_refused(tmp_path: Path, terminal: Terminal, key: PublisherKey) -> None:
    terminal.hand_over(make_release(tmp_path, "0.9.9", key))
    terminal.rest()
    assert number_of(terminal.helper().run()) == "HL4246"
    assert terminal.runs() == "1.0.0"


def test_without_a_key_nothing_is_taken(tmp_path: Path, terminal: Terminal, key: PublisherKey) -> None:
    terminal.places.keys.unlink()
    terminal.hand_over(make_release(tmp_path, "1.1.0", key))
    assert number_of(terminal.helper().run()) == "HL4243"


# --- an update ---------------------------------------------------------------------------------------


def updated(terminal: Terminal, release: Path) -> None:
    """The release is handed over while the terminal rests, and its services are started."""
    terminal.hand_over(release)
    terminal.rest()
    assert terminal.helper().run() is None


def test_a_visit_under_way_is_finished_first(tmp_path: Path, terminal: Terminal, key: PublisherKey) -> None:
    terminal.hand_over(make_release(tmp_path, "1.1.0", key))
    assert terminal.helper().run() is None
    assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0", "1.1.0"])
    assert not terminal.supervisor.watched
    terminal.rest()
    assert terminal.helper().run() is None
    assert terminal.runs() == "1.1.0"
    assert terminal.supervisor.watched


def test_what_came_with_a_package_is_switched_to_by_dpkg_alone(terminal: Terminal) -> None:
    """Somebody went back: the newer package's release lies next to the older one, which the link leads to."""
    make_tree(terminal.places.root / "releases" / "1.1.0", "1.1.0")
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0", "1.1.0"])
    terminal.rest()
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0"])
    assert not terminal.supervisor.watched


def test_a_healthy_version_stays_and_the_one_before_it_too(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    for version in ("1.1.0", "1.2.0"):
        updated(terminal, make_release(tmp_path, version, key))
        assert terminal.watch().step(terminal.clock()) == "wait"
        terminal.clock.move(301)
        assert terminal.watch().step(terminal.clock()) == "healthy"
        assert not terminal.supervisor.watched
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.2.0", ["1.1.0", "1.2.0"])
    assert terminal.watch().step(terminal.clock()) is None


def test_an_image_keeps_the_release_it_brought_on_its_root(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    """Nobody can write the root of an image: the first release is a link to it."""
    name, brought = terminal.places.root / "releases" / "1.0.0", tmp_path / "root" / "1.0.0"
    shutil.move(name, brought)
    name.symlink_to(brought)
    files = sorted(brought.rglob("*"))
    for version in ("1.1.0", "1.2.0"):
        updated(terminal, make_release(tmp_path, version, key))
        terminal.clock.move(301)
        assert terminal.watch().step(terminal.clock()) == "healthy"
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.2.0", ["1.1.0", "1.2.0"])
    assert sorted(brought.rglob("*")) == files


def test_a_version_that_does_not_start_is_taken_back_and_never_tried_again(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    updated(terminal, make_release(tmp_path, "1.1.0", key, starts=False))
    assert terminal.watch().step(terminal.clock()) == "unhealthy"
    assert terminal.runs() == "1.0.0"
    assert all(each.ready_for is not None for each in terminal.supervisor.look())
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0"])
    assert read_standing(terminal.places.state).failed == ("1.1.0",)
    updated(terminal, make_release(tmp_path, "1.1.1", key))
    assert terminal.runs() == "1.1.1"


def test_the_watch_needs_nothing_of_the_new_version(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    """As its unit runs it: the copy that the old version left, by Python without any package."""
    updated(terminal, make_release(tmp_path, "1.1.0", key))
    program = tmp_path / "systemctl"
    program.write_text('#!/bin/sh\necho "$@" >>"$0.log"\necho ActiveState=activating\necho NRestarts=3\n')
    program.chmod(0o755)
    state = json.loads((terminal.places.state / "state.json").read_text())
    state["trial"]["boot"] = watch.moment().boot
    (terminal.places.state / "state.json").write_text(json.dumps(state))
    heard = terminal.places.agent / "update" / "heard.json"
    words = [
        terminal.places.root / "watch.py",
        terminal.places.root,
        terminal.places.state,
        heard,
        terminal.places.resting,
        program,
    ]
    done = subprocess.run([sys.executable, "-I", "-S", *words], check=True, capture_output=True, text=True)
    assert "back to the one before" in done.stderr
    assert terminal.runs() == "1.0.0"
    assert (
        "restart --no-block hailong-kiosk.service hailong-agent.service"
        in program.with_suffix(".log").read_text()
    )


def test_nothing_is_judged_while_the_service_manager_does_not_answer(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    updated(terminal, make_release(tmp_path, "1.1.0", key))
    terminal.clock.move(watch.TRIAL)
    program = tmp_path / "systemctl"
    program.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    program.chmod(0o755)
    manager = watch.Systemctl(str(program))
    judging = watch.Watch(terminal.places.root, terminal.places.state, tmp_path / "heard.json", manager)
    with pytest.raises(OSError, match="systemctl"):
        judging.step(terminal.clock())
    assert terminal.runs() == "1.1.0"
    assert terminal.watch().step(terminal.clock()) == "healthy"


def test_a_withdrawn_version_is_left_for_the_one_before_it(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    updated(terminal, make_release(tmp_path, "1.1.0", key))
    terminal.clock.move(301)
    terminal.watch().step(terminal.clock())
    write_handed_over(terminal.places.agent, HandedOver(withdrawn=("1.1.0",)))
    terminal.rest(False)
    terminal.helper().run()
    assert terminal.runs() == "1.1.0"
    terminal.rest()
    terminal.helper().run()
    assert terminal.runs() == "1.0.0"
    terminal.helper().run()
    assert terminal.unpacked() == ["1.0.0"]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    (folder / "hailong").mkdir(parents=True)
    return folder


def from_stick(terminal: Terminal, stick: Path, free: Callable[[Path], int] = free_bytes) -> str:
    """As the agent does when staff have it look at a stick: the version it hands over, or why it does not."""
    try:
        return take_release(
            stick,
            terminal.places.agent,
            machine=MACHINE,
            version="1.0.0",
            here=read_standing(terminal.places.state),
            free=free,
        )
    except ProblemError as error:
        return error.problem.number


def test_a_usb_stick_is_as_good_as_the_centre(
    tmp_path: Path, terminal: Terminal, key: PublisherKey, stick: Path
) -> None:
    assert from_stick(terminal, stick) == ""
    release = make_release(tmp_path, "1.1.0", key)
    on_stick = stick / "hailong" / release.name
    on_stick.write_bytes(release.read_bytes()[:-1])
    terminal.rest()
    assert from_stick(terminal, stick) == "HL4245"
    on_stick.write_bytes(release.read_bytes())
    assert from_stick(terminal, stick) == "1.1.0"
    assert terminal.helper().run() is None
    assert terminal.runs() == "1.1.0"
    assert from_stick(terminal, stick) == ""  # it is here already
    assert read_standing(terminal.places.state).trouble() == ("", "")


def test_what_a_stranger_put_on_a_stick_is_refused(tmp_path: Path, terminal: Terminal, stick: Path) -> None:
    release = make_release(tmp_path, "1.1.0", publisher(tmp_path, "stranger"))
    (stick / "hailong" / release.name).write_bytes(release.read_bytes())
    assert from_stick(terminal, stick) == "1.1.0"
    terminal.rest()
    assert number_of(terminal.helper().run()) == "HL4243"
    assert terminal.runs() == "1.0.0"


def test_of_a_stick_the_newest_release_for_this_machine_is_taken(
    tmp_path: Path, terminal: Terminal, key: PublisherKey, stick: Path
) -> None:
    foreign = make_release(tmp_path / "foreign", "1.9.0", key, machine=replace(MACHINE, arch="riscv64"))
    (stick / "hailong" / foreign.name).write_bytes(foreign.read_bytes())
    assert from_stick(terminal, stick) == "HL4244"
    for version in ("0.9.0", "1.1.0", "1.2.0"):
        made = make_release(tmp_path, version, key)
        (stick / "hailong" / made.name).write_bytes(made.read_bytes())
    Path(os.fsdecode(os.fsencode(stick) + b"/hailong/bad\xff\n.release")).write_bytes(b"x")
    assert from_stick(terminal, stick) == "1.2.0"
    terminal.rest()
    assert terminal.helper().run() is None
    assert terminal.runs() == "1.2.0"


def test_only_plain_files_of_a_stick_are_read(
    tmp_path: Path, terminal: Terminal, key: PublisherKey, stick: Path
) -> None:
    """Also of one that a technician mounted by hand, with a file system that has pipes and links."""
    os.mkfifo(stick / "hailong" / "a.release")
    (stick / "hailong" / "b.release").symlink_to(make_release(tmp_path, "1.1.0", key))
    (stick / "hailong" / "c.release").mkdir()
    assert from_stick(terminal, stick) == ""


def test_what_would_fill_the_disk_is_not_copied_from_a_stick(
    tmp_path: Path, terminal: Terminal, stick: Path
) -> None:
    """Nobody has checked yet who published it, and responses need the room."""
    release = make_release(tmp_path, "1.1.0", publisher(tmp_path, "stranger"))
    (stick / "hailong" / release.name).write_bytes(release.read_bytes())
    assert from_stick(terminal, stick, free=lambda _: ROOM + release.stat().st_size - 1) == "HL2002"
    assert [path for path in (terminal.places.agent / "update").rglob("*") if path.is_file()] == []
    assert from_stick(terminal, stick, free=lambda _: ROOM + release.stat().st_size) == "1.1.0"
    (stick / "hailong" / release.name).write_bytes(
        make_release(tmp_path, "1.2.0", publisher(tmp_path, "another")).read_bytes()
    )
    assert from_stick(terminal, stick) == "1.2.0"
    (handed,) = (path for path in (terminal.places.agent / "update").rglob("*") if path.is_file())
    assert handed.name == "1.2.0-stick.release"


def test_a_name_that_is_no_text_hides_nothing_from_the_agent(terminal: Terminal) -> None:
    strange = Path(os.fsdecode(os.fsencode(terminal.places.agent / "update") + b"/bad\xff\n.release"))
    strange.write_bytes(b"x")
    terminal.helper().run()
    assert read_standing(terminal.places.state).trouble()[1] == "HL4245"
    strange.unlink()
    for make in (os.mkfifo, partial(os.symlink, "/dev/zero"), os.mkdir):
        make(strange)
        problem = terminal.helper().run()
        assert problem is not None
        "\n".join(problem.lines()).encode()
        refused = read_standing(terminal.places.state).refused
        assert (refused.file, refused.number) == ("bad??", problem.number)
        strange.rmdir() if strange.is_dir() and not strange.is_symlink() else strange.unlink()


def test_a_release_is_not_switched_to_once_its_key_is_withdrawn(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    terminal.hand_over(make_release(tmp_path, "1.1.0", key))
    terminal.helper().run()
    terminal.places.keys.write_text("", "utf-8")
    terminal.rest()
    terminal.helper().run()
    assert terminal.runs() == "1.0.0"


def test_a_tree_that_the_disk_has_damaged_is_not_switched_to(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    terminal.hand_over(make_release(tmp_path, "1.1.0", key))
    terminal.helper().run()
    (terminal.places.root / "releases" / "1.1.0" / "share" / "notes").write_text("x")
    (terminal.places.agent / "update").joinpath("hailong-kiosk_1.1.0_amd64-python3.11.release").unlink()
    terminal.rest()
    terminal.helper().run()
    assert (terminal.runs(), terminal.unpacked()) == ("1.0.0", ["1.0.0"])
    assert read_standing(terminal.places.state).trouble() == ("1.1.0", "HL4245")


def test_a_terminal_that_has_stopped_working_needs_no_rest(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    make_tree(terminal.places.root / "releases" / "1.0.0", "1.0.0", starts=False)
    terminal.supervisor.restart()
    terminal.hand_over(make_release(tmp_path, "1.1.0", key))
    terminal.helper().run()
    assert terminal.runs() == "1.1.0"


def test_a_terminal_that_is_switched_off_and_on_goes_back_at_the_third_time(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    updated(terminal, make_release(tmp_path, "1.1.0", key))
    for verdict in ("wait", "wait", "unhealthy"):
        terminal.clock.boot()
        terminal.supervisor.began = 10.0
        assert (terminal.places.state / "watching").exists()
        assert terminal.watch().step(terminal.clock()) == verdict
    assert terminal.runs() == "1.0.0"


def test_the_first_answer_of_the_centre_is_waited_for_where_the_version_before_had_one(
    tmp_path: Path, terminal: Terminal, key: PublisherKey
) -> None:
    write_heard(terminal.places.agent, "1.0.0")
    updated(terminal, make_release(tmp_path, "1.1.0", key))
    terminal.clock.move(3600)
    assert terminal.watch().step(terminal.clock()) == "wait"
    write_heard(terminal.places.agent, "1.1.0")
    assert terminal.watch().step(terminal.clock()) == "healthy"


# --- killed ------------------------------------------------------------------------------------------

KILLS = 50
FILES = tuple(str(module.__file__) for module in (applying, deciding, release, unpacking, watch))


def update_and_judge(root: Path, key: PublisherKey, starts: bool) -> None:
    """The work that is killed: the helper takes a release and switches; six minutes later it is judged."""
    terminal = Terminal(root, key)
    terminal.rest()
    terminal.helper().run()
    terminal.clock.move(360)
    terminal.watch().step(terminal.clock())


def at_every_line(look: Callable[[], object], root: Path, key: PublisherKey, starts: bool) -> int:
    """Do that work and look before each line of it; how many lines there are."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename not in FILES:
            return None
        if event == "line":
            lines += 1
            look()
        return trace

    sys.settrace(trace)
    try:
        update_and_judge(root, key, starts)
    finally:
        sys.settrace(None)
    return lines


@pytest.mark.timeout(120)
@pytest.mark.parametrize("starts", [True, False], ids=["a good version", "one that does not start"])
def test_killed_at_any_line_the_terminal_runs_the_old_version_or_the_new_one(
    tmp_path: Path, key: PublisherKey, starts: bool
) -> None:
    made = make_release(tmp_path, "1.1.0", key, starts=starts)
    fresh = tmp_path / "fresh"
    Terminal(fresh, key).hand_over(made)
    whole = tmp_path / "whole"
    shutil.copytree(fresh, whole, symlinks=True)
    command = whole / "opt" / "current" / "bin" / "hailong-kiosk"

    def there() -> None:
        assert command.exists()

    lines = at_every_line(there, whole, key, starts)
    assert lines > 200
    chance = random.Random(17)
    for kill in sorted(chance.sample(range(1, lines + 1), KILLS // 2)):
        root = tmp_path / "killed"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(fresh, root, symlinks=True)
        assert killed_at_line(kill, FILES, update_and_judge, root, key, starts), kill
        terminal = Terminal(root, key)
        used = terminal.watch().current()
        assert used in ("1.0.0", "1.1.0")
        keys = release.read_keys(terminal.places.keys.read_text("utf-8"), "release-keys")
        assert unpacking.is_whole(terminal.places.root / "releases" / used, keys)
        assert starts or used == "1.1.0" or terminal.runs() == "1.0.0"
        # The next runs finish what was begun.
        terminal.rest()
        for _ in range(2):
            terminal.helper().run()
            terminal.clock.move(400)
            terminal.watch().step(terminal.clock())
        assert terminal.runs() == ("1.1.0" if starts else "1.0.0"), kill
        assert not (terminal.places.state / "watching").exists()
        assert read_standing(terminal.places.state).failed == (() if starts else ("1.1.0",))
