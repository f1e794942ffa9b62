"""What is known of the machine under a centre, and what the doctor says of it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.central.commands.doctor import REMEDIES, diagnosis
from sync.central.commands.status import SENTENCES
from sync.central.office.condition import Condition, Disk, LogState, Point, Waiting
from sync.central.office.machine import (
    Installed,
    Machine,
    certificate_end,
    clock_synchronized,
    machine_reader,
    read_machine,
)
from tests.support.https import certificate, serving_https

HANOI = datetime(2026, 3, 2, 10, 0, tzinfo=UTC).astimezone()
NOBODY = 65534


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """A centre as set-up leaves it."""
    data, backups = tmp_path / "data", tmp_path / "backups"
    for folder in (data, data / "keys", backups):
        folder.mkdir(mode=0o700)
    (data / "keys" / "centre.json").touch(0o600)
    (data / "central.db").touch(0o600)
    environment = tmp_path / "central.env"
    environment.touch(0o640)
    return Installed(data=data, backups=backups, environment=environment, certificate=tmp_path / "own.pem")


def facts(installed: Installed, address: str = "") -> Machine:
    return read_machine(
        installed,
        address,
        HANOI,
        synchronized=lambda: True,
        probe=lambda *_: datetime(2027, 1, 1, tzinfo=UTC),
        listens=lambda: True,
    )


def test_an_address_that_set_up_serves_and_that_does_not_answer_is_named(installed: Installed) -> None:
    def seen(https: bool, until: datetime | None, listens: bool) -> tuple[bool, bool]:
        found = read_machine(
            replace(installed, https=https),
            "https://10.0.0.5",
            HANOI,
            synchronized=lambda: True,
            probe=lambda *_: until,
            listens=lambda: listens,
        )
        return found.unanswered, found.idle

    assert seen(True, None, True) == (True, False)
    assert seen(True, HANOI, False) == (False, True)
    assert seen(False, None, True) == (False, False), "somebody else ends HTTPS, elsewhere"


def test_what_set_up_leaves_is_closed(installed: Installed) -> None:
    found = facts(installed)
    assert (found.exposed, found.foreign, found.certificate) == ((), (), None)
    assert facts(installed, "http://10.0.0.5").certificate is None
    assert facts(installed, "https://10.0.0.5").certificate is not None


@pytest.mark.parametrize(
    ("name", "mode"),
    [("data", 0o750), ("data/keys/centre.json", 0o640), ("backups", 0o701), ("central.env", 0o644)],
)
def test_a_secret_that_others_may_read_is_named(
    installed: Installed, tmp_path: Path, name: str, mode: int
) -> None:
    (tmp_path / name).chmod(mode)
    assert facts(installed).exposed == (str(tmp_path / name),)


@pytest.mark.root
def test_a_file_that_root_left_is_named(installed: Installed) -> None:
    for path in (installed.data, installed.data / "keys", *(installed.data / "keys").iterdir()):
        os.chown(path, NOBODY, NOBODY)
    assert facts(installed).foreign == (str(installed.data / "central.db"),)


def test_a_machine_that_set_up_did_not_install_is_not_judged(tmp_path: Path) -> None:
    assert machine_reader({}, tmp_path)("", HANOI) is None
    assert machine_reader({"HAILONG_DATA": "/elsewhere"}, tmp_path)("", HANOI) is None
    assert machine_reader({"HAILONG_DATA": str(tmp_path)}, tmp_path)("", HANOI) is not None


def test_the_end_of_the_certificate_is_what_the_proxy_shows(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    own = certificate(tmp_path, -10, 10)
    with serving_https(tmp_path) as address:
        end = certificate_end(address, own)
        assert end is not None
        assert abs(end - now - timedelta(days=10)) < timedelta(minutes=1)
        assert certificate_end(address, tmp_path / "none") is None, "of an issuer that nobody knows"
    own = certificate(tmp_path, -20, -10)
    with serving_https(tmp_path) as address:
        ended = certificate_end(address, own)
        assert ended is not None
        assert ended < now
    assert certificate_end(address, own) is None, "nobody listens"


def test_the_clock_is_asked_of_the_system() -> None:
    assert clock_synchronized() in (True, False, None)


def condition(**different: object) -> Condition:
    usual: dict[str, object] = {
        "release": "0.2.0",
        "database": "SQLite 3",
        "database_bytes": 0,
        "epoch": 1,
        "lag_seconds": 0.0,
        "disk": Disk(10**12, 10**12),
        "backup": None,
        "keys": (),
        "log": LogState(lines=0, digest="", problem="", wrong=None, whole=True),
        "aside": Waiting(0, None),
        "erasures": Waiting(0, None),
        "messages": Waiting(0, None),
        "devices": (),
        "releases": {},
    }
    return Condition(**{**usual, **different})  # type: ignore[arg-type]


def test_the_doctor_says_what_is_wrong_and_what_to_do() -> None:
    wrong = Machine(
        synchronized=False, offset=timedelta(hours=-5), certificate=None, exposed=("/a", "/b"), foreign=()
    )
    assert diagnosis(condition(machine=wrong), HANOI) == [
        line
        for sentence, point in (
            ("Chưa sao lưu lần nào", Point.NO_BACKUP),
            ("Người dùng khác của máy đọc được: /a, /b", Point.EXPOSED),
            ("Đồng hồ của máy chủ chưa theo giờ mạng", Point.CLOCK),
            ("Máy chủ không đặt giờ Việt Nam (UTC-5)", Point.ZONE),
        )
        for line in (f"! {sentence}", f"  → {REMEDIES[point]}")
    ]


def test_every_point_has_its_sentence_and_its_remedy() -> None:
    assert set(SENTENCES) == set(REMEDIES) == set(Point)
