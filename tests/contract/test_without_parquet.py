"""A machine without the extra `parquet`: centre and `hailong-pull` say what is missing, and do all else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import free_port, running, wait_until
from tests.support.wire import ROOT, CentreUnderTest, numbered, store_unasked


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which pyarrow cannot be imported."""
    blocked = tmp_path / "blocked" / "pyarrow"
    blocked.mkdir(parents=True)
    (blocked / "__init__.py").write_text("raise ModuleNotFoundError('blocked', name='pyarrow')\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(blocked.parent), str(ROOT), *sys.path])}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    central = CentreUnderTest(tmp_path / "centre")
    assert set(store_unasked(central, numbered(3))) == {"stored"}
    yield central
    central.close()


def test_the_centre_refuses_parquet_by_number_and_gives_every_other_format(
    central: CentreUnderTest, environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "sync.central", "serve", "--data", str(central.folder)]
    token = {"Authorization": f"Bearer {central.token(role='admin')}"}
    with (
        (tmp_path / "log").open("wb") as log,
        running([*command, "--port", str(port)], environment, log=log),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=token, timeout=60) as client,
    ):
        wait_until(lambda: is_healthy(client))
        answer = client.get("/v1/responses", params={"format": "parquet"})
        others = [
            client.get("/v1/responses", params={"format": form}).status_code
            for form in ("csv", "ndjson", "xlsx")
        ]
    assert (answer.status_code, answer.json()["number"]) == (422, "HL4034")
    assert answer.json()["title"].startswith("Trung tâm chưa cài")
    assert "thư viện Parquet" in answer.json()["remedy"]
    assert others == [200, 200, 200]


def is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/health").is_success
    except httpx.TransportError:
        return False


def test_pull_says_what_to_install_before_it_asks_for_anything(
    environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sync.pull", "http://127.0.0.1:9", str(tmp_path / "all.parquet")]
    done = subprocess.run(
        command,
        env=environment | {"HAILONG_TOKEN": "hl_x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "HL4214" in done.stderr
    assert sys.prefix in done.stderr
    assert "requirements/parquet.lock" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "all.parquet.pull").exists()
