"""The tablet's camera as a scanner: grey frames in, the text of the first code out.

Cards carry QR codes; receipts carry QR or Code 128. Nothing else is looked for.

The camera is off until somebody asks for a look, and off again after the first code or a set time. Frames
come from a program of its own (ffmpeg by default) through a pipe, so that a stuck camera driver cannot hang
the terminal; they live in one buffer that each new frame overwrites, and are wiped at the end of a look.
"""

import io
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from kiosk.devices.scanner import Heard, Scan, ScannerState
from sync.contract.codes import Refusal


class Picture(Struct, frozen=True):
    """How the camera's program sends frames: grey, one byte a pixel, row by row, without a gap."""

    command: Sequence[str]
    width: int = 640
    height: int = 480


def webcam(device: str = "/dev/video0", width: int = 640, height: int = 480) -> Picture:
    """Frames of a Video4Linux camera by way of ffmpeg, ten a second."""
    size = f"{width}x{height}"
    source = ["-f", "v4l2", "-video_size", size, "-i", device]
    sink = ["-vf", f"fps=10,scale={width}:{height}", "-pix_fmt", "gray", "-f", "rawvideo", "-"]
    return Picture(["ffmpeg", "-loglevel", "quiet", "-nostdin", *source, *sink], width, height)


def read_frame(frame: memoryview) -> Scan | None:
    """The code in a grey frame of shape (height, width); None where there is none.

    Two codes in one frame are refused: it isn't known which one was meant.
    """
    import zxingcpp

    formats: Any = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
    found = zxingcpp.read_barcodes(frame, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    if not found:
        return None
    if len({bytes(code.bytes) for code in found}) > 1:
        return Refusal.TWO_AT_ONCE
    if found[0].content_type not in (zxingcpp.ContentType.Text, zxingcpp.ContentType.Mixed):
        return Refusal.BINARY
    return str(found[0].text)


class Camera:
    """The camera as a `Scanner`; each `look` runs on a thread of its own.

    preview: shown each frame as a memoryview (height, width), valid during the call only.
    """

    def __init__(
        self,
        picture: Picture,
        look_s: float = 20,
        preview: Callable[[memoryview], None] | None = None,
    ) -> None:
        self._picture = picture
        self._look_s = look_s
        self._preview = preview
        self._heard: Heard | None = None
        self._looking: threading.Thread | None = None
        self._program: subprocess.Popen[bytes] | None = None
        self._missing = False

    @property
    def state(self) -> ScannerState:
        """Missing where the last look got no frame."""
        if self._heard is None:
            return "off"
        return "missing" if self._missing else "ready"

    def start(self, heard: Heard) -> None:
        """Be ready for `look`; the camera stays off."""
        self._heard = heard

    def stop(self) -> None:
        """End the look at hand, if any, and hear nothing more."""
        self._heard = None
        if self._program:
            self._program.terminate()
        if self._looking:
            self._looking.join()
            self._looking = None

    def look(self) -> None:
        """Switch the camera on until it has seen a code or time is up; does nothing while it looks."""
        if self._heard is None or (self._looking and self._looking.is_alive()):
            return
        self._looking = threading.Thread(target=self._look, args=(self._heard,), name="camera", daemon=True)
        self._looking.start()

    def _look(self, heard: Heard) -> None:
        try:
            self._program = subprocess.Popen(
                self._picture.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError:
            self._missing = True
            return
        if self._heard is not heard:
            # Stopped while the program was starting: `stop` could not see it yet.
            self._program.terminate()
        give_up = threading.Timer(self._look_s, self._program.terminate)
        give_up.start()
        try:
            with self._program:
                assert isinstance(self._program.stdout, io.BufferedReader)
                scan = self._watch(self._program.stdout)
                self._program.terminate()
        finally:
            give_up.cancel()
        if scan is not None and self._heard is heard:
            heard(scan)

    def _watch(self, stream: io.BufferedReader) -> Scan | None:
        """The first scan in the frames of `stream`; None where they end first."""
        width, height = self._picture.width, self._picture.height
        buffer = bytearray(width * height)
        frame = memoryview(buffer).cast("B", (height, width))
        seen = False
        try:
            while _fill(stream, buffer):
                seen = True
                if self._preview:
                    self._preview(frame)
                scan = read_frame(frame)
                if scan is not None:
                    return scan
            return None
        finally:
            self._missing = not seen
            buffer[:] = bytes(len(buffer))


def _fill(stream: io.BufferedReader, buffer: bytearray) -> bool:
    """Read exactly one frame into `buffer`; False where the stream ends."""
    rest = memoryview(buffer)
    while rest:
        count = stream.readinto(rest)
        if not count:
            return False
        rest = rest[count:]
    return True
