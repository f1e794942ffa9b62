"""Signing in with the tablet's camera, on a live terminal; the camera is a program that sends its frames."""

import io
import os
import sys
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

SIZE = {"width": 1280, "height": 800}


def camera_that_sees(code: str, folder: Path) -> None:
    """An `ffmpeg` in `folder` that sends grey frames: twice nothing, then the printed `code`, for ever."""
    printed = io.BytesIO()
    qrcode.make(code).save(printed)
    empty = Image.new("L", (640, 480), 120)
    held = empty.copy()
    held.paste(Image.open(printed).convert("L").resize((400, 400)), (120, 40))
    (folder / "empty").write_bytes(empty.tobytes())
    (folder / "held").write_bytes(held.tobytes())
    source = f"""#!{sys.executable}
import pathlib, sys
here = pathlib.Path(__file__).parent
(here / "asked").write_text(" ".join(sys.argv))
send = sys.stdout.buffer.write
send((here / "empty").read_bytes() * 2)
while True:
    send((here / "held").read_bytes())
"""
    program = folder / "ffmpeg"
    program.write_text(source)
    program.chmod(0o755)


@pytest.mark.screen
def test_an_officer_signs_in_before_the_camera(tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with (
        Display((1280, 800)) as display,
        Office(tmp_path / "office", {"camera": "/dev/video7", "screen": SIZE}) as office,
    ):
        camera_that_sees(office.card("badge", "cb-01"), tmp_path)
        environment = display.environment()
        environment["PATH"] = f"{tmp_path}:{environment.get('PATH', os.defpath)}"
        office.start_kiosk(environment, "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.settle()
        assert not (tmp_path / "asked").exists()
        finger.press("Cán bộ")
        finger.until("StaffLockView")
        finger.press("Quét bằng máy ảnh")
        finger.until("StaffHomeView")
        assert "/dev/video7" in (tmp_path / "asked").read_text()
