r"""The file format of a journal, as pure functions over bytes.

A journal is a text file. Every line is one commit, a JSON array that any tool can read:

    ["<crc>",<number>,<length>,<body>]\n

    crc     CRC-32 of everything behind it (`<number>,<length>,<body>`), eight lower-case hexadecimal digits
    number  0, 1, 2 … without a gap; 0 is the header
    length  bytes in the body
    body    line 0: {"format":"hailong-journal","version":1, …what the file's owner adds}
            others: {"<table>":{"put":{"<id>":<document>, …},"drop":["<id>", …]}, …}; drops come first;
            a table that is null is dropped whole, one that is {} is made

The length lets a record survive damage to its line ending; the line ending lets reading continue after a
damaged record; the number reveals a missing line. So one wrong byte loses one record at most, and is always
noticed. Line 0 keeps its format in every later version.
"""

import re
from collections.abc import Iterator
from zlib import crc32

import msgspec

FORMAT = "hailong-journal"
VERSION = 1

_START = re.compile(rb'\["([0-9a-f]{8})",(0|[1-9][0-9]{0,9}),([1-9][0-9]{0,9}),')


class Record(msgspec.Struct, frozen=True, gc=False):
    """One whole commit: bytes `start` to `end` of the file; `body` is JSON."""

    number: int
    start: int
    end: int
    body: bytes


class Damage(msgspec.Struct, frozen=True, gc=False):
    """Bytes `start` to `end` of the file are no commit. `torn`: it may be a write that was cut off."""

    start: int
    end: int
    torn: bool


class Change(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one commit does to one table: first `drop`, then `put`. Documents stay encoded as JSON."""

    put: dict[str, msgspec.Raw] = {}
    drop: list[str] = []


Commit = dict[str, Change | None]
"""Changes by table; None drops the table."""

Tables = dict[str, dict[str, bytes]]
"""All tables of a journal: name -> document id -> JSON."""

_commit_decoder = msgspec.json.Decoder(Commit)
_encoder = msgspec.json.Encoder()


def encode_line(number: int, body: bytes) -> bytes:
    """One commit as a line of the file."""
    checked = b"%d,%d,%b" % (number, len(body), body)
    return b'["%08x",%b]\n' % (crc32(checked), checked)


def encode_commit(commit: Commit) -> bytes:
    """The body of a commit."""
    return _encoder.encode(commit)


def decode_commit(body: bytes) -> Commit:
    """The commit in a body. Raises msgspec.DecodeError for a body of another shape."""
    return _commit_decoder.decode(body)


def apply(commit: Commit, tables: Tables) -> None:
    """Apply to the tables in memory the change that a commit made on disk."""
    for name, change in commit.items():
        if change is None:
            tables.pop(name, None)
            continue
        table = tables.setdefault(name, {})
        for doc_id in change.drop:
            table.pop(doc_id, None)
        for doc_id, document in change.put.items():
            table[doc_id] = bytes(document)


def merge(first: Commit, second: Commit) -> Commit:
    """Merge two commits into one; if both change the same document, the second counts."""
    merged = dict(first)
    for name, later in second.items():
        earlier = first.get(name)
        if earlier is None or later is None:
            merged[name] = later
            continue
        put = {doc_id: doc for doc_id, doc in earlier.put.items() if doc_id not in later.drop}
        drop = dict.fromkeys([*earlier.drop, *later.drop])
        merged[name] = Change(put={**put, **later.put}, drop=list(drop))
    return merged


def scan(data: bytes, start: int = 0) -> Iterator[Record | Damage]:
    """Everything in the bytes of a journal, in order: whole commits and damage.

    Args:
        data: the bytes of the file, from its beginning.
        start: where to begin: the end of a record.

    """
    size = len(data)
    at = start
    while at < size:
        record = _record(data, at)
        if record is not None:
            yield record
            at = record.end
            if data[at - 2 : at] != b"]\n":
                yield Damage(at - 2, at, torn=False)
            continue
        found = _next_record(data, at)
        end = found if found is not None else size
        # Only the last line can be a write that was cut off; parts of it may be there, even its ending.
        torn = found is None and b"\n" not in data[at : end - 1]
        yield Damage(at, end, torn)
        at = end


def _record(data: bytes, at: int) -> Record | None:
    match = _START.match(data, at)
    if match is None:
        return None
    body = match.end()
    end = body + int(match[3])
    if end + 2 > len(data):
        return None
    if crc32(memoryview(data)[match.start(2) : end]) != int(match[1], 16):
        return None
    return Record(int(match[2]), at, end + 2, data[body:end])


def _next_record(data: bytes, at: int) -> int | None:
    """Where the next whole record begins: always after a line ending, because JSON contains none."""
    while (newline := data.find(b"\n", at)) >= 0:
        at = newline + 1
        if _record(data, at) is not None:
            return at
    return None
