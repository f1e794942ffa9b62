"""A clip in sign language that can't be shown is refused with its reason."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from kiosk.devices.frames import Frames, decoded
from kiosk.voices.clips import clip_fault


def frame(size: tuple[int, int] = (31, 20), kind: str = "JPEG") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", size, (10, 200, 30)).save(picture, kind)
    return picture.getvalue()


def clip(path: Path, *frames: bytes, ending: str = ".jpg") -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for place, data in enumerate(frames):
            file.writestr(f"{place:03d}{ending}", data)
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_decoded_whatever_its_width(kind: str) -> None:
    found = decoded(frame(kind=kind))
    assert found is not None
    assert (found.width, found.height, len(found.pixels)) == (31, 20, 3 * 31 * 20)
    assert found.pixels[:3] == pytest.approx(bytes((10, 200, 30)), abs=3) or kind == "PNG"
    assert decoded(b"nothing") is None


def test_a_clip_of_two_seconds_is_taken(tmp_path: Path) -> None:
    assert clip_fault(clip(tmp_path / "x.zip", *[frame()] * 24)) == ""


@pytest.mark.parametrize(
    ("frames", "wrong"),
    [
        ([frame()] * 3, "có 3 ảnh"),
        ([frame()] * 12 + [b"nothing"], "không đọc được ảnh 012.jpg"),
        ([frame()] * 12 + [frame((30, 20))], "cùng cỡ"),
        ([frame((900, 20))] * 12, "800"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, frames: list[bytes], wrong: str) -> None:
    assert wrong in clip_fault(clip(tmp_path / "x.zip", *frames))


def test_a_file_that_is_no_archive_has_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"nothing")
    assert (len(Frames(path)), Frames(path).frame(0)) == (0, None)
    assert "có 0 ảnh" in clip_fault(path)
