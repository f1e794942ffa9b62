"""Content encodings of streamed answers: zstd or gzip, whichever the caller accepts."""

import zlib
from collections.abc import Iterator

import zstandard


def choose(accepted: str) -> str:
    """The encoding for an Accept-Encoding header (RFC 9110, 12.5.3): "zstd", "gzip" or ""."""
    wanted: set[str] = set()
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            wanted.add(name.strip())
    return next((name for name in ("zstd", "gzip") if name in wanted), "")


def pack(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The pieces, compressed; each is flushed, so that a reader need not wait for the next one.

    An empty piece stays empty: it means that there is more to do.
    """
    if encoding == "zstd":
        packer = zstandard.ZstdCompressor(level=1).compressobj()
        for piece in pieces:
            yield piece and packer.compress(piece) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        yield packer.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)
    elif encoding == "gzip":
        deflate = zlib.compressobj(1, wbits=31)
        for piece in pieces:
            yield piece and deflate.compress(piece) + deflate.flush(zlib.Z_SYNC_FLUSH)
        yield deflate.flush()
    else:
        yield from pieces
