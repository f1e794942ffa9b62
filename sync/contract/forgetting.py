"""To forget one response everywhere: what the centre says to its devices, and what is left in its place.

A *tombstone* is the centre's signed word that the response with this id is to be erased. It names nothing but
the id, by which the device finds what to erase; the centre keeps the id no longer than that takes. It is
signed by itself, not only as a part of an answer: so a device can hand it back to a centre that was restored
from a backup of before, and that centre believes its own signature.

A *forgotten* record stands in a device's outbox where the response stood, so that `seq` stays without a gap.
It holds no digest of what was erased: a digest of few possible answers can be tried against guesses.

Invariants: nothing is erased without a signature of a key of the centre that is believed now; a tombstone
that comes again, in any order, changes nothing; one of an id that nobody has changes nothing.

    forged, or signed by a key that is not (or no longer) believed    HL4108, nothing of the list is taken
    an entry that can't be read                                       HL4044, the others are taken
    a list of before, replayed                                        not believed: answers are signed over
                                                                      their request; and nothing is new in it
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

_TEXT = b"hailong: forget response "  # no request, answer, bundle or card begins like this
_encoder = msgspec.json.Encoder(order="sorted")


class Tombstone(Struct, frozen=True, forbid_unknown_fields=True):
    """The response with this id is to be erased. signature: Ed25519 by the centre's key `key`, 64 bytes."""

    id: Uuid
    key: Id
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class ForgottenRequest(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which tombstones does this device not have yet?

    after: the number of the last it has, in the centre's present epoch; 0 for all.
    known: those it has, for a centre that has begun a new epoch: it may have lost them.
    """

    after: Count = 0
    known: Annotated[tuple[Tombstone, ...], Meta(max_length=LIMIT)] = ()


class ForgottenReply(Struct, frozen=True):
    """Tombstones in the order they were made, at most LIMIT; through: the number of the last of them."""

    epoch: int
    through: int
    tombstones: tuple[Tombstone, ...]


class _Unread(Struct, frozen=True):
    epoch: int
    through: int
    tombstones: tuple[msgspec.Raw, ...]


def read_forgotten_reply(body: bytes) -> tuple[ForgottenReply, Problem | None]:
    """The reply in these bytes without the entries that can't be read, and HL4044 naming the first of those.

    One bad entry must not keep a device from all others. Raises msgspec.DecodeError.
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


class Forgotten(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in an outbox in the place of a response that was erased."""

    device: Id
    id: Uuid
    seq: Seq
    outcome: Literal["forgotten"] = "forgotten"

    def encode(self) -> bytes:
        """Its bytes, shorter than those of the response: all its members are there, and others too."""
        return _encoder.encode(self)


def read_forgotten(body: bytes) -> Forgotten | None:
    """The record in these bytes; None where they are something else: a response, most likely."""
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
