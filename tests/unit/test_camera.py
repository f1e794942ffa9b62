import io
import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import qrcode
import zxingcpp
from PIL import Image

from kiosk.devices.camera import Camera, Picture, read_frame
from kiosk.devices.scanner import Scan
from sync.contract.codes import Refusal
from tests.support.codes import DOSSIER, code, signed

WIDTH, HEIGHT = 640, 480


def frame(*texts: str, turn: float = 0, light: int = 230, size: int = 260) -> bytes:
    """A grey picture of printed codes held before a camera."""
    picture = Image.new("L", (WIDTH, HEIGHT), 90)
    for number, text in enumerate(texts):
        printed = io.BytesIO()
        qrcode.make(text).save(printed)
        sheet = (
            Image.open(printed).convert("L").resize((size, size)).point([min(i, light) for i in range(256)])
        )
        sheet = sheet.rotate(turn, expand=True, fillcolor=90)
        picture.paste(sheet, (20 + number * 310, 40))
    return picture.tobytes()


def grey(data: bytes) -> memoryview:
    return memoryview(data).cast("B", (HEIGHT, WIDTH))


@pytest.mark.parametrize("turn", [0, 17, 90, 200])
def test_a_printed_code_is_read_from_a_frame(turn: float) -> None:
    assert read_frame(grey(frame(signed(code()), turn=turn, size=300))) == signed(code())


def bars(text: str, turn: float = 0, kind: Any = zxingcpp.BarcodeFormat.Code128) -> bytes:
    """A grey picture of a printed bar code held before a camera."""
    drawn: Any = zxingcpp.create_barcode(text, kind).to_image(scale=2)
    height, width = drawn.shape
    printed = Image.frombytes("L", (width, height), bytes(drawn))
    picture = Image.new("L", (WIDTH, HEIGHT), 90)
    sheet = Image.new("L", (printed.width + 40, 140), 230)
    sheet.paste(printed.resize((printed.width, 100)), (20, 20))
    picture.paste(sheet.rotate(turn, expand=True, fillcolor=90), (10, 40))
    return picture.tobytes()


@pytest.mark.parametrize("turn", [0, 3, 180])
def test_a_bar_code_on_a_receipt_is_read_as_well(turn: float) -> None:
    assert read_frame(grey(bars(DOSSIER, turn))) == DOSSIER


def test_bars_of_goods_are_no_code() -> None:
    assert read_frame(grey(bars("4006381333931", kind=zxingcpp.BarcodeFormat.EAN13))) is None


def test_bars_and_a_qr_code_of_one_receipt_are_refused_where_they_differ() -> None:
    both = Image.frombytes("L", (WIDTH, HEIGHT), bars(DOSSIER))
    qr = Image.frombytes("L", (WIDTH, HEIGHT), frame("H26-260227-0009", size=220))
    both.paste(qr.crop((0, 0, 300, 280)), (0, 200))
    assert read_frame(grey(both.tobytes())) is Refusal.TWO_AT_ONCE


def test_an_empty_frame_holds_no_scan() -> None:
    assert read_frame(grey(frame())) is None


def test_two_codes_in_one_frame_are_refused() -> None:
    assert read_frame(grey(frame(DOSSIER, "H26-260227-0009"))) is Refusal.TWO_AT_ONCE


def program(tmp_path: Path, *frames: bytes, forever: bool = False) -> Picture:
    """A camera program that sends these frames."""
    recorded = tmp_path / "frames"
    recorded.write_bytes(b"".join(frames))
    loop = "while True:" if forever else "for _ in range(1):"
    source = f"import sys\n{loop}\n    sys.stdout.buffer.write(open({str(recorded)!r}, 'rb').read())"
    return Picture([sys.executable, "-c", source], WIDTH, HEIGHT)


def looking() -> bool:
    """Whether a look is under way."""
    return any(thread.name == "camera" for thread in threading.enumerate())


@pytest.mark.programs
def test_a_look_ends_with_the_first_code_and_switches_the_camera_off(tmp_path: Path) -> None:
    heard: queue.Queue[Scan] = queue.Queue()
    seen: list[int] = []
    camera = Camera(
        program(tmp_path, frame(), frame(light=120), frame(DOSSIER), forever=True),
        preview=lambda view: seen.append(view.nbytes),
    )
    camera.start(heard.put)
    assert not looking()
    camera.look()
    assert heard.get(timeout=30) == DOSSIER
    camera.stop()
    assert seen == [WIDTH * HEIGHT] * 3
    assert not looking()
    assert heard.empty()


@pytest.mark.programs
def test_a_look_without_a_code_ends_by_itself(tmp_path: Path) -> None:
    camera = Camera(program(tmp_path, frame(), forever=True), look_s=0.3)
    heard: list[Scan] = []
    camera.start(heard.append)
    camera.look()
    assert camera._looking is not None
    camera._looking.join(30)
    assert not looking()
    assert heard == []
    assert camera.state == "ready"


@pytest.mark.programs
@pytest.mark.parametrize("command", [["/no/such/program"], [sys.executable, "-c", ""]])
def test_a_camera_that_sends_nothing_is_missing(command: list[str]) -> None:
    camera = Camera(Picture(command, WIDTH, HEIGHT))
    camera.start(lambda scan: None)
    camera.look()
    assert camera._looking is not None
    camera._looking.join(30)
    assert camera.state == "missing"
    camera.stop()
    assert str(camera.state) == "off"


@pytest.mark.programs
def test_a_stopped_camera_says_nothing(tmp_path: Path) -> None:
    heard: list[Scan] = []
    camera = Camera(program(tmp_path, frame(), forever=True))
    camera.start(heard.append)
    camera.look()
    camera.stop()
    assert heard == []


class Held(list[str]):
    """A command that can't be read before `free` is set."""

    def __init__(self, command: Sequence[str], free: threading.Event) -> None:
        super().__init__(command)
        self._free = free

    def __iter__(self) -> Iterator[str]:
        self._free.wait(30)
        return super().__iter__()


@pytest.mark.programs
def test_a_camera_stopped_while_its_program_starts_does_not_keep_the_terminal_waiting(tmp_path: Path) -> None:
    free = threading.Event()
    film = program(tmp_path, frame(), forever=True)
    camera = Camera(Picture(Held(film.command, free), film.width, film.height), look_s=600)
    camera.start(lambda scan: None)
    camera.look()
    stopping = threading.Thread(target=camera.stop, daemon=True)
    stopping.start()
    while camera.state != "off":
        stopping.join(0.01)
    free.set()
    stopping.join(30)
    still_waits = stopping.is_alive()
    if camera._program:
        camera._program.kill()
    assert not still_waits
