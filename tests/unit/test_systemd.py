"""sd_notify, spoken to a real datagram socket."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.host.systemd import Systemd


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def test_readiness_and_life_reach_the_service_manager(manager: socket.socket) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": manager.getsockname()})
    systemd.ready()
    systemd.alive()
    systemd.status("120 responses wait")
    systemd.stopping()
    heard = [manager.recv(100).decode() for _ in range(4)]
    assert heard == ["READY=1", "WATCHDOG=1", "STATUS=120 responses wait", "STOPPING=1"]


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0hailong-test-notify")
        listening.settimeout(5)
        Systemd({"NOTIFY_SOCKET": "@hailong-test-notify"}).ready()
        assert listening.recv(100) == b"READY=1"


def test_the_watchdog_is_fed_twice_in_its_time() -> None:
    assert Systemd({"WATCHDOG_USEC": "30000000"}).watchdog_seconds == 15
    assert Systemd({}).watchdog_seconds == 0


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_a_service_manager_nothing_happens(environment: dict[str, str]) -> None:
    Systemd(environment).ready()
