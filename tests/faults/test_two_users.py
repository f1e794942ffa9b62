"""The terminal and the agent as the guide sets them up: each reads what the other writes, and no more.

The folders are made with the owners and modes of deploy/README.md, for users by number; the work is done by
the real outbox, receipts, identity and configuration.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.agent.configuration import BundleKeeper
from sync.agent.identity import own_key
from sync.contract.bundle import load_bundle
from sync.contract.enrolment import Enrolled
from sync.contract.issue import BundleDocument
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
from sync.outbox import Notes, Outbox, OutboxReader, Receipts, ReceiptsReader
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
    """The tablet's data folder as the guide's commands make it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    guide = (ROOT / "deploy" / "README.md").read_text("utf-8")
    line = r"install -d -m (\d+) -o (\S+) -g (\S+) /var/lib/hailong(|/outbox|/agent)\n"
    for mode, owner, group, name in re.findall(line, guide):
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


def test_the_agent_reads_every_answer_and_changes_none(data: Path) -> None:
    outbox = data / "outbox"

    def keeps() -> None:
        kept = Outbox(outbox, DEVICE, clock=lambda: datetime.now(UTC))
        kept.append(response(1))
        kept.close()

    def pushes() -> None:
        assert [stored.seq for stored in OutboxReader(outbox).after(0, limit=9, max_bytes=9999)] == [1]
        for path in outbox.iterdir():
            refuse(path, os.O_RDWR)
        with pytest.raises(PermissionError):
            (outbox / "watermark").unlink()
        with pytest.raises(PermissionError):
            (outbox / "another").touch()
        with pytest.raises(PermissionError):
            outbox.rename(data / "aside")

    TERMINAL.does(keeps)
    AGENT.does(pushes)


def test_the_terminal_reads_receipts_and_configuration_and_not_the_devices_key(data: Path) -> None:
    agent = data / "agent"
    issued = document()  # here, for the child could load no module: Python itself may be root's alone

    def pushes() -> None:
        own_key(agent)
        receipts = Receipts(agent)
        receipts.note(begin_after=7)
        receipts.close()
        BundleKeeper(agent, agent / "bundle").apply(issued)

    def shows() -> None:
        assert ReceiptsReader(agent).view().notes == Notes(begin_after=7)
        assert load_bundle(agent / "bundle").version.version == 1
        refuse(agent / "device.key", os.O_RDONLY)
        refuse(agent / "receipts.journal", os.O_RDWR)
        with pytest.raises(PermissionError):
            (agent / "bundle").unlink()
        with pytest.raises(PermissionError):
            agent.rename(data / "aside")

    AGENT.does(pushes)
    TERMINAL.does(shows)


def test_a_code_goes_from_the_terminal_to_the_agent_and_the_answer_back(data: Path) -> None:
    outbox, agent = data / "outbox", data / "agent"
    named = Enrolled("may-01", "phuong-mau")

    def scans() -> None:
        write_code(outbox, "a code")

    def enrols() -> None:
        code = read_code_file(outbox)
        assert code is not None
        assert code.text == "a code"
        write_progress(agent, Progress(stage="working", mark=code.mark))

    def sees_progress() -> None:
        code, progress = read_code_file(outbox), read_progress(agent)
        assert code is not None
        assert progress == Progress(stage="working", mark=code.mark)
        with pytest.raises(PermissionError):
            write_enrolled(agent, named)

    def names_it() -> None:
        write_enrolled(agent, named)
        with pytest.raises(PermissionError):
            drop_code(outbox)

    def sees_its_name() -> None:
        assert read_enrolled(agent) == named
        drop_code(outbox)

    TERMINAL.does(scans)
    AGENT.does(enrols)
    TERMINAL.does(sees_progress)
    AGENT.does(names_it)
    TERMINAL.does(sees_its_name)


def test_nobody_else_on_the_machine_reads_any_of_it(data: Path) -> None:
    AGENT.does(lambda: own_key(data / "agent") and None)
    stranger = Somebody(64103, 64103)

    def looks() -> None:
        for folder in (data / "outbox", data / "agent"):
            with pytest.raises(PermissionError):
                list(folder.iterdir())

    stranger.does(looks)
