"""What was forgotten is in no old copy, no temporary one and no log of the database's."""

import fcntl
import gc
import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office import copies, removal
from sync.central.office.backup import back_up, check
from sync.central.store.database import reading, writing
from sync.central.store.scratch import Scratch, check_room
from sync.contract.problem import ProblemError
from tests.support.postgres import Postgres, postgres
from tests.support.wire import ROOT, CentreUnderTest, numbered

TODAY = date(2026, 3, 20)


def aged(folder: Path, name: str, days: int) -> Path:
    """A file that was written so many days before TODAY, late in the evening."""
    file = folder / name
    file.write_bytes(b"copy")
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 23, 55).astimezone() - timedelta(days=days)
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_is_kept_for_fourteen_days_and_no_longer(tmp_path: Path) -> None:
    for days in (0, 13, 14, 15, 400):
        aged(tmp_path, f"central-{days}", days)
    aged(tmp_path, "something-else", 400)
    copies.tidy(tmp_path, TODAY)
    assert names(tmp_path) == {"central-0", "central-13", "something-else"}


def test_what_a_killed_backup_left_goes_and_one_that_is_under_way_stays(tmp_path: Path) -> None:
    left, under_way = aged(tmp_path, ".central-1.part", 0), aged(tmp_path, ".central-2.part", 0)
    with under_way.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        copies.tidy(tmp_path, TODAY)
    assert (left.exists(), under_way.exists()) == (False, True)


def test_old_copies_go_also_where_a_new_one_cannot_be_made(tmp_path: Path) -> None:
    data, into = tmp_path / "data", tmp_path / "backups"
    central = CentreUnderTest(data)
    into.mkdir()
    words = ["backup", "--data", str(data), "--into", str(into)]
    assert CliRunner().invoke(app, words).exit_code == 0
    (made,) = into.iterdir()
    assert check(made).devices == 3
    os.utime(made, (0, 0))
    central.close()
    gc.collect()  # a connection of the command that is still open would go on serving what it has mapped
    (data / "central.db").write_bytes(b"not a database" * 1000)
    for suffix in ("-wal", "-shm"):
        (data / f"central.db{suffix}").unlink(missing_ok=True)
    assert CliRunner().invoke(app, words).exit_code != 0
    assert names(into) == set()


def test_a_copy_that_is_looked_at_lies_in_a_private_folder_and_a_killed_process_leaves_none(
    tmp_path: Path,
) -> None:
    code = (
        "import sys, pathlib; from sync.central.store.scratch import Scratch\n"
        "with Scratch(pathlib.Path(sys.argv[1])).folder() as folder:\n"
        "    (folder / 'copy').write_text('words'); print(folder, flush=True); sys.stdin.read()\n"
    )
    root = tmp_path / "tmp"
    command = [sys.executable, "-c", code, str(root)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().decode().strip())
        assert [path.stat().st_mode & 0o777 for path in (root, folder)] == [0o700, 0o700]
        Scratch(root).sweep()
        assert (folder / "copy").exists(), "it is in use"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (folder / "copy").exists()
    Scratch(root).sweep()
    assert names(root) == set()


def test_a_table_that_would_fill_the_disk_is_not_made(tmp_path: Path) -> None:
    check_room(tmp_path)
    with (tmp_path / "table").open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    with pytest.raises(ProblemError, match="HL4025"):
        check_room(tmp_path)


def test_a_restored_copy_that_a_killed_check_left_is_dropped_and_one_in_use_is_not(
    server: Postgres, tmp_path: Path
) -> None:
    url = server.fresh()
    central = CentreUnderTest(tmp_path / "centre", url=url)
    elsewhere = f"{url.rpartition('/')[0]}/postgres"
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        for name in ("hailong_restore_1", "hailong_restore_2"):
            connection.execute(f"CREATE DATABASE {name}")
        connection.execute("SELECT pg_advisory_lock(hashtext('hailong_restore_2'))")
        back_up(central.engine, tmp_path / "copy")
        check(tmp_path / "copy", url)
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'hailong_re')")
        assert rows.fetchall() == [("hailong_restore_2",)]
        connection.execute("DROP DATABASE hailong_restore_2")
    central.close()
    server.drop(url)


def test_what_is_removed_leaves_the_log_of_a_server_with_our_settings(tmp_path: Path) -> None:
    id = numbered(1)[0].id
    holds = "position(%s in pg_read_binary_file('pg_wal/' || name)) > 0"
    in_log = f"SELECT count(*) FROM pg_ls_waldir() WHERE {holds}"
    with postgres(durable=True) as server:
        central = CentreUnderTest(tmp_path / "centre", url=server.fresh())
        words = b"words-that-were-sealed-" + id.encode()

        def logged() -> int:
            with reading(central.engine) as connection:
                return int(connection.exec_driver_sql(in_log, (words,)).scalar_one())

        with writing(central.engine) as connection:
            place = (
                "INSERT INTO bundles (version, unit, issued_at, basis, digest, files) "
                "VALUES (99, '', '', '', '', %s)"
            )
            connection.exec_driver_sql(place, (words.decode(),))
            connection.exec_driver_sql("DELETE FROM bundles WHERE version = 99")
        assert logged() == 1, "control: it is there"
        assert removal.scrub(central.engine)
        assert logged() == 0
        central.close()
