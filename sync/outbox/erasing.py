"""Erase responses from a segment that is no longer written, and publish that they are erased.

A segment keeps its length, and each line its number and length, so the offsets that readers remember stay
valid while the file is replaced.

    a response    replaced by a `Forgotten` record; the rest of its line is spaces
    its drafts    removed
    damage        becomes spaces if it contains the response's id; a copy in quarantine/ is deleted

Damage that doesn't show which response it belonged to stays, here and in quarantine/, until a person removes
it.

`erased` is a file of one line in the outbox: CRC-32 and a digest of the ids, both hexadecimal. It states that
the outbox holds nothing of the responses with these ids; the agent reads it and reports it to the centre. It
is written after everything else is durable, so it can be late but never early. A torn file states nothing.
"""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path
from zlib import crc32

import msgspec

from sync.contract.response import Count, Uuid
from sync.contract.text import Id
from sync.contract.tombstones import Forgotten
from sync.outbox import journal
from sync.outbox.files import Files, read_whole
from sync.outbox.journal import Change, Commit, Damage
from sync.outbox.segments import DRAFTS, RESPONSES

NAME = "erased"

_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NOT_AN_END = re.compile(rb"[^\n]")
_END = 2  # bytes of a line's ending


class _Named(msgspec.Struct, kw_only=True):
    id: Uuid
    device: Id
    seq: Count
    outcome: str = ""


_named = msgspec.json.Decoder(_Named)


def draft_id(id: str) -> int:
    """The document id of a draft: TinyDB's are numbers, and so is a UUID."""
    return int(id.replace("-", ""), 16)


def names_one(data: bytes, ids: Collection[str]) -> bool:
    """True if the bytes contain one of these ids."""
    return any(found.decode() in ids for found in _ID.findall(data))


def erase(data: bytes, ids: Collection[str]) -> bytes:
    """The bytes of a journal without the responses that have these ids, and without their drafts.

    The result has the same length, unless a record of another program is too short to be replaced: the
    caller then leaves that journal as it is.

    Raises msgspec.DecodeError for commits of another shape.
    """
    if not names_one(data, ids):
        return data
    drafts = {str(draft_id(id)) for id in ids}
    pieces: list[bytes] = []
    done = 0
    for item in journal.scan(data):
        if item.start < done:
            continue  # a damaged line ending, reported next to the record that it belongs to
        done = item.end
        line = data[item.start : item.end]
        if isinstance(item, Damage):
            if names_one(line, ids):
                line = _NOT_AN_END.sub(b" ", line)
        elif item.number and names_one(line, ids):
            commit = journal.decode_commit(item.body)
            body = journal.encode_commit(_without(commit, ids, drafts))
            if body != journal.encode_commit(commit):
                line = journal.encode_line(item.number, body.ljust(len(item.body)))[:-_END] + line[-_END:]
        pieces.append(line)
    return b"".join(pieces)


def _without(commit: Commit, ids: Collection[str], drafts: Collection[str]) -> Commit:
    kept = dict(commit)
    if change := commit.get(RESPONSES):
        put = {key: _record(document, ids) for key, document in change.put.items()}
        kept[RESPONSES] = Change(put, change.drop)
    if change := commit.get(DRAFTS):
        put = {key: document for key, document in change.put.items() if key not in drafts}
        kept[DRAFTS] = Change(put, change.drop)
    return kept


def _record(document: msgspec.Raw, ids: Collection[str]) -> msgspec.Raw:
    """A response as it is, or the record that replaces it."""
    try:
        named = _named.decode(document)
    except msgspec.ValidationError:
        return document
    if named.id not in ids or named.outcome == "forgotten":
        return document
    return msgspec.Raw(Forgotten(device=named.device, id=named.id, seq=named.seq).encode())


def digest_of(ids: Collection[str]) -> str:
    """One name for a set of ids: SHA-256, hex."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def encode_erased(ids: Collection[str]) -> bytes:
    """The line of the file `erased`."""
    digest = digest_of(ids).encode()
    return b"%08x %b\n" % (crc32(digest), digest)


def is_erased(files: Files, folder: Path, ids: Collection[str]) -> bool:
    """True if the outbox in `folder` states that it holds nothing of these responses. Raises OSError."""
    if not ids:
        return True
    try:
        return read_whole(files, folder / NAME) == encode_erased(ids)
    except FileNotFoundError:
        return False
