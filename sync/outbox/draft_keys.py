"""Each draft is sealed with a key of its own, and the key is overwritten as soon as the draft is replaced.

A visit in progress is on the disk, so that a power cut doesn't lose its answers. A journal only grows, so an
answer that a citizen changed would stay in it next to the final one. A draft is therefore sealed before it
is written. Its key is in the file `draft-keys`, and is overwritten in place when the next draft of the visit,
or its response, is durable:

    a draft        new key ─► sync ─► sealed draft ─► sync ─► old key overwritten (synced with the next key)
    a response     response, and end of the draft ─► sync (one commit) ─► key overwritten ─► sync

Promises:
- once `append` returned, no draft of the visit can be opened, even after a power cut; of a visit in progress
  only the newest draft can be opened (after a power cut: as soon as the outbox has been opened again);
- at every instant the newest durable draft can be opened;
- the length of a draft reveals little: it is padded to a multiple of 256 bytes.

The file is a row of slots of 64 bytes, none of which crosses a sector: CRC-32, the draft's id, its key. A
slot that is torn, or zero, is free.

Failure table:
    a key can't be written          the draft is not kept, the earlier one is (StorageFailed)
    a key can't be overwritten      an alarm; tried again by the next commit, `maintain`, and opening
    a commit failed                 it may still be whole: no key is overwritten before the next commit
    keys lost or damaged            the answers of an interrupted visit are lost (HL2005)
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from sync.outbox.files import WRITE_OR_MAKE, Files, read_whole

NAME = "draft-keys"
_SLOT = 64
_ROOM = 4096  # bytes taken at once: more than ever are in use, also on a full disk
_KEY = 32
_ID = 16
_PADDING = 256


class Sealed(msgspec.Struct, frozen=True):
    """A draft as it is stored. `id` is the response's, so that it can be erased."""

    id: str
    sealed: str


def seal(document: Mapping[str, Any], key: bytes) -> Sealed:
    """The draft, to be opened with `key` alone."""
    from nacl.secret import SecretBox  # late: the first screen does not need it

    plain = msgspec.json.encode(document)
    plain += b" " * (-len(plain) % _PADDING)
    return Sealed(document["id"], b64encode(SecretBox(key).encrypt(plain)).decode())


def unseal(stored: Mapping[str, Any], keys: Collection[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The draft and the key of `keys` that opens it; None if none does."""
    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    for key in keys:
        try:
            plain = SecretBox(key).decrypt(b64decode(stored["sealed"]))
        except (CryptoError, ValueError, TypeError):
            continue
        return msgspec.json.decode(plain, type=dict[str, Any]), key
    return None


def read(files: Files, folder: Path) -> dict[int, list[bytes]]:
    """The keys of an outbox by draft. Raises OSError."""
    try:
        slots = _slots(read_whole(files, folder / NAME))
    except FileNotFoundError:
        return {}
    keys: dict[int, list[bytes]] = {}
    for draft, key in slots.values():
        keys.setdefault(draft, []).append(key)
    return keys


class DraftKeys:
    """The keys of the drafts in `folder`. Its own methods raise OSError and nothing else."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self.path = folder / NAME
        self.fd = files.open(self.path, WRITE_OR_MAKE)
        try:
            if files.size(self.fd) < _ROOM:
                files.allocate(self.fd, _ROOM)
                files.datasync(self.fd)
            self._size = files.size(self.fd)
            self._slots = _slots(files.read(self.fd, self._size, 0))
        except BaseException:
            files.close(self.fd)
            raise
        self._used: dict[int, bytes] = {}
        self._unsynced = False

    def of(self, draft: int) -> list[bytes]:
        """The keys that may open the draft."""
        return [key for owner, key in self._slots.values() if owner == draft]

    def fresh(self, draft: int) -> bytes:
        """A new key for the next version of the draft; durable."""
        key = os.urandom(_KEY)
        place = next(place for place in range(0, self._size + _SLOT, _SLOT) if place not in self._slots)
        self._slots[place] = draft, key
        self._files.write(self.fd, _encode(draft, key), place)
        self._files.datasync(self.fd)
        self._unsynced = False
        self._size = max(self._size, place + _SLOT)
        return key

    def use(self, draft: int, key: bytes) -> None:
        """Note that the durable version of the draft is the one sealed with this key."""
        self._used[draft] = key

    def end(self, draft: int) -> None:
        """Note that the draft has ended: no key of it is needed any more."""
        self._used.pop(draft, None)

    def overwrite(self, *, durable: bool) -> None:
        """Overwrite every key that opens no draft in use; touches the disk only if there is such a key.

        durable: True: synced on return; else with the next key, or the next call.
        """
        for place, (draft, key) in list(self._slots.items()):
            if self._used.get(draft) != key:
                self._unsynced = True
                self._files.write(self.fd, bytes(_SLOT), place)
                del self._slots[place]
        if self._unsynced and durable:
            self._files.datasync(self.fd)
            self._unsynced = False


def _slots(data: bytes) -> dict[int, tuple[int, bytes]]:
    """Draft id and key by the slot's index in the file."""
    slots = {}
    for place in range(0, len(data) - _SLOT + 1, _SLOT):
        slot = data[place : place + 4 + _ID + _KEY]
        if any(slot) and int.from_bytes(slot[:4], "big") == crc32(slot[4:]):
            slots[place] = int.from_bytes(slot[4 : 4 + _ID], "big"), slot[4 + _ID :]
    return slots


def _encode(draft: int, key: bytes) -> bytes:
    slot = draft.to_bytes(_ID, "big") + key
    return (crc32(slot).to_bytes(4, "big") + slot).ljust(_SLOT, b"\0")
