"""Key lists: a root key, kept offline, signs which keys are the centre's.

Anyone who controls the centre's server has its signing key, and could act as the centre for every terminal.
So the keys that a terminal trusts are named in a *key list*, signed by a root key that never was on that
server:

    root (offline) ──signs──► key list n: the centre's keys, until when, and which are revoked
                                 centre    answers, receipts, configurations, tombstones
                                 badges    officers' badges and procedure cards
                                 sealing   what citizens write is sealed to the newest

A terminal gets the root when it is enrolled, or from a centre that it already trusts; from then on it trusts
only the keys of the newest list. A list needs no signature but the root's, so it may be delivered in any way.

Invariants:
- only a list signed by the root counts, and only one that is newer than the last accepted one;
- a key that was revoked once is never trusted again, also if a later list names it;
- a list can name the next root, which signs the lists after it. Terminals get all lists and follow them in
  order, so one that was away for years arrives at the same root.

    not signed by the root, damaged, unreadable                 HL4109, nothing changes
    an old list, replayed                                       ignored
    its keys have expired                                       HL4109; no answer is trusted, all data is kept
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
    from nacl.signing import SigningKey  # as in tombstones.py

Use = Literal["centre", "badges", "sealing"]

_TEXT = b"hailong: the keys of the centre "
_encoder = msgspec.json.Encoder(order="sorted")


class NamedKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the centre's keys. public: 32 bytes in base64. until: not trusted after that."""

    id: Id
    use: Use
    public: str
    until: Moment


class KeyList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The keys of the centre, the newest of each use last. revoked: ids of revoked keys. root: the next."""

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
    """All lists of a centre, the oldest first. root: it signed the first; None without a root."""

    root: PublicKey | None = None
    lists: tuple[SignedList, ...] = ()


class Trust(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal, or the centre itself, trusts: the root, and the keys of its newest list."""

    root: PublicKey
    version: int = 0
    keys: tuple[NamedKey, ...] = ()
    revoked: tuple[Id, ...] = ()

    def believed(self, use: Use, now: datetime) -> dict[str, bytes]:
        """The keys of one use that are valid now, by id."""
        return {key.id: b64decode(key.public) for key in self.keys if key.use == use and key.until > now}

    def public(self, now: datetime) -> PublicKeys:
        """The keys that are valid now, and the revoked ones, as in a bundle."""
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
    """The list, verified with this root's signature; raises ProblemError HL4109."""
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
    """Apply the lists newer than the present one; raises ProblemError HL4109 if one of them is forged.

    Older lists are ignored without a check, because an earlier root may have signed them.
    """
    for signed in lists:
        if _version(signed) <= trust.version:
            continue
        found = read_list(signed, trust.root)
        revoked = tuple(dict.fromkeys([*trust.revoked, *found.revoked]))
        keys = tuple(key for key in found.keys if key.id not in revoked)
        trust = Trust(root=found.root or trust.root, version=found.version, keys=keys, revoked=revoked)
    return trust


class _Version(Struct, frozen=True):
    version: int


def _version(signed: SignedList) -> int:
    try:
        return msgspec.json.decode(signed.text, type=_Version).version
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProblemError(KEY_LIST_UNTRUSTED(where="lists")) from error
