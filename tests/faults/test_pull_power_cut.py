"""`hailong-pull` ended well, and the power goes: its file is whole, and a damaged one is put right."""

import threading
from pathlib import Path

import httpx
import pytest

from sync.pull import __main__ as command
from sync.pull.settings import Format, Job
from sync.pull.state import Spool
from tests.support.loop_disk import LoopDisk, needs_loop_disk

HEAD = '[["position","whole"],["seq","whole"]]\n'
ARRAYS = HEAD + "".join(f"[{number},{number}]\n" for number in range(1, 2001))
JSON_LINES = "".join(f'{{"cursor":"1-{number}"}}\n' for number in range(1, 2001))


def centre(request: httpx.Request) -> httpx.Response:
    text = JSON_LINES if request.url.params["format"] == "ndjson" else ARRAYS
    if request.url.params.get("after"):
        text = "" if request.url.params["format"] == "ndjson" else HEAD
    return httpx.Response(200, text=text, headers={"Next-Cursor": "1-2000", "More": "false"})


def pull(output: Path, form: Format) -> None:
    """One run of the command against a centre of 2,000 rows."""
    job = Job(centre="http://centre", output=output, format=form, filters={})
    with httpx.Client(transport=httpx.MockTransport(centre)) as client:
        command.bring(client, job, threading.Event())


@needs_loop_disk
@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_after_a_power_cut_the_finished_file_is_as_it_was(tmp_path: Path, form: Format) -> None:
    with LoopDisk(tmp_path) as disk:
        output = disk.root / f"all.{form}"
        pull(output, form)
        written = output.read_bytes()
        disk.cut_power()
        disk.power_on()
        assert len(written) > 1000
        assert output.read_bytes() == written


@pytest.mark.parametrize("left", [0, 100, None])
def test_an_output_that_was_damaged_is_written_again_and_said(
    tmp_path: Path, left: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "all.csv"
    pull(output, "csv")
    written = output.read_bytes()
    assert capsys.readouterr().err == ""
    output.unlink()
    if left is not None:
        output.write_bytes(written[:left])
    pull(output, "csv")
    assert output.read_bytes() == written
    assert "HL4207" in capsys.readouterr().err
    pull(output, "csv")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("gone", [True, False])
def test_rows_that_were_damaged_are_fetched_again_and_said(
    tmp_path: Path, gone: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "all.csv"
    pull(output, "csv")
    written = output.read_bytes()
    rows = tmp_path / "all.csv.pull" / "rows-1"
    if gone:
        rows.unlink()
    else:
        rows.write_bytes(rows.read_bytes()[:50])
    pull(output, "csv")
    assert "HL4208" in capsys.readouterr().err
    assert output.read_bytes() == written
    spool = Spool(output, Job(centre="http://centre", output=output, format="csv", filters={}).name)
    assert (spool.state.rows, spool.repaired) == (2000, None)
    spool.close()
