"""The centre offers releases of the terminals' software in stages, and an agent fetches them in pieces."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.fetching import ReleaseFetcher
from sync.agent.sending import Refused, Sender
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import keep_backup, restore
from sync.central.office.devices import list_devices
from sync.central.office.software import (
    FOLDER,
    Step,
    add_software,
    is_early,
    list_software,
    offered_to,
    stage_software,
    withdraw_software,
)
from sync.central.store.database import open_database, reading
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.offer import Offer
from sync.contract.problem import ProblemError
from sync.updates.applying import Helper
from sync.updates.machine import Machine
from sync.updates.publisher import PublisherKey
from sync.updates.release import read_keys
from sync.updates.standing import HandedOver, handed_by_stick, read_handed_over
from sync.updates.watch import Service
from tests.contract.conftest import Run
from tests.support.postgres import programs
from tests.support.releases import MACHINE, Clock, Terminal, make_release, publisher
from tests.support.wire import NOW, CentreUnderTest


@pytest.fixture
def key(tmp_path: Path) -> PublisherKey:
    return publisher(tmp_path)


@pytest.fixture
def sender(central: CentreUnderTest, tmp_path: Path) -> Iterator[Sender]:
    with TestClient(central.app) as client:
        yield central.enrolled(client, "kiosk-1", tmp_path / "terminal" / "agent")


def add(central: CentreUnderTest, file: Path, key: PublisherKey | None = None) -> None:
    keys = read_keys(key.public_line(), "") if key else {}
    with acting(central.engine, By("test", NOW)) as act:
        add_software(act, central.folder, file, keys)


def stage(central: CentreUnderTest, version: str, to: Step, device: str = "") -> None:
    with acting(central.engine, By("test", NOW)) as act:
        stage_software(act, version, to, "thử", device)


def offered(central: CentreUnderTest, device: str) -> list[str]:
    with reading(central.engine) as connection:
        return [each.version for each in offered_to(connection, device, central.folder).offers]


def fetcher(sender: Sender, folder: Path, machine: Machine = MACHINE) -> ReleaseFetcher:
    return ReleaseFetcher(
        sender,
        agent=folder / "agent",
        state=folder / "state",
        version="1.0.0",
        arch=machine.arch,
        python=machine.python,
        monotonic=lambda: 0.0,
    )


def beat(sender: Sender, release: str = "", problem: str = "") -> HeartbeatReply:
    answer = sender.heartbeat(
        Heartbeat(at=NOW, made=0, queue=0, release=release, release_problem=problem), timedelta(0)
    )
    assert isinstance(answer, HeartbeatReply), answer
    return answer


EARLY = next(f"quay-{number}" for number in range(99) if is_early(f"quay-{number}"))
LATE = next(f"quay-{number}" for number in range(99) if not is_early(f"quay-{number}"))


def test_a_device_is_offered_the_newest_version_whose_stage_covers_it_and_no_withdrawn_one(
    central: CentreUnderTest, tmp_path: Path, key: PublisherKey
) -> None:
    for version in ("1.1.0", "1.2.0"):
        add(central, make_release(tmp_path, version, key), key)
    assert offered(central, "kiosk-1") == []
    stage(central, "1.1.0", "all")
    stage(central, "1.2.0", "one", "kiosk-1")
    assert [offered(central, device) for device in ("kiosk-1", EARLY, LATE)] == [
        ["1.2.0"],
        ["1.1.0"],
        ["1.1.0"],
    ]
    stage(central, "1.2.0", "ten")
    assert [offered(central, device) for device in (EARLY, LATE)] == [["1.2.0"], ["1.1.0"]]
    stage(central, "1.2.0", "all")
    assert offered(central, LATE) == ["1.2.0"]
    with acting(central.engine, By("test", NOW)) as act:
        withdraw_software(act, "1.2.0", "hỏng")
    assert offered(central, LATE) == ["1.1.0"]
    with pytest.raises(ProblemError, match="HL5217"):
        stage(central, "1.2.0", "all")


def test_the_ten_percent_are_always_the_same_devices_chosen_by_their_ids_alone() -> None:
    early = [number for number in range(2000) if is_early(f"may-{number:04}")]
    assert 150 < len(early) < 250
    assert early[:3] == [number for number in range(2000) if is_early(f"may-{number:04}")][:3]


def test_what_is_no_release_for_terminals_is_not_added(
    central: CentreUnderTest, tmp_path: Path, key: PublisherKey
) -> None:
    made = make_release(tmp_path, "1.1.0", key)
    stranger = publisher(tmp_path, "stranger")
    damaged = tmp_path / "damaged"
    damaged.write_bytes(made.read_bytes()[:-1])
    refusals: list[tuple[Path, PublisherKey | None, str]] = [
        (made, stranger, "HL4243"),
        (damaged, None, "HL4245"),
        (tmp_path / "nothing", None, "HL1001"),
    ]
    for file, known, expected in refusals:
        with pytest.raises(ProblemError, match=expected):
            add(central, file, known)
    add(central, made, key)
    add(central, made, key)  # once more changes nothing
    with pytest.raises(ProblemError, match="HL5215"):
        add(central, make_release(tmp_path / "other", "1.1.0", stranger), stranger)
    with pytest.raises(ProblemError, match="HL5216"):
        stage(central, "9.9.9", "all")
    with pytest.raises(ProblemError, match="HL5004"):
        stage(central, "1.1.0", "one", "nobody")


def test_a_version_has_one_stage_whatever_kind_of_machine_is_added_later(
    central: CentreUnderTest, tmp_path: Path, key: PublisherKey
) -> None:
    """Else a file would skip the stages, or bring a withdrawn version back."""
    add(central, make_release(tmp_path, "1.1.0", key), key)
    stage(central, "1.1.0", "all")
    later = make_release(tmp_path, "1.1.0", key, machine=replace(MACHINE, python="3.13"))
    with pytest.raises(ProblemError, match="HL5215"):
        add(central, later, key)
    stage(central, "1.1.0", "none")
    add(central, later, key)
    stage(central, "1.1.0", "all")
    with reading(central.engine) as connection:
        assert len(offered_to(connection, "kiosk-1", central.folder).offers) == 2
    add(central, later, key)  # its file again, as after a restore elsewhere
    with acting(central.engine, By("test", NOW)) as act:
        withdraw_software(act, "1.1.0", "hỏng")
    third = make_release(tmp_path, "1.1.0", key, machine=replace(MACHINE, arch="arm64"))
    with pytest.raises(ProblemError, match="HL5217"):
        add(central, third, key)
    assert not list((central.folder / FOLDER).glob(".*"))
    assert len(list((central.folder / FOLDER).iterdir())) == 2


def test_a_release_reaches_the_terminal_through_the_wire_and_is_switched_to(
    central: CentreUnderTest, sender: Sender, tmp_path: Path, key: PublisherKey
) -> None:
    terminal = Terminal(tmp_path / "terminal", key, runs=False)
    made = make_release(tmp_path, "1.1.0", key)
    add(central, made, key)
    stage(central, "1.1.0", "one", "kiosk-1")
    fetching = fetcher(sender, tmp_path / "terminal")
    fetching.answered(beat(sender))
    folder = tmp_path / "terminal" / "agent" / "update"
    fetching.step()
    # A restart continues what was begun.
    fetching = fetcher(sender, tmp_path / "terminal")
    fetching.answered(beat(sender))
    for _ in range(3):
        fetching.step()
    (whole,) = folder.glob("*.release")
    assert whole.read_bytes() == made.read_bytes()
    terminal.rest()
    helper = Helper(terminal.places, MACHINE, Idle(), Clock())
    assert helper.run() is None
    assert terminal.watch().current() == "1.1.0"
    # What was taken over is deleted, and not fetched again.
    fetching.answered(beat(sender))
    fetching.step()
    assert not list(folder.glob("*.release"))
    assert read_handed_over(tmp_path / "terminal" / "agent") == HandedOver(("1.1.0",))


class Idle:
    """A service manager that starts nothing."""

    def look(self) -> list[Service]:
        return []

    def restart(self) -> None:
        pass

    def watch(self, on: bool) -> None:
        pass


def test_a_withdrawn_version_is_named_to_terminals_and_given_to_none(
    central: CentreUnderTest, sender: Sender, tmp_path: Path, key: PublisherKey
) -> None:
    add(central, make_release(tmp_path, "1.1.0", key), key)
    stage(central, "1.1.0", "all")
    (offer,) = beat(sender).releases
    assert isinstance(sender.release_piece(offer.sha256, 0, 64), bytes)
    with acting(central.engine, By("test", NOW)) as act:
        withdraw_software(act, "1.1.0", "hỏng")
    answer = beat(sender)
    assert (answer.releases, answer.withdrawn) == ((), ("1.1.0",))
    refused = sender.release_piece(offer.sha256, 0, 64)
    assert isinstance(refused, Refused)
    assert refused.problem.number == "HL4248"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data, offer: (data / FOLDER / offer).unlink(),
        lambda data, offer: (data / FOLDER / offer).write_bytes(b"x" * 9000),
    ],
    ids=["missing", "changed"],
)
def test_a_file_that_is_missing_or_changed_at_the_centre_is_handed_to_no_helper(
    central: CentreUnderTest,
    sender: Sender,
    tmp_path: Path,
    key: PublisherKey,
    spoil: Callable[[Path, str], object],
) -> None:
    add(central, make_release(tmp_path, "1.1.0", key), key)
    stage(central, "1.1.0", "all")
    answer = beat(sender)
    spoil(central.folder, answer.releases[0].sha256)
    fetching = fetcher(sender, tmp_path / "terminal")
    fetching.answered(answer)
    for _ in range(4):
        fetching.step()
    assert not list((tmp_path / "terminal" / "agent" / "update").glob("*.release"))


def test_a_release_that_would_fill_the_disk_is_not_fetched(
    sender: Sender, tmp_path: Path, key: PublisherKey
) -> None:
    """Responses need that room, whatever a centre says that somebody took over."""
    fetching = fetcher(sender, tmp_path / "terminal")
    answer = beat(sender)
    offer = Offer(version="9.9.9", arch=MACHINE.arch, python=MACHINE.python, size=10**15, sha256="0" * 64)
    fetching.answered(replace(answer, releases=(offer,)))
    asked: list[int] = []

    def piece(digest: str, at: int, most: int) -> bytes:
        asked.append(at)
        return b"x" * most

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender, "release_piece", piece)
        for _ in range(3):
            fetching.step()
    assert asked == []


def test_what_a_terminal_could_not_keep_is_seen_at_the_centre(
    central: CentreUnderTest, sender: Sender
) -> None:
    beat(sender, "1.1.0", "HL4247")
    with reading(central.engine) as connection:
        (status,) = list_devices(connection, "kiosk-1")
    assert (status.release, status.release_problem) == ("1.1.0", "HL4247")


def test_a_withdrawn_version_stays_withdrawn_after_a_restore(
    central: CentreUnderTest, server_url: str | None, tmp_path: Path, key: PublisherKey
) -> None:
    for version in ("1.1.0", "1.2.0"):
        add(central, make_release(tmp_path, version, key), key)
    stage(central, "1.1.0", "all")
    keep_backup(central.engine, tmp_path / "copy", By("test", NOW), server=server_url)
    with acting(central.engine, By("test", NOW)) as act:
        withdraw_software(act, "1.1.0", "hỏng")
    stage(central, "1.2.0", "ten")
    central.close()
    restore(tmp_path / "copy", central.address, By("test", NOW))
    engine = open_database(central.address)
    with reading(engine) as connection:
        assert {each.version: each.stage for each in list_software(connection)} == {
            "1.1.0": "withdrawn",
            "1.2.0": "ten",
        }
    engine.dispose()


@pytest.fixture
def server_url(central: CentreUnderTest) -> str | None:
    return central.url if programs() else None


def test_after_a_restore_without_the_replaced_database_nothing_is_offered(
    tmp_path: Path, key: PublisherKey
) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    add(central, make_release(tmp_path, "1.1.0", key), key)
    stage(central, "1.1.0", "all")
    keep_backup(central.engine, tmp_path / "copy", By("test", NOW))
    central.close()
    (tmp_path / "centre" / "central.db").write_bytes(b"damaged" * 1000)
    restore(tmp_path / "copy", central.address, By("test", NOW))
    engine = open_database(central.address)
    with reading(engine) as connection:
        assert [each.stage for each in list_software(connection)] == ["none"]
    engine.dispose()


def test_what_came_on_a_stick_is_kept_until_the_helper_has_decided(
    sender: Sender, tmp_path: Path, key: PublisherKey
) -> None:
    """Also while the centre answers, which offers nothing or something else."""
    terminal = Terminal(tmp_path / "terminal", key, runs=False)
    folder = terminal.places.agent / "update"
    came = folder / handed_by_stick("1.1.0")
    came.write_bytes(make_release(tmp_path, "1.1.0", key).read_bytes())
    fetching = fetcher(sender, tmp_path / "terminal")
    fetching.answered(beat(sender))
    assert came.exists()
    assert terminal.helper().run() is None
    fetching.answered(beat(sender))
    assert not came.exists()
    assert "1.1.0" in terminal.unpacked()


def test_the_commands(run: Run, central: CentreUnderTest, tmp_path: Path) -> None:
    secret, tree = tmp_path / "key", tmp_path / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin" / "hailong-kiosk").write_text("#!/bin/sh\n")
    lone = ("releases", "make", str(tree), "--key", str(secret), "--arch", "amd64", "--python", "3.11")
    line = run("releases", "key", str(secret), data=False)
    keys = tmp_path / "release-keys"
    keys.write_text(line)
    run(*lone, "--version", "1.1.0", "--out", str(tmp_path), data=False)
    file = str(tmp_path / "hailong-kiosk_1.1.0_amd64-python3.11.release")
    assert "1.1.0 amd64 Python 3.11: 1 tệp" in run("releases", "add", file, "--keys", str(keys))
    assert run("releases", "stage", "1.1.0", "one", "--device", "kiosk-1", "--why", "thử").startswith(
        "~ 1.1.0"
    )
    assert run("releases", "stage", "1.2.0", "all", "--why", "thử") == "HL5216"
    listed = run("releases", "list")
    assert "1.1.0: một máy kiosk-1; 0 máy đang dùng; amd64 Python 3.11" in listed
    assert run("releases", "withdraw", "1.1.0", "--why", "hỏng").startswith("- 1.1.0")
    acts = run("audit")
    assert acts
