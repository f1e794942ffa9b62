"""The terminal inherits nothing from a developer's desktop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STRAY = """
[kivy]
exit_on_escape = 1
log_level = debug
config_version = 27
[graphics]
multisamples = 8
show_cursor = 1
[input]
mouse = mouse
touch = probesysfs
[modules]
inspector =
"""

LOOK = """
import json, sys
from pathlib import Path
from kiosk.__main__ import prepare_kivy
prepare_kivy(Path(sys.argv[1]), (800, 480))
from kivy.config import Config
sections = ("kivy", "graphics", "input", "modules")
print(json.dumps({name: dict(Config.items(name)) for name in sections}))
"""


def configuration(tmp_path: Path, **more: str) -> dict[str, dict[str, str]]:
    for folder in (tmp_path / ".kivy", tmp_path / "ours"):
        folder.mkdir()
        (folder / "config.ini").write_text(STRAY)
    environment = {**os.environ, "HOME": str(tmp_path), **more}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path / "ours")],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    read: dict[str, dict[str, str]] = json.loads(done.stdout)
    return read


@pytest.mark.programs
def test_one_touch_comes_from_one_source(tmp_path: Path) -> None:
    assert configuration(tmp_path)["input"] == {"mouse": "pointer,disable_multitouch,disable_hover"}


@pytest.mark.programs
def test_no_stray_configuration_brings_back_what_is_switched_off(tmp_path: Path) -> None:
    read = configuration(tmp_path, KCFG_GRAPHICS_SHOW_CURSOR="1", KCFG_MODULES_INSPECTOR="1")
    assert read["modules"] == {}
    assert read["kivy"]["exit_on_escape"] == "0"
    assert read["graphics"]["show_cursor"] == "0"
    assert read["graphics"]["multisamples"] == "0"
    assert (read["graphics"]["width"], read["graphics"]["height"]) == ("800", "480")


@pytest.mark.programs
def test_it_refuses_to_come_after_kivy(tmp_path: Path) -> None:
    late = "import kivy\n" + LOOK
    done = subprocess.run(
        [sys.executable, "-c", late, str(tmp_path)],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "must run before Kivy" in done.stderr


UNUSED = """
import json, sys
from pathlib import Path
from kiosk.__main__ import prepare_kivy
prepare_kivy(Path(sys.argv[1]), (800, 480))
from kivy.clock import Clock
from kivy.lang import Builder
from kivy import kivy_data_dir
own_data = kivy_data_dir != sys.argv[1]
print(json.dumps([len(Builder.rules), "asyncio" in sys.modules, Clock._max_fps, own_data]))
import asyncio
assert asyncio.run(asyncio.sleep(0, "whole")) == "whole"
"""


@pytest.mark.programs
def test_what_kivy_never_uses_here_is_not_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNUSED, str(tmp_path)],
        env={**os.environ, "HOME": str(tmp_path), "KIVY_CLOCK": "interrupt", "KIVY_EVENTLOOP": "trio"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [0, False, 0.0, True]
