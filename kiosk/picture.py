"""The office's pictures. One that can't be shown is left out, and staff see why: no picture ends a terminal.

Its size is read from the head of the file first, because decoding a huge picture alone could take all memory.
"""

import struct
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import PICTURE_UNUSABLE
from sync.contract.reasons import system_reason

MOST = 4096
"""Pixels a side: what the graphics of small tablets can hold."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_HEAD = 512 * 1024
"""Bytes in which a JPEG file says its size: pictures of a preview may come before it."""


def check_picture(path: str) -> None:
    """Raise ProblemError HL2016 where the picture in the file `path` can't be shown, with the reason."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ProblemError(PICTURE_UNUSABLE(where=path, detail=system_reason(error))) from error
    size = size_of(head)
    if size is None:
        raise ProblemError(PICTURE_UNUSABLE(where=path, detail="không phải ảnh PNG hoặc JPEG"))
    if max(size) > MOST:
        detail = f"{size[0]} × {size[1]} điểm ảnh, tối đa {MOST} mỗi cạnh"
        raise ProblemError(PICTURE_UNUSABLE(where=path, detail=detail))
    _decode(path)


def size_of(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, from the first bytes of a PNG or JPEG file; None where they say neither."""
    try:
        if head.startswith(_PNG):
            width, height = struct.unpack_from(">II", head, 16)
            return (width, height) if width and height else None
        return _jpeg_size(head) if head.startswith(_JPEG) else None
    except (struct.error, IndexError):
        return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """From the frame header (SOF), which comes after other segments."""
    at = 2
    while head[at] == 0xFF:
        kind = head[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return (width, height) if width and height else None
        at += 2 + int(struct.unpack_from(">H", head, at + 2)[0])
    return None


def _decode(path: str) -> None:
    """Make a picture of it; Kivy keeps what it reads for a while, for the screen."""
    from kivy.core.image import Image

    try:
        Image(path, mipmap=True)
    except Exception as error:  # Kivy raises nothing more precise
        raise ProblemError(PICTURE_UNUSABLE(where=path, detail="ảnh bị hỏng")) from error
