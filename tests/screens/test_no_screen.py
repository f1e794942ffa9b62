"""A terminal without a visible picture says so and ends: systemd never takes it for a running service."""

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X, display

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import ROOT, Office
from tests.support.processes import running, wait_until
from tests.support.service_manager import Manager

pytestmark = pytest.mark.screen


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    size = {"width": 1280, "height": 800}
    with Office(tmp_path_factory.mktemp("office"), {"screen": size, "volume": 0.0}) as made:
        yield made


@pytest.fixture
def manager(tmp_path: Path) -> Manager:
    return Manager(tmp_path / "notify")


def environment(manager: Manager, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, **manager.environment(), "LIBGL_ALWAYS_SOFTWARE": "1", **more}


def start(office: Office, manager: Manager, **more: str) -> str:
    """What the terminal says on its way to a clear end."""
    command = [sys.executable, "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
    done = subprocess.run(
        command, env=environment(manager, **more), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    (status,) = manager.listen()
    assert status.startswith("STATUS=HL2010")
    assert status.removeprefix("STATUS=") in done.stderr
    return done.stderr


def test_without_a_display(office: Office, manager: Manager) -> None:
    assert "HL2010 [DISPLAY]" in start(office, manager)


def test_with_a_display_that_nobody_serves(office: Office, manager: Manager) -> None:
    assert "không có máy chủ X nào trả lời" in start(office, manager, DISPLAY=":4711")


def test_with_a_display_that_refuses(office: Office, manager: Manager, tmp_path: Path) -> None:
    with guarded_display(tmp_path / "cookie") as name:
        said = start(office, manager, DISPLAY=name, XAUTHORITY=str(tmp_path / "none"))
    assert f"HL2010 [DISPLAY={name}]" in said
    assert "từ chối" in said


def test_with_a_display_that_cannot_draw(office: Office, manager: Manager) -> None:
    with Display() as screen:
        no_drawing = {"SDL_OPENGL_LIBRARY": "/nowhere.so", "SDL_OPENGL_ES_DRIVER": "0"}
        start(office, manager, **{**screen.environment(), **no_drawing})


def test_where_sdl_knows_no_other_driver(office: Office, manager: Manager) -> None:
    assert "KMSDRM" in start(office, manager, SDL_VIDEODRIVER="KMSDRM")


def test_who_asks_for_an_invisible_screen_gets_it(office: Office, manager: Manager, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
    with (
        (tmp_path / "log").open("wb") as log,
        running(command, environment(manager, SDL_VIDEODRIVER="offscreen"), log=log),
    ):
        wait_until(lambda: "WATCHDOG=1" in manager.listen())
    assert "READY=1" in manager.heard


def test_a_screen_that_goes_away_ends_the_terminal(office: Office, manager: Manager, tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display() as screen:
        office.start_kiosk(environment(manager, **screen.environment()), "--describe", str(described))
        Finger(screen, described).until("IdleView")
        wait_until(lambda: "READY=1" in manager.listen())
    wait_until(lambda: not office.is_running("kiosk"))
    assert office.exit_code("kiosk") == 2
    assert "HL2010" in office.log("kiosk")
    assert manager.listen()[-1].startswith("STATUS=HL2010")


def test_a_hidden_window_gets_no_watchdog(office: Office, manager: Manager, tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display() as screen:
        office.start_kiosk(environment(manager, **screen.environment()), "--describe", str(described))
        Finger(screen, described).until("IdleView")
        wait_until(lambda: "WATCHDOG=1" in manager.listen())
        connection = display.Display(screen.name)
        for window in connection.screen().root.query_tree().children:
            if window.get_attributes().map_state == X.IsViewable:
                window.unmap()
        connection.sync()
        wait_until(lambda: "STATUS=hidden_window" in manager.listen())
        office.stop("kiosk")
        connection.close()


def test_a_screen_that_hangs_gets_no_watchdog(office: Office, manager: Manager, tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display() as screen:
        office.start_kiosk(environment(manager, **screen.environment()), "--describe", str(described))
        Finger(screen, described).until("IdleView")
        wait_until(lambda: "WATCHDOG=1" in manager.listen())
        with screen.hung():
            fed = manager.listen().count("WATCHDOG=1")
            with pytest.raises(AssertionError):  # one may be on its way; twice a second is usual
                wait_until(lambda: manager.listen().count("WATCHDOG=1") > fed + 1, seconds=2)
        wait_until(lambda: manager.listen().count("WATCHDOG=1") > fed + 1)
        office.stop("kiosk")


@contextmanager
def guarded_display(cookie: Path) -> Iterator[str]:
    """An X server that lets in nobody without its cookie; its name."""
    parts = [b"", b"", b"MIT-MAGIC-COOKIE-1", os.urandom(16)]
    anywhere = struct.pack(">H", 0xFFFF)
    cookie.write_bytes(anywhere + b"".join(struct.pack(">H", len(part)) + part for part in parts))
    readable, writable = os.pipe()
    command = ["Xvfb", "-displayfd", str(writable), "-auth", str(cookie), "-nolisten", "tcp"]
    server = subprocess.Popen(
        command, pass_fds=[writable], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writable)
    try:
        with os.fdopen(readable) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.kill()
        server.wait()
