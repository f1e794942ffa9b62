"""A taken port or folder, a newer database, a strange path: each is a numbered problem."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sync.central.store.database import open_database, writing
from sync.central.store.upgrade import migrate
from sync.contract.problem import ProblemError
from tests.contract.test_agent import ENVIRONMENT, PYTHON, answers
from tests.support.postgres import Postgres
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import CentreUnderTest


def refused(*command: str) -> str:
    """What a command that ends with a problem writes."""
    done = subprocess.run(
        [*PYTHON, *command], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


def serve(folder: Path, port: int) -> list[str]:
    return ["sync.central", "serve", "--data", str(folder), "--port", str(port)]


def test_a_second_server_on_a_port_or_over_a_folder_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        CentreUnderTest(tmp_path / name).close()
    port = free_port()
    with running([*PYTHON, *serve(tmp_path / "one", port)], ENVIRONMENT):
        wait_until(lambda: answers(port))
        assert "HL5027" in refused(*serve(tmp_path / "two", port))
        assert "HL5027" in refused(*serve(tmp_path / "one", free_port()))
    # The connections of the server that ended keep nobody out.
    with running([*PYTHON, *serve(tmp_path / "two", port)], ENVIRONMENT):
        wait_until(lambda: answers(port))


def test_a_database_of_a_newer_program_is_refused_by_number_and_left_alone(central: CentreUnderTest) -> None:
    with writing(central.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ProblemError) as found:
        migrate(central.engine)
    assert found.value.problem.number == "HL5028"
    with central.engine.connect() as connection:
        there = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    assert there == "9999"


def test_a_postgresql_database_that_is_not_in_utf8_is_refused(server: Postgres) -> None:
    url = server.fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain_ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    with pytest.raises(ProblemError) as found:
        migrate(open_database(url.rpartition("/")[0] + "/plain_ascii"))
    assert found.value.problem.number == "HL5029"


def test_a_data_folder_with_a_question_mark_holds_its_database(tmp_path: Path) -> None:
    data = tmp_path / "x?y"
    subprocess.run([*PYTHON, "sync.central", "init", "--data", str(data)], env=ENVIRONMENT, check=True)
    assert (data / "central.db").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x?y"]


def test_a_file_where_the_data_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "HL1001" in refused("sync.central", "init", "--data", str(tmp_path / "file"))


def test_a_command_whose_part_is_not_installed_says_which(tmp_path: Path) -> None:
    """The machine lacks tomli_w, as a tablet does."""
    hide = "import sys; sys.modules['tomli_w'] = None; from sync.entry import central; central()"
    done = subprocess.run(
        [sys.executable, "-c", hide], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "HL5030" in done.stderr
    assert "hailong[central]" in done.stderr
    assert "Traceback" not in done.stderr
