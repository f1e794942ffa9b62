"""A token and a tablet can be revoked while the disk is full, also where no server runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.access import find_caller
from sync.central.store import reserve
from sync.central.store.database import reading
from sync.contract.problem import ProblemError
from tests.support.loop_disk import LoopDisk, needs_loop_disk
from tests.support.wire import NOW, CentreUnderTest


def fill(folder: Path) -> None:
    """Leave no byte on the disk of this folder."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def run(*words: str) -> int:
    return CliRunner().invoke(app, [*words]).exit_code


@needs_loop_disk
@pytest.mark.parametrize("serving", [True, False])
def test_trust_is_taken_away_on_a_full_disk(tmp_path: Path, serving: bool) -> None:
    with LoopDisk(tmp_path / "disk", megabytes=24) as disk:
        central = CentreUnderTest(disk.root / "centre")
        data = ("--data", str(central.folder))
        token = central.token(role="admin")
        reserve.keep(central.folder)
        central.close()
        with reading(central.engine) as connection:
            assert find_caller(connection, f"Bearer {token}", NOW)
            if not serving:
                connection.close()
                central.close()
            fill(disk.root)
            assert run("tokens", "create", "--role", "admin", *data) != 0, "control: the disk is full"
            assert run("tokens", "revoke", "1", "--reason", "lost", *data) == 0
            assert run("devices", "revoke", "kiosk-1", "--reason", "stolen", *data) == 0
        with reading(central.engine) as connection:
            with pytest.raises(ProblemError, match="HL4001"):
                find_caller(connection, f"Bearer {token}", NOW)
            state = "SELECT state FROM devices WHERE id = 'kiosk-1'"
            assert connection.exec_driver_sql(state).scalar_one() == "revoked"
        central.close()
