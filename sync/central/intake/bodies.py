"""The bytes of a request; every limit is checked before anything is parsed.

more bytes than the limit, as sent or unpacked      HL4007, and unpacking stops there (against zip bombs)
another Content-Encoding                            HL4016
bytes that are not what the encoding says           HL4003
bytes after the end of the encoding                 HL4054, because two readers could see two bodies in it
a member of an object twice                         HL4054, for the same reason
"""

import hashlib
import io
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import msgspec
import zstandard

from sync.contract.batch import BATCH_BYTES
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BATCH_TOO_LARGE, BODY_AMBIGUOUS, BODY_TYPE_UNSUPPORTED, BODY_UNREADABLE

# A batch of BATCH_BYTES and the JSON around its responses.
BODY_LIMIT = BATCH_BYTES + 64 * 1024
# For an enrolment or a heartbeat: numbers and a key.
SMALL_LIMIT = 16 * 1024
ENCODINGS = ("zstd", "gzip", "identity", "")
_WINDOW = 8 * 1024 * 1024  # the window that RFC 8878 recommends every decoder to support

T = TypeVar("T")


async def read_limited(
    chunks: AsyncIterator[bytes], declared: str | None, limit: int, arrived: Callable[[int], None]
) -> bytes:
    """The body as sent, of at most `limit` bytes; `declared` is its Content-Length. Raises HL4007.

    arrived: called with the size of each piece before it is kept.
    """
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        arrived(len(chunk))
        parts.append(chunk)
    return b"".join(parts)


def unpack(data: bytes, encoding: str) -> bytes:
    """`data` without its Content-Encoding. Raises ProblemError HL4007, HL4016, HL4003 or HL4054."""
    if encoding not in ENCODINGS:
        raise ProblemError(BODY_TYPE_UNSUPPORTED(where="Content-Encoding"))
    try:
        plain = _unpack(data, encoding)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise ProblemError(BODY_UNREADABLE(where="body", detail=f"không phải dạng {encoding}")) from error
    if len(plain) > BODY_LIMIT:
        raise _too_large(BODY_LIMIT)
    return plain


def _unpack(data: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        # A new decompressor each time: they can't be shared between threads.
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(io.BytesIO(data)) as reader:
            plain = reader.read(BODY_LIMIT + 1)
        if len(plain) <= BODY_LIMIT:
            _check_end(data, _frame_end(data))
        return plain
    if encoding == "gzip":
        inflate = zlib.decompressobj(wbits=31)
        plain = inflate.decompress(data, BODY_LIMIT + 1)
        if not inflate.eof and len(plain) <= BODY_LIMIT:
            raise EOFError
        if len(plain) <= BODY_LIMIT:
            _check_end(data, len(data) - len(inflate.unused_data))
        return plain
    return data


def _frame_end(data: bytes) -> int:
    """Where a zstd frame ends, or would (RFC 8878, section 3.1.1): the reader above does not report it."""
    at = zstandard.frame_header_size(data)
    last = False
    while not last:
        if at >= len(data):
            raise EOFError
        header = int.from_bytes(data[at : at + 3], "little")
        last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        at += 3 + (1 if kind == _REPEATED else size)
    return at + (4 if zstandard.get_frame_parameters(data).has_checksum else 0)


_REPEATED = 1  # a block of one byte, however long it becomes


def _check_end(data: bytes, end: int) -> None:
    if end > len(data):
        raise EOFError
    if end < len(data):
        raise ProblemError(BODY_AMBIGUOUS(where="body", detail=f"{len(data) - end} byte thừa ở cuối"))


def decode(data: bytes, type: type[T]) -> T:
    """The JSON in `data` as `type`. Raises ProblemError HL4003, or HL4054 for a member given twice."""
    try:
        decoded = msgspec.json.decode(data, type=type)
        # If encoding it again gives the same bytes, no member is twice. Else a reader checks every member.
        if msgspec.json.encode(decoded) != data:
            json.loads(data, object_pairs_hook=_each_once)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise ProblemError(BODY_UNREADABLE(where="body")) from error
    return decoded


def _each_once(members: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in members}) < len(members):
        raise ProblemError(BODY_AMBIGUOUS(where="body", detail="một mục có hai lần"))


def sha256(data: bytes) -> str:
    """The digest by which a reply names its request, hex."""
    return hashlib.sha256(data).hexdigest()


def _too_large(limit: int) -> ProblemError:
    return ProblemError(BATCH_TOO_LARGE(where="body", detail=f"quá {limit} byte"))
