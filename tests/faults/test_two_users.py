"""The terminal and the agent as the package sets them up: each reads what the other writes, and no more.

The folders are made with the owners and modes of deploy/tablet/tmpfiles.conf, for users by number; the work
is done by the real outbox, receipts, identity and configuration.
"""

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.agent.code_signing import CodeSigner
from sync.agent.configuration import BundleKeeper
from sync.agent.identity import own_key
from sync.contract.bundle import load_bundle
from sync.contract.enrolment import Enrolled
from sync.contract.issue import BundleDocument
from sync.contract.phone_token import PhoneToken, pack
from sync.host.first_start import (
    Progress,
    drop_code,
    read_code_file,
    read_enrolled,
    read_progress,
    write_code,
    write_enrolled,
    write_progress,
)
from sync.host.phone_codes import SOCKET, ask_signature
from sync.outbox import Notes, Outbox, OutboxReader, Receipts, ReceiptsReader
from tests.support.office import until
from tests.support.responses import DEVICE, response
from tests.support.somebody import Somebody

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users"),
]

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "sample"
NUMBERS = {"root": 0, "hailong": 64101, "hailong-agent": 64102}
TERMINAL = Somebody(NUMBERS["hailong"], NUMBERS["hailong"])
AGENT = Somebody(NUMBERS["hailong-agent"], NUMBERS["hailong-agent"])


@pytest.fixture
def data() -> Iterator[Path]:
    """The tablet's data folder as the package makes it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    folders = (ROOT / "deploy" / "tablet" / "tmpfiles.conf").read_text("utf-8")
    line = r"d /var/lib/hailong(|/outbox|/agent) (\d+) (\S+) (\S+)\n"
    for name, mode, owner, group in re.findall(line, folders):
        made = folder / "data" / name.strip("/")
        made.mkdir()
        os.chown(made, NUMBERS[owner], NUMBERS[group])
        made.chmod(int(mode, 8))
    yield folder / "data"
    shutil.rmtree(folder)


def document() -> BundleDocument:
    """The sample's configuration, as the centre sends it."""
    files = {name: (SAMPLE / name).read_text("utf-8-sig") for name in ("bundle.toml", "catalogue.toml")}
    survey = ROOT / "assets" / "surveys" / "kien-hung.toml"
    files |= {f"surveys/{survey.name}": survey.read_text("utf-8")}
    return BundleDocument(version=1, issued=datetime(2026, 1, 1, tzinfo=UTC), files=files)


def refuse(path: Path, flags: int) -> None:
    """Opening `path` so is refused."""
    with pytest.raises(PermissionError):
        os.open(path, flags)


# --- the outbox: written by the terminal, read by the agent -------------------------------------------


def test_the_agent_reads_every_answer_and_changes_none(data: Path) -> None:
    TERMINAL.does(keeps, data)
    AGENT.does(pushes, data)


def keeps(data: Path) -> None:
    kept = Outbox(data / "outbox", DEVICE, clock=lambda: datetime.now(UTC))
    kept.append(response(1))
    kept.close()


def pushes(data: Path) -> None:
    outbox = data / "outbox"
    assert [stored.seq for stored in OutboxReader(outbox).after(0, limit=9, max_bytes=9999)] == [1]
    for path in outbox.iterdir():
        refuse(path, os.O_RDWR)
    with pytest.raises(PermissionError):
        (outbox / "watermark").unlink()
    with pytest.raises(PermissionError):
        (outbox / "another").touch()
    with pytest.raises(PermissionError):
        outbox.rename(data / "aside")


# --- the agent's folder: written by the agent, read by the terminal -----------------------------------


def test_the_terminal_reads_receipts_and_configuration_and_not_the_devices_key(data: Path) -> None:
    AGENT.does(receives, data, document())
    TERMINAL.does(shows, data)


def receives(data: Path, issued: BundleDocument) -> None:
    agent = data / "agent"
    own_key(agent)
    receipts = Receipts(agent)
    receipts.note(begin_after=7)
    receipts.close()
    BundleKeeper(agent, agent / "bundle").apply(issued)


def shows(data: Path) -> None:
    agent = data / "agent"
    assert ReceiptsReader(agent).view().notes == Notes(begin_after=7)
    assert load_bundle(agent / "bundle").version.version == 1
    refuse(agent / "device.key", os.O_RDONLY)
    refuse(agent / "receipts.journal", os.O_RDWR)
    with pytest.raises(PermissionError):
        (agent / "bundle").unlink()
    with pytest.raises(PermissionError):
        agent.rename(data / "aside")


def test_the_terminal_has_a_code_signed_by_a_key_that_it_cannot_read(data: Path) -> None:
    signing = threading.Thread(target=AGENT.does, args=(signs_codes, data))
    signing.start()
    try:
        TERMINAL.does(asks_for_a_code, data)
    finally:
        (data / "outbox" / "asked").touch()
        signing.join(30)


TOKEN = PhoneToken(
    device="may-01",
    visit=bytes(range(16)),
    unit="phuong-mau",
    survey="kien-hung",
    survey_version=1,
    expires=int(datetime.now(UTC).timestamp()) + 86_400,
)


def signs_codes(data: Path) -> None:
    signer = CodeSigner(data / "agent", "may-01", own_key(data / "agent"), lambda: datetime.now(UTC))
    signer.start()
    until((data / "outbox" / "asked").exists, "the terminal has asked")
    signer.close()


def asks_for_a_code(data: Path) -> None:
    socket = data / "agent" / SOCKET
    until(socket.is_socket, "the agent listens")
    until(lambda: ask_signature(socket, pack(TOKEN)), "a signature")
    refuse(data / "agent" / "device.key", os.O_RDONLY)


# --- a code, and its answer ---------------------------------------------------------------------------

NAMED = Enrolled("may-01", "phuong-mau")


def test_a_code_goes_from_the_terminal_to_the_agent_and_the_answer_back(data: Path) -> None:
    TERMINAL.does(write_code, data / "outbox", "a code")
    AGENT.does(enrols, data)
    TERMINAL.does(sees_progress, data)
    AGENT.does(names_it, data)
    TERMINAL.does(sees_its_name, data)


def enrols(data: Path) -> None:
    code = read_code_file(data / "outbox")
    assert code is not None
    assert code.text == "a code"
    write_progress(data / "agent", Progress(stage="working", mark=code.mark))


def sees_progress(data: Path) -> None:
    code, progress = read_code_file(data / "outbox"), read_progress(data / "agent")
    assert code is not None
    assert progress == Progress(stage="working", mark=code.mark)
    with pytest.raises(PermissionError):
        write_enrolled(data / "agent", NAMED)


def names_it(data: Path) -> None:
    write_enrolled(data / "agent", NAMED)
    with pytest.raises(PermissionError):
        drop_code(data / "outbox")


def sees_its_name(data: Path) -> None:
    assert read_enrolled(data / "agent") == NAMED
    drop_code(data / "outbox")


def test_nobody_else_on_the_machine_reads_any_of_it(data: Path) -> None:
    AGENT.does(own_key, data / "agent")
    Somebody(64103, 64103).does(looks, data)


def looks(data: Path) -> None:
    for folder in (data / "outbox", data / "agent"):
        with pytest.raises(PermissionError):
            list(folder.iterdir())


def test_what_fails_as_another_user_is_noticed(data: Path) -> None:
    with pytest.raises(AssertionError, match="user 64102: 1"):
        AGENT.does(keeps, data)
