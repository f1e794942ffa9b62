from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.contract.canonical import canonical_bytes, decode_response
from sync.outbox import Outbox, OutboxSettings
from sync.outbox.__main__ import app
from tests.support.outbox_session import Clock
from tests.support.responses import DEVICE, response


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    outbox = Outbox(tmp_path / "outbox", DEVICE, clock=Clock(), settings=OutboxSettings(segment_responses=4))
    for number in range(1, 11):
        outbox.append(response(number))
    outbox.keep_draft(response(11))
    outbox.close()
    return tmp_path / "outbox"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_verify_counts_and_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 0
    assert "responses:      10 (1-10)" in result.stdout
    assert "drafts:       1" in result.stdout
    assert contents(folder) == before


def test_verify_works_beside_a_running_terminal(folder: Path) -> None:
    outbox = Outbox(folder, DEVICE, clock=Clock())
    assert CliRunner().invoke(app, ["verify", str(folder)]).exit_code == 0
    outbox.close()


def test_verify_names_damage_and_gaps_by_number(folder: Path) -> None:
    path = sorted(folder.glob("*.journal"))[1]
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 1
    assert "missing:        6" in result.stdout
    assert path.name in result.stdout
    assert "HL2005" in result.stderr
    assert "HL2006" in result.stderr


def test_verify_finds_no_fault_in_a_segment_that_was_deleted(folder: Path) -> None:
    sorted(folder.glob("*.journal"))[1].unlink()
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 0
    assert "responses:      6 (1-10)" in result.stdout
    assert "missing:        0" in result.stdout


def test_verify_misses_the_newest_segment_by_the_numbers_that_were_published(folder: Path) -> None:
    sorted(folder.glob("*.journal"))[-1].unlink()
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 1
    assert "missing:        9-10" in result.stdout


def test_verify_reads_on_behind_a_segment_that_is_none(folder: Path) -> None:
    path = sorted(folder.glob("*.journal"))[0]
    path.write_bytes(b"something else")
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 1
    assert "responses:      6 (5-10)" in result.stdout
    assert "HL2004" in result.stderr


def test_verify_of_a_folder_without_an_outbox_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert result.exit_code == 2
    assert "HL2004" in result.stderr


def test_export_prints_the_canonical_bytes_of_every_response(folder: Path) -> None:
    result = CliRunner().invoke(app, ["export", str(folder)])
    assert result.exit_code == 0
    lines = result.stdout_bytes.splitlines()
    responses = [decode_response(line) for line in lines]
    assert [each.seq for each in responses] == list(range(1, 11))
    assert [canonical_bytes(each) for each in responses] == lines


def test_export_gives_visits_in_progress_when_asked(folder: Path) -> None:
    result = CliRunner().invoke(app, ["export", "--drafts", str(folder)])
    assert decode_response(result.stdout_bytes.splitlines()[-1]) == response(11)
