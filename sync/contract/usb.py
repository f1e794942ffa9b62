"""What a terminal without a network and its centre give each other on a USB stick.

    hailong/<name of the terminal>/to-centre/      manifest, 0001, 0002, …   requests that it signed
    hailong/<name of the terminal>/to-terminal/    manifest, 0001, 0002, …   the centre's answers to them

A part is one request with its head and signature exactly as it would be sent, or one signed answer; so both
ends check them as they check what comes by the wire. The manifest lists the parts and is signed itself.
Every file is sealed to whom it is for (a libsodium sealed box, to the X25519 form of the key that this end
signs with), and a folder's name says nothing to others: who finds the stick learns how much is on it.

Failure table: no manifest → HL4217. A part missing, cut short, changed or taken from elsewhere, a manifest
that its sender did not sign → HL4218. For another centre or another terminal → HL4219. Taken before → HL4220.
The reader takes nothing then.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey

from sync.contract.batch import BATCH_BYTES
from sync.contract.problem import ProblemError
from sync.contract.problem.offline import USB_CHANGED, USB_FOREIGN
from sync.contract.signing import Call
from sync.contract.text import Id

TOP = "hailong"
TO_CENTRE, TO_TERMINAL = "to-centre", "to-terminal"
MANIFEST = "manifest"
PARTS = 120
"""The most parts of one copy; a part of the way to the centre has up to 500 responses."""
PART_BYTES = 20 * 1024 * 1024
"""The largest part: the centre's answer with a configuration."""
PARCEL_BYTES = PARTS * BATCH_BYTES + PART_BYTES
"""All parts together: batches, sealed about as large as they may be, and a configuration."""
AUTHORITY = "usb"
"""The host that a request on a stick names."""

_MAGIC = b"hailong-usb 1\n"
_HINT = 8  # bytes
_TEXT = b"hailong: on a stick "
_encoder = msgspec.json.Encoder(order="sorted")

T = TypeVar("T")


class CarriedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A signed request; body: as it would be sent."""

    call: Call
    body: bytes


class CarriedReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signed answer to `call`."""

    call: Call
    status: int
    headers: dict[str, str]
    body: bytes


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What belongs together.

    device: whose it is. created: when it was made, in seconds since 1970 by the clock of who made it.
    parts: SHA-256 of each file, in their order. ahead: by how many seconds the centre's clock was ahead of
    the terminal's when they last spoke. answers: the digest of the manifest that this one is the answer to.
    """

    device: Id
    created: int
    parts: tuple[str, ...]
    ahead: int | None = None
    answers: str = ""


class _Signed(Struct, frozen=True, forbid_unknown_fields=True):
    text: bytes
    signature: bytes


class Parcel(Struct, frozen=True):
    """The files of one way as they are on the stick."""

    manifest: bytes
    parts: tuple[bytes, ...]


def folder_name(device_key: bytes) -> str:
    """A terminal's folder, by its public key."""
    return hashlib.sha256(device_key).hexdigest()[:16]


def digest(data: bytes) -> str:
    """What a manifest calls a file."""
    return hashlib.sha256(data).hexdigest()


def pack(
    manifest: Manifest, parts: Iterable[CarriedRequest | CarriedReply], key: SigningKey, to: bytes
) -> Parcel:
    """These parts sealed to the public key `to`, and their manifest, signed with `key`."""
    sealed = tuple(_seal(_encoder.encode(part), to) for part in parts)
    text = _encoder.encode(msgspec.structs.replace(manifest, parts=tuple(map(digest, sealed))))
    signed = _Signed(text, key.sign(_TEXT + text).signature)
    return Parcel(_seal(_encoder.encode(signed), to), sealed)


class Opened(Struct, frozen=True):
    """A manifest that could be read; nobody is known to have signed it before `check_signed`."""

    manifest: Manifest
    text: bytes
    signature: bytes


def open_manifest(data: bytes, keys: Sequence[SigningKey]) -> Opened:
    """The manifest in these bytes, opened with one of the keys of this end; raises HL4218, HL4219."""
    signed = _decoded(unseal(data, keys, MANIFEST), _Signed, MANIFEST)
    return Opened(_decoded(signed.text, Manifest, MANIFEST), signed.text, signed.signature)


def check_signed(opened: Opened, signers: Iterable[bytes]) -> None:
    """Return if one of these public keys signed the manifest; raises ProblemError HL4218."""
    for public in signers:
        try:
            VerifyKey(public).verify(_TEXT + opened.text, opened.signature)
        except (BadSignatureError, ValueError):
            continue
        return
    raise ProblemError(USB_CHANGED(where=MANIFEST, detail="chữ ký không đúng"))


def open_parts(
    manifest: Manifest, parts: Sequence[bytes], keys: Sequence[SigningKey], type: type[T]
) -> list[T]:
    """All parts that the manifest lists, in their order; raises ProblemError HL4218."""
    if len(parts) != len(manifest.parts):
        raise ProblemError(USB_CHANGED(where=MANIFEST, detail=f"{len(parts)}/{len(manifest.parts)} phần"))
    found = []
    for number, (data, known) in enumerate(zip(parts, manifest.parts, strict=True), 1):
        where = part_name(number)
        if digest(data) != known:
            raise ProblemError(USB_CHANGED(where=where, detail="không đúng như bảng kê"))
        found.append(_decoded(unseal(data, keys, where), type, where))
    return found


def part_name(number: int) -> str:
    """The file of a part, from 1."""
    return f"{number:04}"


def unseal(data: bytes, keys: Sequence[SigningKey], where: str) -> bytes:
    """What is sealed in a file; raises ProblemError HL4218, or HL4219 if it is for none of these keys."""
    if not data.startswith(_MAGIC) or len(data) < len(_MAGIC) + _HINT:
        raise ProblemError(USB_CHANGED(where=where))
    hint, box = data[len(_MAGIC) : len(_MAGIC) + _HINT], data[len(_MAGIC) + _HINT :]
    for key in keys:
        if _hint(bytes(key.verify_key)) == hint:
            try:
                return bytes(SealedBox(key.to_curve25519_private_key()).decrypt(box))
            except (CryptoError, ValueError) as error:
                raise ProblemError(USB_CHANGED(where=where)) from error
    raise ProblemError(USB_FOREIGN(where=where))


def _seal(plain: bytes, to: bytes) -> bytes:
    box = SealedBox(VerifyKey(to).to_curve25519_public_key()).encrypt(plain)
    return b"".join((_MAGIC, _hint(to), box))


def _hint(public: bytes) -> bytes:
    return hashlib.sha256(_TEXT + public).digest()[:_HINT]


def _decoded(data: bytes, type: type[T], where: str) -> T:
    try:
        return msgspec.json.decode(data, type=type)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProblemError(USB_CHANGED(where=where)) from error
