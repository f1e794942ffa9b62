"""A job of a timer that failed is named until it works again; a restore is tried on the newest copy."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.condition import Condition, Point, concerns, read_condition
from sync.central.store.database import reading
from sync.contract.problem import ProblemError
from sync.host.clock import local_now
from tests.contract.conftest import Run
from tests.support.processes import free_port
from tests.support.wire import CentreUnderTest, store_unasked, visit


def condition(central: CentreUnderTest) -> Condition:
    with reading(central.engine) as connection:
        return read_condition(connection, central.keys, central.folder, local_now())


def points(central: CentreUnderTest) -> set[Point]:
    return {concern.point for concern in concerns(condition(central), local_now())}


@pytest.mark.parametrize("job", ["backup", "check", "purge"])
def test_a_job_that_failed_is_named_until_it_works(
    central: CentreUnderTest, run: Run, tmp_path: Path, job: str
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    run("backup", "--into", str(copies))
    run("job-failed", job)
    first = condition(central).failures
    run("job-failed", job)
    assert condition(central).failures == first, "since it failed first"
    assert [failure.job for failure in first] == [job]
    assert Point.FAILED in points(central)
    if job == "backup":
        run("backup", "--to", str(tmp_path / "copy"))
    elif job == "check":
        run("restore", "--from", str(copies), "--check")
    else:
        run("purge")
    assert condition(central).failures == ()


def test_a_job_that_there_is_not_is_refused(run: Run) -> None:
    assert run("job-failed", "coffee") == "HL1003"


def test_the_newest_copy_is_tried_and_the_result_is_kept(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    assert run("restore", "--from", str(tmp_path), "--check") == "HL5009", "no copy"
    run("backup", "--to", str(tmp_path / "central-20260301-013000"))
    store_unasked(central, [visit(1, seq=1)])
    run("backup", "--to", str(tmp_path / "central-20260302-013000"))
    printed = run("restore", "--from", str(tmp_path), "--check")
    assert "central-20260302-013000: 1 phiếu" in printed
    checked = condition(central).checked
    assert checked is not None
    assert checked.file == "central-20260302-013000"
    (tmp_path / "central-20260303-013000").write_bytes(b"half")
    assert run("restore", "--from", str(tmp_path), "--check") == "HL5009"
    assert condition(central).checked == checked


def test_the_doctor_ends_with_1_where_a_person_is_needed(
    central: CentreUnderTest, tmp_path: Path, run: Run
) -> None:
    place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
    found = CliRunner().invoke(app, ["doctor", *place])
    assert found.exit_code == 1
    assert "! Chưa sao lưu lần nào\n  → Chạy `systemctl enable" in found.output
    run("backup", "--to", str(tmp_path / "copy"))
    assert "Không có việc nào cần người xem." in run("doctor")


def test_an_older_program_says_so_of_a_newer_database(central: CentreUnderTest) -> None:
    with central.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
    for command in (["doctor"], ["status"], ["serve", "--port", str(free_port())]):
        done = CliRunner().invoke(app, [*command, *place])
        assert isinstance(done.exception, ProblemError)
        assert done.exception.problem.number == "HL5028", command
