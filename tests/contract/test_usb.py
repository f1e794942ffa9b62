"""A terminal without a network: its responses go to the centre on a USB stick, and answers come back on it.

Agent and centre are real; between them there is a folder alone.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from nacl.signing import SigningKey
from typer.testing import CliRunner

from sync.agent.__main__ import app as agent_app
from sync.agent.configuration import BundleKeeper
from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender, Wire
from sync.agent.uptime import Uptime
from sync.agent.usb import Copied, Taken, copy_out, take_back
from sync.central.api.device_desk import DeviceDesk
from sync.central.api.usb import StickDesk, TakenIn
from sync.central.office.audit.acts import By
from sync.central.office.audit.lines import read_lines
from sync.central.office.keys import offline
from sync.central.office.keys.stored import add_key, load_keys
from sync.central.store.database import reading
from sync.contract.bundle import load_bundle
from sync.contract.canonical import canonical_bytes
from sync.contract.problem import ProblemError
from sync.contract.usb import (
    MANIFEST,
    PARCEL_BYTES,
    TO_CENTRE,
    TO_TERMINAL,
    TOP,
    CarriedReply,
    CarriedRequest,
    check_signed,
    open_manifest,
    open_parts,
    pack,
    part_name,
)
from sync.host.usb_folder import read_parcel, terminals_in, write_parcel
from sync.host.usb_note import read_usb_note, usb_wanted, want_usb
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from sync.updates.machine import this_machine
from sync.updates.standing import handed_by_stick
from tests.support.releases import make_release, publisher
from tests.support.wire import NOW, CentreUnderTest, fill_outbox, visit

LATER = NOW + timedelta(days=9)


CarryIn = Callable[..., TakenIn]


class Terminal:
    """A device that was enrolled, and has no network any more."""

    def __init__(self, folder: Path, central: CentreUnderTest, device: str = "kiosk-1") -> None:
        self.folder = folder
        self.outbox = folder / "outbox"
        with TestClient(central.app) as client:
            central.enrolled(client, device, folder / "agent")
        self.visits = fill_outbox(self.outbox, 25, device=device)

    def copies(self, stick: Path, **options: int) -> Copied:
        return copy_out(
            stick,
            load_identity(self.folder / "agent"),
            OutboxReader(self.outbox),
            ReceiptsReader(self.folder / "agent").view(),
            now=NOW,
            uptime=Uptime("b0074a7e-another", 5_000_000),
            **options,  # type: ignore[arg-type]
        )

    def takes(self, stick: Path) -> Taken:
        agent = self.folder / "agent"
        receipts = Receipts(agent)
        try:
            return take_back(
                stick,
                load_identity(agent),
                OutboxReader(self.outbox),
                receipts,
                folder=agent,
                bundles=BundleKeeper(agent, self.folder / "current"),
                now=lambda: NOW,
            )
        finally:
            receipts.close()

    def queue(self) -> int:
        view = ReceiptsReader(self.folder / "agent").view()
        return view.queue(OutboxReader(self.outbox).watermark())


@pytest.fixture
def terminal(tmp_path: Path, central: CentreUnderTest) -> Terminal:
    return Terminal(tmp_path / "terminal", central)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def carry_in(central: CentreUnderTest, stick: Path) -> CarryIn:
    """What `hailong-central carry-in` does, days later."""

    def carried(after: timedelta = timedelta(days=9)) -> TakenIn:
        at = NOW + after

        def now() -> datetime:
            return at

        desk: DeviceDesk = central.centre.devices
        desk._now = now
        (terminal,) = terminals_in(stick)
        taken = StickDesk(desk, central.keys, now).take_in(
            read_parcel(terminal / TO_CENTRE), By("somebody", at)
        )
        write_parcel(terminal / TO_TERMINAL, taken.answer)
        return taken

    return carried


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value.problem.number


def test_responses_go_and_receipts_and_configuration_come_back(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    assert terminal.copies(stick, limit=10) == Copied(25, 0)
    taken = carry_in()
    assert (taken.device, taken.receipts) == ("kiosk-1", {"stored": 25})
    assert central.stored() == [canonical_bytes(each) for each in terminal.visits]
    assert terminal.queue() == 25
    assert terminal.takes(stick) == Taken(25, 1)
    assert terminal.queue() == 0
    assert load_bundle(terminal.folder / "current").catalogue.unit("phuong-mot")
    assert terminal.copies(stick) == Copied(0, 0)


def test_what_was_carried_is_a_duplicate_by_the_wire(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    agent = terminal.folder / "agent"
    receipts = Receipts(agent)
    with TestClient(central.app) as client:
        sender = Sender(Wire(client, lambda: LATER), load_identity(agent))
        pusher = Pusher(OutboxReader(terminal.outbox), receipts, sender, lambda: LATER)
        while not isinstance(pusher.step(), Idle):
            pass
    receipts.close()
    assert (len(central.stored()), terminal.queue()) == (25, 0)
    assert terminal.takes(stick).receipts == 25
    assert not ReceiptsReader(agent).view().set_aside


def test_days_are_those_of_the_visits_and_not_of_the_stick(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT day, clock_offset FROM responses").all()
    assert {(row.day, row.clock_offset) for row in rows} == {("2026-03-02", 0)}


def test_nothing_on_a_stick_can_be_read_by_who_finds_it(terminal: Terminal, stick: Path) -> None:
    terminal.copies(stick)
    files = [path for path in stick.rglob("*") if path.is_file()]
    assert len(files) == 4
    for path in files:
        data, place = path.read_bytes(), str(path.relative_to(stick))
        for word in ("kiosk-1", "phuong-mot", "responses", "kien-hung", terminal.visits[0].id):
            assert word.encode() not in data
            assert word not in place


def test_a_copy_is_taken_once(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    assert refused(carry_in) == "HL4220"
    assert len(central.stored()) == 25


def test_an_answer_is_taken_once_and_an_older_one_not_at_all(
    terminal: Terminal, stick: Path, tmp_path: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    terminal.takes(stick)
    assert refused(lambda: terminal.takes(stick)) == "HL4220"


def test_a_new_copy_after_a_lost_answer_is_taken_again_and_doubles_nothing(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    shutil.rmtree(stick / "hailong")
    outbox = Outbox(terminal.outbox, "kiosk-1", clock=lambda: NOW)
    outbox.append(visit(26))
    outbox.close()
    assert terminal.copies(stick) == Copied(26, 0)
    assert carry_in().receipts == {"duplicate": 25, "stored": 1}
    assert terminal.takes(stick).receipts == 26
    assert (len(central.stored()), terminal.queue()) == (26, 0)


Harm = Callable[[Path], object]


def cut_short(folder: Path) -> None:
    (folder / "0003").write_bytes((folder / "0003").read_bytes()[:-20])


def changed(folder: Path) -> None:
    data = bytearray((folder / "0004").read_bytes())
    data[-1] ^= 1
    (folder / "0004").write_bytes(bytes(data))


def without_a_part(folder: Path) -> None:
    (folder / "0005").unlink()


def with_two_in_another_order(folder: Path) -> None:
    (folder / "0003").rename(folder / "x")
    (folder / "0004").rename(folder / "0003")
    (folder / "x").rename(folder / "0004")


def with_another_manifest(folder: Path) -> None:
    shutil.copy(folder / "0001", folder / MANIFEST)


def with_a_cut_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"")


HARMS: list[Harm] = [
    cut_short,
    changed,
    without_a_part,
    with_two_in_another_order,
    with_another_manifest,
    with_a_cut_manifest,
]


def test_of_a_damaged_copy_nothing_is_taken(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    for harm in HARMS:
        terminal.copies(stick, limit=5)
        (folder,) = terminals_in(stick)
        harm(folder / TO_CENTRE)
        assert refused(carry_in) == "HL4218", harm
        assert central.stored() == []
    terminal.copies(stick, limit=5)
    assert carry_in().receipts == {"stored": 25}


def test_of_a_damaged_answer_nothing_is_taken(
    terminal: Terminal, stick: Path, tmp_path: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick, limit=5)
    carry_in()
    (folder,) = terminals_in(stick)
    whole = shutil.copytree(folder / TO_TERMINAL, tmp_path / "whole")
    for harm in HARMS:
        shutil.rmtree(folder / TO_TERMINAL)
        shutil.copytree(whole, folder / TO_TERMINAL)
        harm(folder / TO_TERMINAL)
        assert refused(lambda: terminal.takes(stick)) == "HL4218", harm
        assert terminal.queue() == 25
    assert not (terminal.folder / "current").exists()


def test_a_link_on_a_stick_leads_to_nothing_that_is_read_or_written(
    terminal: Terminal, stick: Path, run: Callable[..., str], tmp_path: Path
) -> None:
    """Who handles a stick may put links next to a true copy; the answer deletes what is in its folder."""
    terminal.copies(stick)
    (folder,) = terminals_in(stick)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "database").write_text("x")
    (folder / TO_TERMINAL).symlink_to(kept)
    assert run("carry-in", str(stick)) == "HL4221"
    assert [path.name for path in kept.iterdir()] == ["database"]
    (folder / TO_TERMINAL).unlink()
    away = tmp_path / "away"
    for name in (stick / TOP, folder, folder / TO_CENTRE, folder / TO_CENTRE / MANIFEST):
        name.rename(away)
        name.symlink_to(away)
        with pytest.raises(OSError, match="symbolic links"):
            read_parcel(folder / TO_CENTRE)
        name.unlink()
        away.rename(name)
    assert len(read_parcel(folder / TO_CENTRE).parts) == 3


def test_a_stick_that_would_fill_the_memory_is_refused(terminal: Terminal, stick: Path) -> None:
    """Who runs carry-in has a centre on the same machine."""
    terminal.copies(stick)
    (folder,) = terminals_in(stick)
    size = sum(path.stat().st_size for path in (folder / TO_CENTRE).iterdir())
    assert len(read_parcel(folder / TO_CENTRE, most=size).parts) == 3
    assert refused(lambda: read_parcel(folder / TO_CENTRE, most=size - 1)) == "HL4218"
    most = terminal.folder / "most"
    most.mkdir()
    for number in (1, 2):
        with (most / part_name(number)).open("wb") as part:
            part.truncate(PARCEL_BYTES)
    (most / MANIFEST).touch()
    assert refused(lambda: read_parcel(most)) == "HL4218"


def test_an_empty_stick_is_named(terminal: Terminal, stick: Path) -> None:
    assert refused(lambda: terminal.takes(stick)) == "HL4217"


def test_a_copy_for_another_centre_is_refused(terminal: Terminal, stick: Path, tmp_path: Path) -> None:
    terminal.copies(stick)
    other = CentreUnderTest(tmp_path / "other")
    try:
        desk = StickDesk(other.centre.devices, other.keys, lambda: LATER)
        (folder,) = terminals_in(stick)
        assert refused(lambda: desk.take_in(read_parcel(folder / TO_CENTRE), By("a", LATER))) == "HL4219"
        assert other.stored() == []
    finally:
        other.close()


def test_an_answer_for_another_terminal_is_refused(
    terminal: Terminal, central: CentreUnderTest, stick: Path, tmp_path: Path, carry_in: CarryIn
) -> None:
    other = Terminal(tmp_path / "other", central, "kiosk-2")
    terminal.copies(stick)
    carry_in()
    (answered,) = terminals_in(stick)
    other.copies(stick)
    (folder,) = (path for path in terminals_in(stick) if path != answered)
    shutil.copytree(answered / TO_TERMINAL, folder / TO_TERMINAL)
    assert refused(lambda: other.takes(stick)) == "HL4219"
    assert other.queue() == 25


def test_a_stranger_can_sign_nothing_in_the_name_of_a_terminal(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    """A person who has the stick knows the centre's public key, and can seal anything with it."""
    terminal.copies(stick)
    (folder,) = terminals_in(stick)
    own = [SigningKey(key.raw) for key in central.keys.signing]
    parcel = read_parcel(folder / TO_CENTRE)
    opened = open_manifest(parcel.manifest, own)
    requests = open_parts(opened.manifest, parcel.parts, own, CarriedRequest)
    stranger, centre = SigningKey.generate(), bytes(own[0].verify_key)
    write_parcel(folder / TO_CENTRE, pack(opened.manifest, requests, stranger, centre))
    assert refused(carry_in) == "HL4218"
    # Also with its own signature under the manifest: the requests are signed one by one.
    device = load_identity(terminal.folder / "agent").key
    forged = [replace(each, body=each.body + b" ") for each in requests]
    write_parcel(folder / TO_CENTRE, pack(opened.manifest, forged, device, centre))
    assert refused(carry_in) == "HL4018"
    assert central.stored() == []


def test_a_stranger_can_sign_nothing_in_the_name_of_the_centre(
    terminal: Terminal, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    (folder,) = terminals_in(stick)
    own = load_identity(terminal.folder / "agent").key
    parcel = read_parcel(folder / TO_TERMINAL)
    opened = open_manifest(parcel.manifest, [own])
    replies = open_parts(opened.manifest, parcel.parts, [own], CarriedReply)
    stranger = SigningKey.generate()
    write_parcel(folder / TO_TERMINAL, pack(opened.manifest, replies, stranger, bytes(own.verify_key)))
    assert refused(lambda: terminal.takes(stick)) == "HL4218"
    assert terminal.queue() == 25


def test_a_terminal_with_years_of_responses_copies_them_in_several_turns(
    terminal: Terminal, stick: Path, monkeypatch: pytest.MonkeyPatch, carry_in: CarryIn
) -> None:
    monkeypatch.setattr("sync.agent.usb.PARTS", 4)
    assert terminal.copies(stick, limit=10) == Copied(20, 5)
    assert carry_in().receipts == {"stored": 20}
    terminal.takes(stick)
    assert terminal.copies(stick, limit=10) == Copied(5, 0)


def test_manifests_of_both_ways_are_signed_by_their_senders(
    terminal: Terminal, central: CentreUnderTest, stick: Path, carry_in: CarryIn
) -> None:
    terminal.copies(stick)
    carry_in()
    (folder,) = terminals_in(stick)
    device = load_identity(terminal.folder / "agent").key
    back = open_manifest(read_parcel(folder / TO_TERMINAL).manifest, [device])
    check_signed(back, central.keys.trusted().values())
    assert back.manifest.device == "kiosk-1"


def test_the_root_and_a_new_key_of_the_centre_come_on_the_stick(
    terminal: Terminal, central: CentreUnderTest, stick: Path, tmp_path: Path, carry_in: CarryIn
) -> None:
    offline.make_root(tmp_path / "root.json", "root-a", bytes(range(32)))
    root, keys = offline.load_root(tmp_path / "root.json"), central.folder / "keys"

    def signed_by_the_root() -> None:
        asked = offline.make_request(load_keys(keys), ())
        signed = offline.sign_request(root, asked, now=NOW, days=offline.DAYS, following=None)
        offline.take_in(keys, signed, now=NOW)
        central.open()

    signed_by_the_root()
    terminal.copies(stick)
    carry_in()
    terminal.takes(stick)
    add_key(keys, "signing", "signing-new", active=True, secret=bytes(range(1, 33)))
    signed_by_the_root()
    assert central.keys.signing_key()[0] == "signing-new"
    outbox = Outbox(terminal.outbox, "kiosk-1", clock=lambda: NOW)
    outbox.append(visit(26))
    outbox.close()
    terminal.copies(stick)
    carry_in(timedelta(days=10))
    assert terminal.takes(stick).receipts == 1
    trust = load_identity(terminal.folder / "agent").trust
    assert trust is not None
    assert (trust.version, terminal.queue()) == (2, 0)


def test_by_commands_as_an_office_does_it(
    terminal: Terminal, central: CentreUnderTest, run: Callable[..., str], stick: Path
) -> None:
    config = terminal.folder / "agent.toml"
    config.write_text('outbox = "outbox"\nfolder = "agent"\nbundle = "current"\n')

    def agent(*words: str) -> str:
        done = CliRunner().invoke(agent_app, ["--config", str(config), *words])
        if isinstance(done.exception, ProblemError):
            return done.exception.problem.number
        assert done.exit_code == 0, done.output
        return done.output.strip()

    assert run("carry-in", str(stick)) == "HL4217"
    assert agent("export", str(stick)) == "Đã chép 25 phiếu ra USB"
    assert run("carry-in", str(stick)) == "kiosk-1: 25 phiếu stored 25\n"
    assert agent("import", str(stick)) == "Đã nhận 25 biên nhận từ USB, cấu hình số 1"
    assert agent("carry", str(stick)) == "Đã chép 0 phiếu ra USB"
    (folder,) = terminals_in(stick)
    cut_short(folder / TO_TERMINAL)
    assert agent("carry", str(stick)) == "Đã chép 0 phiếu ra USB"  # what can't be read is in nobody's way
    note = read_usb_note(terminal.folder / "agent")
    assert note is not None
    assert (note.stage, note.job, note.release) == ("done", "copy", "")
    want_usb(terminal.outbox, NOW, "logs")
    (logs,) = (Path(agent("carry", str(stick))),)
    assert logs.parent == stick / "hailong"
    assert logs.read_text("utf-8").startswith("Hài Lòng ")
    note = read_usb_note(terminal.folder / "agent")
    assert note is not None
    assert (note.stage, note.job, note.wanted) == ("done", "logs", usb_wanted(terminal.outbox))
    # A release that came along is handed to the helper, and told on the glass.
    release = make_release(terminal.folder, "9.1.0", publisher(terminal.folder), machine=this_machine())
    (stick / "hailong" / release.name).write_bytes(release.read_bytes())
    config.write_text(config.read_text() + 'updates = "update"\n')
    want_usb(terminal.outbox, NOW)
    assert agent("carry", str(stick)).endswith("Đã nhận phần mềm 9.1.0 từ USB")
    note = read_usb_note(terminal.folder / "agent")
    assert note is not None
    assert note.release == "9.1.0"
    assert (terminal.folder / "agent" / "update" / handed_by_stick("9.1.0")).is_file()
    with reading(central.engine) as connection:
        (line,) = read_lines(connection, 9, acts=["usb-copy"])
    assert line.subject == "kiosk-1"
    assert line.detail.endswith(" 25")
