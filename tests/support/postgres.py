"""A PostgreSQL server of our own in a temporary folder, with a new database per request."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.support.processes import free_port

ADVISED = Path(__file__).parents[2] / "deploy" / "server" / "postgresql.conf"
_numbers = count(1)


def programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL here; None without any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class Postgres:
    """A running server; `fresh` makes databases, `crash` kills it, `start` starts it again."""

    def __init__(self, port: int, control: Sequence[str | Path]) -> None:
        self._port = port
        self._control = control

    def start(self) -> None:
        """Start the server, which recovers from a crash first."""
        _run([*self._control, "start"])

    def crash(self) -> None:
        """End all processes of the server at once, without a checkpoint, as a fault would."""
        _run([*self._control[:3], "-m", "immediate", "stop"])

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"hailong_{next(_numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def copy(self, url: str) -> str:
        """The URL of a new database with all that the one at `url` holds, which nobody may be using."""
        name = f"hailong_{next(_numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database from `fresh`, which frees its disk space at once."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A server for the `with`; `durable` sets it up as in the guide for administrators."""
    # Not in pytest's folders: only their owner may enter those, and the server has a user of its own.
    with (
        tempfile.TemporaryDirectory(prefix="hailong-postgres-") as folder,
        _serving(Path(folder), durable=durable) as server,
    ):
        yield server


@contextmanager
def _serving(folder: Path, *, durable: bool) -> Iterator[Postgres]:
    bin_folder = programs()
    assert bin_folder is not None, "PostgreSQL is not installed"
    data, port = folder / "data", free_port()
    if os.geteuid() == 0:  # as which the server refuses to run
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    _run([bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"])
    if durable:
        with (data / "postgresql.conf").open("a") as file:
            file.write(ADVISED.read_text("utf-8"))
    settings = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    settings += "" if durable else " -c fsync=off"
    control: list[str | Path] = [
        bin_folder / "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        folder / "log",
        "-o",
        settings,
    ]
    server = Postgres(port, control)
    server.start()
    try:
        yield server
    finally:
        server.crash()


def _run(command: Sequence[str | Path]) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_user, *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} failed: {done.stderr}")
