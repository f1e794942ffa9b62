"""The display at the counter opens for who can read its key, and for nobody else on the machine."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import display
from Xlib.error import DisplayConnectionError

TABLET = Path(__file__).parents[2] / "deploy" / "tablet"
UNIT = (TABLET / "hailong-display.service").read_text("utf-8")
KEY = "/run/hailong-display/authority"


def make_key(folder: Path, name: str) -> Path:
    """Run the unit's own command for the display `name`, with the key in `folder`."""
    (command,) = re.findall(r"^ExecStartPre=/bin/sh -c '(.*)'$", UNIT, re.MULTILINE)
    key = folder / "authority"
    here = command.replace("$$", "$").replace(KEY, str(key)).replace(":0", name)
    subprocess.run(["/bin/sh", "-c", here], check=True, cwd=folder)
    return key


@contextmanager
def screen(key: Path) -> Iterator[str]:
    """A virtual screen that asks for `key`; gives its name."""
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-auth", str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


@pytest.mark.programs
def test_the_display_opens_with_its_key_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(tmp_path, ":0")
    with screen(key) as name:
        monkeypatch.setenv("XAUTHORITY", str(tmp_path / "none"))
        with pytest.raises(DisplayConnectionError):
            display.Display(name)
        # A key is filed under the number of its display, which the virtual screen chose by itself.
        (secret,) = re.findall(
            r"MIT-MAGIC-COOKIE-1 +(\w+)",
            subprocess.run(["xauth", "-f", key, "list"], check=True, capture_output=True, text=True).stdout,
        )
        subprocess.run(["xauth", "-q", "-f", key, "add", name, ".", secret], check=True)
        monkeypatch.setenv("XAUTHORITY", str(key))
        display.Display(name).close()


@pytest.mark.programs
def test_a_restart_makes_another_key_that_the_group_reads(tmp_path: Path) -> None:
    first = make_key(tmp_path, ":0").read_bytes()
    key = make_key(tmp_path, ":0")
    assert key.read_bytes() != first
    assert key.stat().st_mode & 0o777 == 0o640


def test_the_units_name_one_key_and_no_open_display() -> None:
    kiosk = (TABLET / "hailong-kiosk.service").read_text("utf-8")
    assert f"XAUTHORITY={KEY}" in kiosk
    assert f" -auth {KEY} " in UNIT
    assert not re.search(r" -ac\b", UNIT)
