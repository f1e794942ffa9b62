"""The root: a key that is kept offline and says which keys are the centre's.

Whoever has the centre's server has its signing key, and could be the centre for every terminal. So the keys a
terminal believes are named in a *key list*, signed by a root key that never was on that server:

    root (offline) ──signs──► key list n: the centre's keys, until when, and which are revoked
                                 centre    answers, receipts, configurations, tombstones
                                 badges    officers' badges and procedure cards
                                 sealing   what citizens write is sealed to the newest

A terminal gets the root when it is enrolled, or from a centre it believes already; from then on it believes
the keys of the newest list alone. A list proves itself: it may come by any way, signed by nobody else.

Invariants:
- only a list that the root signed counts, and only one that is newer than the last one taken;
- a key that was revoked once is never believed again, whatever a later list says;
- a list can name the next root: the lists after it are signed by that one. Terminals are given all lists and
  follow them in order, so one that was away for years arrives at the same root.

    not signed by the root, damaged, nothing of it readable     HL4109, nothing changes
    a list of before, replayed                                  passed over
    its keys have expired                                       HL4109 while nothing is believed; all is kept
"""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sync.contract.bundle import PublicKey, PublicKeys
from sync.contract.problem import ProblemError
from sync.contract.problem.agent import KEY_LIST_UNTRUSTED
from sync.contract.response import Moment
from sync.contract.text import Id

if TYPE_CHECKING:
    from nacl.signing import SigningKey  # as in forgetting.py

Use = Literal["centre", "badges", "sealing"]

_TEXT = b"hailong: the keys of the centre "
_encoder = msgspec.json.Encoder(order="sorted")


class NamedKey(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the centre's keys. public: 32 bytes in base64. until: not believed after that."""

    id: Id
    use: Use
    public: str
    until: Moment


class KeyList(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The keys of the centre, the newest of a use last. revoked: ids that count no more. root: the next."""

    version: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    issued: Moment
    keys: tuple[NamedKey, ...]
    revoked: tuple[Id, ...] = ()
    root: PublicKey | None = None


class SignedList(Struct, frozen=True, forbid_unknown_fields=True):
    """A key list as the text that the root has signed. signature: Ed25519, 64 bytes."""

    text: str
    signature: bytes


class KeysReply(Struct, frozen=True, omit_defaults=True):
    """All lists of a centre, the oldest first. root: the one that signed the first; None without a root."""

    root: PublicKey | None = None
    lists: tuple[SignedList, ...] = ()


class Trust(Struct, frozen=True, omit_defaults=True):
    """What a terminal, or the centre itself, believes: the root, and what its newest list says."""

    root: PublicKey
    version: int = 0
    keys: tuple[NamedKey, ...] = ()
    revoked: tuple[Id, ...] = ()

    def believed(self, use: Use, now: datetime) -> dict[str, bytes]:
        """The keys of one use that count now, by id."""
        return {key.id: b64decode(key.public) for key in self.keys if key.use == use and key.until > now}

    def public(self, now: datetime) -> PublicKeys:
        """The keys that count now, and those that never will again, as a bundle holds them."""
        count = [key for key in self.keys if key.until > now]
        return PublicKeys(
            sealing=tuple(PublicKey(key.id, key.public) for key in count if key.use == "sealing"),
            badges=tuple(PublicKey(key.id, key.public) for key in count if key.use == "badges"),
            centre=tuple(PublicKey(key.id, key.public) for key in count if key.use == "centre"),
            revoked=self.revoked,
        )


def sign_list(keys: KeyList, root: SigningKey) -> SignedList:
    """A key list, signed by the root."""
    text = _encoder.encode(keys)
    return SignedList(text.decode(), root.sign(_TEXT + text).signature)


def read_list(signed: SignedList, root: PublicKey) -> KeyList:
    """The list, proven to be of this root; raises ProblemError HL4109."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        text = signed.text.encode()
        VerifyKey(b64decode(root.public, validate=True)).verify(_TEXT + text, signed.signature)
        found = msgspec.json.decode(text, type=KeyList)
        named = [*found.keys, *((found.root,) if found.root else ())]
        if any(len(b64decode(key.public, validate=True)) != 32 for key in named):
            raise ValueError
    except (BadSignatureError, msgspec.DecodeError, ValueError) as error:
        raise ProblemError(KEY_LIST_UNTRUSTED(where="lists")) from error
    return found


def follow(trust: Trust, lists: tuple[SignedList, ...]) -> Trust:
    """Take in what is newer than what is believed; raises ProblemError HL4109 where one of them is forged.

    A list of before is passed over unread: it may be of a root of before.
    """
    for signed in lists:
        if _version(signed) <= trust.version:
            continue
        found = read_list(signed, trust.root)
        revoked = tuple(dict.fromkeys([*trust.revoked, *found.revoked]))
        keys = tuple(key for key in found.keys if key.id not in revoked)
        trust = Trust(found.root or trust.root, found.version, keys, revoked)
    return trust


class _Version(Struct, frozen=True):
    version: int


def _version(signed: SignedList) -> int:
    try:
        return msgspec.json.decode(signed.text, type=_Version).version
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProblemError(KEY_LIST_UNTRUSTED(where="lists")) from error
