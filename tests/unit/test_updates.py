"""A new version of the terminal's software is taken, switched to, judged, and taken back."""

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sync.contract.problem import ProblemError
from sync.updates.deciding import Delete, Facts, GoBack, Start, SwitchTo, next_step
from sync.updates.making import About, write_release
from sync.updates.publisher import PublisherKey, load_publisher
from sync.updates.release import (
    Header,
    is_within,
    number,
    read_header,
    read_keys,
    read_manifest,
)
from sync.updates.standing import read_standing
from sync.updates.unpacking import forget, is_whole, unpack
from sync.updates.watch import Moment, Service, State, Trial, Watch, judge, read_plain
from tests.support.releases import Terminal, make_release, make_tree, publisher


@pytest.fixture
def key(tmp_path: Path) -> PublisherKey:
    return publisher(tmp_path)


@pytest.fixture
def terminal(tmp_path: Path, key: PublisherKey) -> Terminal:
    return Terminal(tmp_path / "terminal", key, runs=False)


# --- the release file --------------------------------------------------------------------------------


def test_the_same_tree_makes_the_same_bytes(tmp_path: Path, key: PublisherKey) -> None:
    about = About(part="kiosk", version="1.1.0", arch="amd64", python="3.11")
    files = []
    for name in ("one", "two"):
        write_release(make_tree(tmp_path / name / "tree", "1.1.0"), about, key, tmp_path / name / "file")
        files.append((tmp_path / name / "file").read_bytes())
    assert files[0] == files[1]


def test_a_key_is_read_from_a_file_that_only_its_owner_reads(tmp_path: Path, key: PublisherKey) -> None:
    path = tmp_path / "publisher.key"
    assert load_publisher(path) == key
    path.chmod(0o644)
    with pytest.raises(ProblemError, match="HL5002"):
        load_publisher(path)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../../x", "a//b", "", "a/./b", "a\\b", "a\nb", "x" * 401, "."]
)
def test_no_path_leads_out_of_a_release(path: str) -> None:
    assert not is_within(path)
    assert is_within("lib/kivy.libs/libSDL2-2.0.so")


def test_versions_are_compared_by_their_numbers() -> None:
    assert sorted(["0.10.0", "0.9.9", "1.0", "0.9.10"], key=number) == ["0.9.9", "0.9.10", "0.10.0", "1.0"]


# --- the verdict -------------------------------------------------------------------------------------

TRIAL = Trial(version="2.0.0", boot="b", begun=100.0)
GOOD, BAD = Service("k", 300.0), Service("k", None)


def at(running: float) -> Moment:
    return Moment("b", running)


@pytest.mark.parametrize(
    ("trial", "services", "now", "heard", "verdict"),
    [
        (TRIAL, [GOOD, GOOD], at(400), False, "healthy"),
        (TRIAL, [GOOD, Service("a", 299.0)], at(400), False, "wait"),
        (TRIAL, [GOOD, BAD], at(699), False, "wait"),
        (TRIAL, [GOOD, BAD], at(700), False, "unhealthy"),
        (TRIAL, [GOOD, Service("a", 100.0)], at(700), False, "unhealthy"),
        (TRIAL, [GOOD, Service("a", 1.0, 3)], at(130), False, "unhealthy"),
        (Trial(version="2.0.0", boot="b", begun=0.0, boots=3), [GOOD], at(9), True, "unhealthy"),
        (Trial(version="2.0.0", boot="b"), [GOOD], at(9000), False, "wait"),
        (
            Trial(version="2.0.0", boot="b", begun=0.0, heard_before=True),
            [GOOD],
            at(900),
            True,
            "healthy",
        ),
        (
            Trial(version="2.0.0", boot="b", begun=0.0, heard_before=True),
            [GOOD],
            at(900),
            False,
            "wait",
        ),
        (
            Trial(version="2.0.0", boot="b", begun=0.0, heard_before=True),
            [GOOD],
            at(7 * 86400.0),
            False,
            "unhealthy",
        ),
        # The restart came to nothing: what runs is the version before.
        (TRIAL, [Service("k", 5000.0), Service("a", 5000.0)], at(101), False, "wait"),
        (TRIAL, [Service("k", 5000.0), Service("a", 5000.0)], at(700), False, "unhealthy"),
        # Steady once, then switched off every evening, and the centre can't be reached.
        (
            Trial(version="2.0.0", boot="b", begun=0.0, boots=5, heard_before=True, steady=True),
            [BAD],
            at(9),
            False,
            "wait",
        ),
        # The agent didn't run before either: nobody has enrolled this terminal yet.
        (
            Trial(version="2.0.0", boot="b", begun=100.0, judged=("k",)),
            [GOOD, Service("a", None)],
            at(400),
            False,
            "healthy",
        ),
    ],
)
def test_verdicts(trial: Trial, services: list[Service], now: Moment, heard: bool, verdict: str) -> None:
    assert judge(trial, services, now, heard=heard) == verdict


class Quiet:
    """A service manager whose services are as they are."""

    def __init__(self, *services: Service) -> None:
        self.services = services
        self.restarts = 0

    def look(self) -> tuple[Service, ...]:
        return self.services

    def restart(self) -> None:
        self.restarts += 1

    def watch(self, on: bool) -> None:
        pass


def watched(folder: Path, state: State, *services: Service) -> tuple[Watch, Quiet]:
    """A terminal that uses 2.0.0, with 1.0.0 next to it."""
    manager = Quiet(*services)
    for version in ("1.0.0", "2.0.0"):
        (folder / "releases" / version).mkdir(parents=True)
    watch = Watch(folder, folder, folder / "heard.json", manager, folder / "resting")
    watch.point("2.0.0")
    watch.save(state)
    return watch, manager


def test_a_visit_under_way_ends_before_a_version_that_works_is_taken_back(tmp_path: Path) -> None:
    kiosk, agent = Service("hailong-kiosk.service", 500.0), Service("hailong-agent.service", 1.0, restarts=3)
    watch, manager = watched(tmp_path, State(before="1.0.0", trial=TRIAL), kiosk, agent)
    assert watch.step(at(600)) == "wait"
    assert (watch.current(), manager.restarts) == ("2.0.0", 0)
    (tmp_path / "resting").touch()
    assert watch.step(at(660)) == "unhealthy"
    assert (watch.current(), manager.restarts) == ("1.0.0", 1)


def test_a_going_back_that_was_cut_off_breaks_into_no_visit_either(tmp_path: Path) -> None:
    """Killed after the link was moved: the restart that is left to do waits, too."""
    kiosk = Service("hailong-kiosk.service", 500.0)
    watch, manager = watched(tmp_path, State(before="1.0.0", failed=("2.0.0",), returning=True), kiosk)
    watch.point("1.0.0")
    (tmp_path / "watching").touch()
    assert (watch.step(at(600)), manager.restarts, watch.state().returning) == ("wait", 0, True)
    manager.services = (Service("hailong-kiosk.service", 9.0, restarts=3),)
    assert (watch.step(at(660)), manager.restarts, watch.state().returning) == ("unhealthy", 1, False)
    watch.save(State(before="0.9.0", failed=("1.0.0",), returning=True))  # gone from the disk since
    manager.services = (kiosk,)
    assert (watch.step(at(720)), watch.current()) == ("wait", "1.0.0")


def test_what_a_later_release_notes_is_passed_over(tmp_path: Path) -> None:
    state = State(before="1.0.0", trial=TRIAL)
    watch, _ = watched(tmp_path, state, GOOD)
    noted = json.loads((tmp_path / "state.json").read_text("utf-8"))
    noted["later"], noted["trial"]["later"] = 1, [2]
    (tmp_path / "state.json").write_text(json.dumps(noted), "utf-8")
    assert watch.state() == state


def test_a_version_that_was_started_too_often_is_taken_back_once_nobody_is_there(tmp_path: Path) -> None:
    trial = replace(TRIAL, begun=0.0, boots=3)
    services = Service("hailong-kiosk.service", 60.0), Service("hailong-agent.service", 60.0)
    watch, manager = watched(tmp_path, State(before="1.0.0", trial=trial), *services)
    assert (watch.step(at(65)), manager.restarts) == ("wait", 0)
    # One that never says so ends with the visit, or with the next start.
    watch.save(State(before="1.0.0", trial=replace(trial, boots=6)))
    assert (watch.step(at(65)), manager.restarts, watch.current()) == ("wait", 0, "1.0.0")
    (tmp_path / "resting").touch()
    assert (watch.step(at(125)), manager.restarts) == ("unhealthy", 1)
    assert watch.state().failed == ("2.0.0",)


def test_a_damaged_state_does_not_end_the_watch(tmp_path: Path) -> None:
    watch, manager = watched(tmp_path, State(before="1.0.0", trial=TRIAL), BAD)
    (tmp_path / "watching").touch()
    (tmp_path / "state.json").write_text("{", "utf-8")
    assert watch.step(at(700)) == "wait"
    assert (tmp_path / "watching").exists()
    assert watch.step(at(1300)) == "unhealthy"
    assert (watch.current(), manager.restarts) == ("1.0.0", 1)


def odd(**noted: object) -> str:
    trial = {"version": "2.0.0", "boot": "b", "begun": 100.0, **noted}
    return json.dumps({"before": "1.0.0", "trial": trial})


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "\0" * 300,
        "[]",
        "[" * 100_000,
        '{"trial": 5}',
        '{"before": 5, "trial": null}',
        '{"failed": "1.0.0"}',
        '{"failed": [1]}',
        '{"returning": "no"}',
        '{"refused": []}',
        odd(waited=None),
        odd(begun="soon"),
        odd(boots=None),
        odd(judged="k"),
        odd(version=["2.0.0"]),
        odd(waited=float("nan")),
    ],
)
def test_a_state_that_is_lost_or_odd_does_not_end_the_watch(tmp_path: Path, content: str | None) -> None:
    watch, manager = watched(tmp_path, State(before="1.0.0", trial=TRIAL), BAD)
    (tmp_path / "watching").touch()
    (tmp_path / "state.json").unlink()
    if content is not None:
        (tmp_path / "state.json").write_text(content, "utf-8")
    assert watch.step(at(700)) == "wait"
    assert watch.step(at(1300)) == "unhealthy"
    assert (watch.current(), watch.state().failed, manager.restarts) == ("1.0.0", ("2.0.0",), 1)


def test_a_lost_state_takes_no_version_back_that_runs_well(tmp_path: Path) -> None:
    """Its services were not started for this judgement: they may have run for long."""
    watch, manager = watched(tmp_path, State(before="1.0.0", trial=TRIAL))
    (tmp_path / "watching").touch()
    (tmp_path / "state.json").write_text("{", "utf-8")
    manager.services = Service("k", 600.0), Service("a", 600.0)
    assert watch.step(at(700)) == "wait"
    manager.services = Service("k", 900.0), Service("a", 900.0)
    assert (watch.step(at(1000)), watch.current()) == ("healthy", "2.0.0")


def test_a_lost_state_leads_to_no_version_that_never_ran(tmp_path: Path) -> None:
    watch, _ = watched(tmp_path, State(before="1.0.0", trial=TRIAL), BAD)
    (tmp_path / "watching").touch()
    for name in ("2.1.0", "1.draft"):
        (tmp_path / "releases" / name).mkdir()
    (tmp_path / "state.json").write_text("{", "utf-8")
    watch.recover(at(700))
    assert watch.state().before == "1.0.0"


def test_the_week_of_waiting_for_the_centre_is_one_in_which_the_machine_runs(tmp_path: Path) -> None:
    """Whatever its clock shows: 1970 with an empty battery, or years ahead until somebody corrects it."""
    trial = replace(TRIAL, heard_before=True, steady=True)
    watch, _ = watched(tmp_path, State(before="1.0.0", trial=trial), GOOD)
    hours = [Moment(f"day-{day}", hour * 3600.0) for day in range(17) for hour in range(1, 11)]
    verdicts = [watch.step(each) for each in hours[: 7 * 24]]
    assert verdicts == ["wait"] * (7 * 24 - 1) + ["unhealthy"]


def test_waiting_for_the_centre_writes_once_an_hour(tmp_path: Path) -> None:
    watch, _ = watched(tmp_path, State(before="1.0.0", trial=replace(TRIAL, heard_before=True)), GOOD)
    states = []
    for minute in range(10, 190):
        assert watch.step(at(minute * 60.0)) == "wait"
        states.append(watch.state())
    assert len(set(map(str, states))) == 4


@pytest.mark.parametrize("before", ["0.9.0", "2.0.0"])
def test_a_trial_ends_where_there_is_nothing_to_go_back_to(tmp_path: Path, before: str) -> None:
    watch, _ = watched(tmp_path, State(before=before, trial=TRIAL), BAD)
    assert watch.step(at(700)) == "unhealthy"
    assert (watch.current(), watch.state().trial) == ("2.0.0", None)


def test_a_trial_ends_where_a_person_installed_another_version(tmp_path: Path) -> None:
    watch, _ = watched(tmp_path, State(before="1.0.0", trial=TRIAL), BAD)
    (tmp_path / "watching").touch()
    watch.point("1.0.0")
    assert watch.step(at(700)) is None
    assert not (tmp_path / "watching").exists()


@pytest.mark.parametrize("name", ["1.2.0.dpkg-tmp", "2.0~rc1", "1.", "1..2", "٢.٠"])
def test_a_folder_that_is_no_version_is_in_nobodys_way(terminal: Terminal, name: str) -> None:
    (terminal.places.root / "releases" / name).mkdir()
    assert terminal.helper().run() is None
    assert read_standing(terminal.places.state).unpacked == ("1.0.0",)


def test_what_the_agent_writes_is_read_as_a_plain_file_and_no_further(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "heard.json")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path / "heard.json", tmp_path / "link"):
        with pytest.raises(OSError, match=r"no plain file|symbolic|levels"):
            read_plain(path)
    (tmp_path / "long").write_bytes(b"x" * 100_000)
    assert len(read_plain(tmp_path / "long")) == 65_536


# --- what is next ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "facts", "step"),
    [
        (State(), Facts(current="1.0", unpacked=("1.0",), resting=True), None),
        (State(), Facts(current="1.0", unpacked=("1.0", "1.1")), None),
        (State(), Facts(current="1.0", unpacked=("1.0", "1.1"), resting=True), SwitchTo("1.1")),
        (State(), Facts(current="1.0", unpacked=("1.0", "1.1", "1.2")), Delete(("1.1",))),
        (State(), Facts(current="1.0", unpacked=("1.0", "1.1"), packaged=("1.0", "1.1")), None),
        (
            State(),
            Facts(current="1.0", unpacked=("1.0", "1.1"), packaged=("1.1",), resting=True),
            Delete(("1.1",)),
        ),
        (
            State(),
            Facts(current="1.0", unpacked=("1.0", "1.1", "1.2"), packaged=("1.2",), resting=True),
            Delete(("1.2",)),
        ),
        (State(before="0.9"), Facts(current="1.0", unpacked=("0.9", "1.0"), resting=True), None),
        (
            State(failed=("1.1",)),
            Facts(current="1.0", unpacked=("1.0", "1.1"), resting=True),
            Delete(("1.1",)),
        ),
        (
            State(),
            Facts(current="1.0", unpacked=("1.0", "1.1"), withdrawn=("1.1",), resting=True),
            Delete(("1.1",)),
        ),
        (
            State(before="0.9"),
            Facts(current="1.0", unpacked=("0.9", "1.0"), withdrawn=("1.0",), resting=True),
            GoBack(),
        ),
        (State(before="0.9"), Facts(current="1.0", unpacked=("0.9", "1.0"), withdrawn=("1.0",)), None),
        (
            State(before="1.0", trial=Trial(version="1.1", boot="b", begun=1.0)),
            Facts(current="1.1", unpacked=("1.0", "1.1", "1.2"), resting=True),
            None,
        ),
        (
            State(before="1.0", trial=Trial(version="1.1", boot="b")),
            Facts(current="1.1", unpacked=("1.0", "1.1"), resting=True),
            Start(),
        ),
        (
            State(before="1.0", trial=Trial(version="1.1", boot="b")),
            Facts(current="1.0", unpacked=("1.0", "1.1"), resting=True),
            SwitchTo("1.1"),
        ),
    ],
)
def test_steps(state: State, facts: Facts, step: object) -> None:
    assert next_step(state, facts) == step


def test_the_header_of_a_release_is_read_without_its_files(tmp_path: Path, key: PublisherKey) -> None:
    with make_release(tmp_path, "1.1.0", key).open("rb") as file:
        header = read_header(file)
    assert isinstance(header, Header)
    assert read_manifest(header).version == "1.1.0"


def test_a_release_that_an_image_brought_goes_by_its_name_alone(tmp_path: Path) -> None:
    """An image keeps its release on the root, which nobody can write; a link on the data leads there."""
    brought, releases = make_tree(tmp_path / "root" / "1.0.0", "1.0.0"), tmp_path / "releases"
    releases.mkdir()
    (releases / "1.0.0").symlink_to(brought)
    before = sorted(brought.rglob("*"))
    forget(releases / "1.0.0")
    assert list(releases.iterdir()) == []
    assert sorted(brought.rglob("*")) == before

    (releases / ".new-1.0.0").symlink_to(brought)  # the power was cut in between
    forget(releases / "1.0.0")
    assert list(releases.iterdir()) == []
    assert sorted(brought.rglob("*")) == before


class ChangedBehind(io.BytesIO):
    """A file that its owner writes other bytes to as soon as it was read to its end once."""

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if not part:
            packed = self.getbuffer()
            packed[self.tell() // 2 :] = bytes(len(packed) - self.tell() // 2)
            del packed
        return part


def test_a_file_that_changes_after_its_check_is_unpacked_as_it_was_checked(
    tmp_path: Path, key: PublisherKey
) -> None:
    file = ChangedBehind(make_release(tmp_path, "1.1.0", key).read_bytes())
    header = read_header(file)
    (tmp_path / "releases").mkdir()
    tree = unpack(file, header, read_manifest(header), tmp_path / "releases")
    assert is_whole(tree, read_keys(key.public_line(), "release-keys"))
    assert [each.name for each in (tmp_path / "releases").iterdir()] == ["1.1.0"]
