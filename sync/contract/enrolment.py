"""How a device gets its identity: a one-time code, its own key, and the centre's keys that it trusts.

The code is 24 characters in six groups, such as K3QF-9M2T-…: 12 are a secret, of which the centre keeps the
hash and which it accepts once within ten minutes; 12 are the beginning of the fingerprint of the centre's
signing key. So the device detects an impostor in the centre's place, even one with a valid certificate.

Where a centre's HTTPS certificate is its own, 12 more characters are the beginning of that certificate's
fingerprint: the device trusts exactly this one. A code without them leaves the certificate to the system.

The alphabet (Crockford's base32) has no I, L, O, U; an O that was typed is read as 0, I and L as 1. Letters
may be lower case, and hyphens left out.

What is printed, scanned and typed is an invitation: the code and the centre's address, such as
K3QF-9M2T-…@hailong.example.vn, or …@http://10.0.0.5:8700 in a closed network. So a terminal needs nothing
else. A code alone is enough where the address is known otherwise.
"""

import base64
import hashlib
import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.address import read_address, short_address
from sync.contract.bundle import PublicKeys
from sync.contract.key_list import KeysReply
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ENROLMENT_CODE_INVALID
from sync.contract.response import Moment
from sync.contract.text import Id, Text

SECRET_BYTES = 8  # 60 bits of them are used
MINUTES = 10
NEWCOMER = "newcomer"
"""The key id of a device that does not know its id yet: the code says which device it is."""
Network = Literal["", "down", "up", "unnamed", "unreachable", "reached"]
"""How far the network of a device goes before it is enrolled: "" not known; no route out, or one; and of the
centre's address: unknown to every name server, no connection to it, or connected."""
_LENGTH = 12
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_MISTAKEN = str.maketrans("OIL", "011")
_TO_CROCKFORD = str.maketrans(_RFC4648, _ALPHABET)


class EnrolRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """secret: the code's first half. public_key: Ed25519, 32 bytes in base64; it also signs this request."""

    secret: Annotated[str, Meta(max_length=64)]
    public_key: Annotated[str, Meta(max_length=64)]


class EnrolReply(Struct, frozen=True, kw_only=True):
    """The device's identity, and the keys of the centre. rooted: the key lists of the offline root.

    made: the highest known `seq` of this device: its new responses get higher ones. office: its unit's name.
    """

    device: Id
    unit: Id
    epoch: int
    keys: PublicKeys
    server_time: Moment
    rooted: KeysReply = KeysReply()
    made: int = 0
    office: Text = {}


class Enrolled(Struct, frozen=True):
    """Who a terminal is, as its agent says: id and unit, and the unit's name where the centre said it."""

    device: Id
    unit: Id
    office: Text = {}


class EnrolmentCode(Struct, frozen=True):
    """The parts of a code; certificate: "" where the centre's HTTPS needs no fingerprint."""

    secret: str
    fingerprint: str
    certificate: str = ""

    def __str__(self) -> str:
        """The code in groups, for a person."""
        text = self.secret + self.fingerprint + self.certificate
        return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


class Invitation(Struct, frozen=True):
    """A code, and the address of the centre that issued it; "" where a setting names the centre."""

    code: EnrolmentCode
    address: str = ""

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.code}@{short_address(self.address)}" if self.address else str(self.code)


def read_invitation(text: str) -> Invitation:
    """What a person typed or scanned; raises ProblemError HL4021 (code) or HL4116 (address)."""
    code, at, address = text.partition("@")
    return Invitation(read_code(code), read_address(address, "code") if at else "")


def spelled_invitation(text: str) -> str:
    """What was typed so far, as it is printed: groups of four capitals, then the address in small letters."""
    code, at, address = text.partition("@")
    plain = _plain(code)
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4)) + at + address.lower()


def make_code(secret: bytes, centre_key: bytes, certificate: str = "") -> EnrolmentCode:
    """A code from SECRET_BYTES random bytes and the centre's public signing key (32 bytes).

    certificate: the fingerprint of its own HTTPS certificate, if it has one.
    """
    return EnrolmentCode(_letters(secret), fingerprint(centre_key), certificate)


def read_code(text: str) -> EnrolmentCode:
    """The code that a person typed or scanned; raises ProblemError HL4021."""
    plain = _plain(text)
    if not re.fullmatch(f"(?:[{_ALPHABET}]{{{_LENGTH}}}){{2,3}}", plain):
        raise ProblemError(ENROLMENT_CODE_INVALID(where="code", detail="không có dạng của một mã"))
    return EnrolmentCode(plain[:_LENGTH], plain[_LENGTH : 2 * _LENGTH], plain[2 * _LENGTH :])


def fingerprint(public: bytes) -> str:
    """The first 60 bits of the SHA-256 of a public key, or of a certificate (DER), as in the code."""
    return _letters(hashlib.sha256(public).digest())


def secret_digest(secret: str) -> bytes:
    """What the centre stores of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _plain(code: str) -> str:
    return code.strip().upper().replace("-", "").replace(" ", "").translate(_MISTAKEN)


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw[:SECRET_BYTES]).decode()[:_LENGTH].translate(_TO_CROCKFORD)
