"""The bytes of a request, with every limit kept before anything is parsed.

more bytes than the limit, as sent or unpacked      HL4007, and unpacking stops there (a bomb never opens)
another Content-Encoding                            HL4016
bytes that are not what the encoding says           HL4003
"""

import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Callable

import zstandard

from sync.contract.batch import BATCH_BYTES
from sync.contract.problem import ProblemError, problem

# A batch of BATCH_BYTES and what stands around its responses.
BODY_LIMIT = BATCH_BYTES + 64 * 1024
# Of an enrolment or a heartbeat: numbers and a key.
SMALL_LIMIT = 16 * 1024
ENCODINGS = ("zstd", "gzip", "identity", "")
_WINDOW = 8 * 1024 * 1024  # what RFC 8878 asks every decoder to take


async def read_limited(
    chunks: AsyncIterator[bytes], declared: str | None, limit: int, arrived: Callable[[int], None]
) -> bytes:
    """The body as sent, of at most `limit` bytes; `declared` is its Content-Length. Raises HL4007.

    arrived: told the size of each piece before it is kept.
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
    """`data` without its Content-Encoding. Raises ProblemError HL4007, HL4016 or HL4003."""
    if encoding not in ENCODINGS:
        raise ProblemError(problem("HL4016", where="Content-Encoding"))
    try:
        plain = _unpack(data, encoding)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise ProblemError(problem("HL4003", where="body", detail=f"không phải dạng {encoding}")) from error
    if len(plain) > BODY_LIMIT:
        raise _too_large(BODY_LIMIT)
    return plain


def _unpack(data: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        # A decompressor of its own each time: they are not safe to share between threads.
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(io.BytesIO(data)) as reader:
            return reader.read(BODY_LIMIT + 1)
    if encoding == "gzip":
        inflate = zlib.decompressobj(wbits=31)
        plain = inflate.decompress(data, BODY_LIMIT + 1)
        if not inflate.eof and len(plain) <= BODY_LIMIT:
            raise EOFError
        return plain
    return data


def sha256(data: bytes) -> str:
    """The digest by which a reply names its request, hex."""
    return hashlib.sha256(data).hexdigest()


def _too_large(limit: int) -> ProblemError:
    return ProblemError(problem("HL4007", where="body", detail=f"quá {limit} byte"))
