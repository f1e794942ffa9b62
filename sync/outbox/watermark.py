"""The watermark: how far readers in other processes may trust the files.

The length of a file says nothing about the disk: bytes that were written but not yet synced can vanish in a
power cut, and their `seq` would then be given out again. So the writer publishes the end of what is durable
after every sync, and never before. Readers only look at this file; no process waits for another.

The file is one line of fixed length: CRC-32, segment, bytes of that segment, `seq`, all hexadecimal. It is
never synced itself: on the disk it can only lag behind the journal, and opening the outbox brings it up to
date.
"""

from pathlib import Path
from zlib import crc32

import msgspec

from sync.outbox.files import READ, Files

NAME = "watermark"
_LENGTH = 60


class Watermark(msgspec.Struct, frozen=True, gc=False):
    """All segments before `segment`, its first `end` bytes, and all responses up to `seq` are durable."""

    segment: int = 0
    end: int = 0
    seq: int = 0

    def encode(self) -> bytes:
        """The line in the file."""
        fields = b"%016x %016x %016x\n" % (self.segment, self.end, self.seq)
        return b"%08x %b" % (crc32(fields), fields)


def decode(line: bytes) -> Watermark | None:
    """The watermark in a line; None if the line is torn or damaged."""
    if len(line) != _LENGTH or line != b"%08x %b" % (crc32(line[9:]), line[9:]):
        return None
    segment, end, seq = (int(field, 16) for field in line[9:].split())
    return Watermark(segment, end, seq)


def read(files: Files, folder: Path) -> Watermark:
    """The published watermark; zero if there is none or it can't be decoded. Raises OSError."""
    try:
        fd = files.open(folder / NAME, READ)
    except FileNotFoundError:
        return Watermark()
    try:
        for _ in range(3):  # the writer may be in the middle of it
            mark = decode(files.read(fd, _LENGTH, 0))
            if mark is not None:
                return mark
    finally:
        files.close(fd)
    return Watermark()
