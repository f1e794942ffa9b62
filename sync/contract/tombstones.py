"""Erase one response everywhere: the centre's tombstones, and the record that replaces the response.

A *tombstone* is the centre's signed order to erase the response with this id. It contains only the id, which
the device needs to find the response; the centre keeps the id until the devices have erased it. A tombstone
has its own signature, independent of the answer that carried it: so a device can return it to a centre that
was restored from an older backup, and that centre trusts its own signature.

A *forgotten* record replaces the response in a device's outbox, so that `seq` stays without a gap. It holds
no digest of what was erased: with few possible answers, a digest could be compared with guesses.

Invariants: nothing is erased without a signature of a currently trusted key of the centre; a repeated
tombstone, in any order, changes nothing; a tombstone of an unknown id changes nothing.

    forged, or signed by a key that is not (or no longer) trusted     HL4108, the whole list is refused
    an entry that can't be read                                       HL4044, the others are used
    an old list, replayed                                             refused: answers are signed over their
                                                                      request; and nothing in it is new
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sync.contract.decoding import reason_and_key
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import ERASURE_UNSIGNED
from sync.contract.problem.wire import ERASURE_UNREADABLE
from sync.contract.response import Count, Seq, Uuid
from sync.contract.text import Id

if TYPE_CHECKING:
    from nacl.signing import SigningKey  # the terminal's first screen does not need it

LIMIT = 500  # tombstones in one exchange

_TEXT = b"hailong: forget response "  # no request, answer, bundle or card begins with this
_encoder = msgspec.json.Encoder(order="sorted")


class Tombstone(Struct, frozen=True, forbid_unknown_fields=True):
    """The response with this id is to be erased. signature: Ed25519 by the centre's key `key`, 64 bytes."""

    id: Uuid
    key: Id
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class ForgottenRequest(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A device's request for the tombstones that it doesn't have yet.

    after: the number of its last one, in the centre's present epoch; 0 for all.
    known: the tombstones it has, for a centre that has begun a new epoch and may have lost them.
    """

    after: Count = 0
    known: Annotated[tuple[Tombstone, ...], Meta(max_length=LIMIT)] = ()


class ForgottenReply(Struct, frozen=True):
    """Tombstones in the order they were made, at most LIMIT; through: the number of the last one."""

    epoch: int
    through: int
    tombstones: tuple[Tombstone, ...]


class _Unread(Struct, frozen=True):
    epoch: int
    through: int
    tombstones: tuple[msgspec.Raw, ...]


def read_forgotten_reply(body: bytes) -> tuple[ForgottenReply, Problem | None]:
    """The reply in these bytes without unreadable entries, and HL4044 naming the first of those.

    One bad entry must not prevent a device from getting the others. Raises msgspec.DecodeError.
    """
    unread = msgspec.json.decode(body, type=_Unread)
    tombstones: list[Tombstone] = []
    wrong: Problem | None = None
    for number, raw in enumerate(unread.tombstones, 1):
        try:
            tombstones.append(msgspec.json.decode(raw, type=Tombstone))
        except msgspec.DecodeError as error:
            reason, key = reason_and_key(error)
            detail = f"{key}: {reason}"[:200]
            wrong = wrong or ERASURE_UNREADABLE(where=f"tombstones[{number}]", detail=detail)
    return ForgottenReply(unread.epoch, unread.through, tuple(tombstones)), wrong


class Forgotten(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The record that replaces an erased response in an outbox."""

    device: Id
    id: Uuid
    seq: Seq
    outcome: Literal["forgotten"] = "forgotten"

    def encode(self) -> bytes:
        """Its bytes. They are shorter than the response's, which has all of these members and more."""
        return _encoder.encode(self)


def read_forgotten(body: bytes) -> Forgotten | None:
    """The record in these bytes; None if they are something else, usually a response."""
    if b'"forgotten"' not in body:
        return None
    try:
        return msgspec.json.decode(body, type=Forgotten)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def make_tombstone(id: str, key_id: str, key: SigningKey) -> Tombstone:
    """A tombstone for the response `id`, signed with a key of the centre."""
    return Tombstone(id, key_id, key.sign(_TEXT + id.encode()).signature)


def check_tombstone(tombstone: Tombstone, trusted: dict[str, bytes]) -> None:
    """Return if one of these keys (id -> public key) signed it; raises ProblemError HL4108."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(trusted[tombstone.key]).verify(_TEXT + tombstone.id.encode(), tombstone.signature)
    except (KeyError, BadSignatureError, ValueError) as error:
        raise ProblemError(ERASURE_UNSIGNED(where="tombstones")) from error
