"""The size of a picture is known before it is decoded, and what is no picture is left out."""

import struct
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kiosk.picture import check_picture, size_of
from sync.contract.problem import ProblemError


def encoded(kind: str, size: tuple[int, int] = (37, 21)) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, "#0B5D63").save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_head_of_a_file_says_its_size(kind: str) -> None:
    data = encoded(kind)
    assert size_of(data) == (37, 21)
    assert all(size_of(data[:length]) in (None, (37, 21)) for length in range(len(data)))


def test_a_preview_before_the_picture_is_not_taken_for_it() -> None:
    preview = b"Exif\x00\x00" + encoded("JPEG", (8, 8))
    data = encoded("JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview
    assert size_of(data[:2] + segment + data[2:]) == (37, 21)


HUGE = encoded("PNG")[:16] + struct.pack(">II", 30_000, 30_000) + encoded("PNG")[24:]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (None, "không có tệp hay thư mục này"),
        (b"", "không phải ảnh PNG hoặc JPEG"),
        (b"\xff\xd8\xff\xff\xff", "không phải ảnh PNG hoặc JPEG"),
        (b"GIF89a" + bytes(64), "không phải ảnh PNG hoặc JPEG"),
        (HUGE, "30000 × 30000 điểm ảnh, tối đa 4096 mỗi cạnh"),
    ],
    ids=["none", "empty", "short", "another kind", "huge"],
)
def test_what_is_no_picture_is_named_with_its_reason(tmp_path: Path, data: bytes | None, detail: str) -> None:
    path = tmp_path / "anh.png"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ProblemError) as refused:
        check_picture(str(path))
    why = refused.value.problem
    assert (why.number, why.where, why.detail) == ("HL2016", str(path), detail)
