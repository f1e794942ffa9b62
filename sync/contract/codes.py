"""Scanned codes: which are accepted, and which never are.

Three kinds are accepted; every other scan is refused with a reason and not kept:

    HL1:…                       an officer's badge or a procedure card, signed by the centre
    000.00.12.H62-201105-0004   the dossier code (mã hồ sơ) on a citizen's receipt
    (by hand)                   a procedure chosen on the staff screen; no code at all

`read` says what a scan is, in this order: refused whatever the configuration says (`refusal`), a signed code,
a dossier code, unknown.

A signed code is `HL1:` and the base32 (RFC 4648, section 6, no padding) of

    signature (64 bytes, Ed25519 over CONTEXT + content) + content (a MessagePack array)
    content = [kind, unit, subject, serial, last valid day as days since 1970-01-01]

The code names no key, which keeps it short: the bundle's few badge keys are all tried, 0.1 ms each.
Base32, not base45: both fit QR's alphanumeric mode (base45 is 6 % denser), but a scanner that acts as a
keyboard may be set to another country's layout, and letters and digits are the same on most of them.
Base45 also has a space, which some scanners trim. Caps Lock inverts the case of a whole scan: so a code may
be all upper case or all lower case, never mixed.

Invariants (each has a test of this name):
- what was signed reads back as it was, with the centre's public key and no network;
- one flipped character is refused, whichever it is;
- a badge that is expired, revoked, of another unit, or signed by a stranger is refused;
- an identity card, a health card, a web address, bare digits and a payment code are refused in every
  configuration: its patterns are tried last.

A dossier code leaves this module only as a keyed hash (`case_hash`), and a hash is stored with a rating only
sealed (case_box.py).

Sources: the dossier code is TT 01/2018/TT-VPCP, article 19, and variants seen on receipts; rules change,
so its patterns are configuration (`CodeRules`). The identity card's payload is `id|old id|name|…`.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sync.contract.bundle import PublicKeys, Revoked
from sync.contract.code_rules import LONGEST, CodeRules, matched
from sync.contract.patterns import whole
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.scanning import (
    BARE_DIGITS_SCANNED,
    CARD_EXPIRED,
    CARD_FORGED,
    CARD_ID_TOO_LONG,
    CARD_OF_OTHER_UNIT,
    CARD_REVOKED,
    CARD_UNREADABLE,
    CODE_INCOMPLETE,
    CODE_TOO_LONG_OR_BINARY,
    CODE_UNKNOWN,
    DOSSIER_DATE_IMPOSSIBLE,
    IDENTITY_CARD_SCANNED,
    PAYMENT_CODE_SCANNED,
    TWO_CODES_AT_ONCE,
    WEB_ADDRESS_SCANNED,
)
from sync.contract.text import Id

if TYPE_CHECKING:
    from nacl.signing import SigningKey

PREFIX = "HL1:"
# The signed bytes begin with this, so that another signature of the same key can't be used in a code.
CONTEXT = b"hailong code 1\n"
SIGNATURE_BYTES = 64
# Longest code that is issued: a slow scanner (9 ms a key) types it within 2 seconds.
CODE_LIMIT = 220
# Longest scan that is examined: an identity card's payload fits, so it is refused with its own reason.
SCAN_LIMIT = LONGEST

CodeKind = Literal["badge", "procedure"]
# 40 random bits in base32: printed on the card, so that a lost one can be named and revoked.
SERIAL = whole("[A-Z2-7]{8}")
Serial = Annotated[str, Meta(pattern=SERIAL)]
Subject = Annotated[str, Meta(pattern=whole(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}"))]

_EPOCH = date(1970, 1, 1)


class Refusal(StrEnum):
    """Why a scan is not a tag. Of refused scans only the number per reason is kept."""

    HALF = "half"
    TWO_AT_ONCE = "two_at_once"
    TOO_LONG = "too_long"
    BINARY = "binary"
    IDENTITY_CARD = "identity_card"
    WEB_ADDRESS = "web_address"
    BARE_DIGITS = "bare_digits"
    PAYMENT = "payment"
    UNKNOWN = "unknown"
    IMPOSSIBLE_DATE = "impossible_date"
    DAMAGED = "damaged"
    FORGED = "forged"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OTHER_UNIT = "other_unit"

    @property
    def problem(self) -> Problem:
        """The message for the officer: never a part of what was scanned."""
        return _PROBLEMS[self]()


_PROBLEMS = {
    Refusal.DAMAGED: CARD_UNREADABLE,
    Refusal.FORGED: CARD_FORGED,
    Refusal.EXPIRED: CARD_EXPIRED,
    Refusal.REVOKED: CARD_REVOKED,
    Refusal.OTHER_UNIT: CARD_OF_OTHER_UNIT,
    Refusal.IMPOSSIBLE_DATE: DOSSIER_DATE_IMPOSSIBLE,
    Refusal.IDENTITY_CARD: IDENTITY_CARD_SCANNED,
    Refusal.WEB_ADDRESS: WEB_ADDRESS_SCANNED,
    Refusal.BARE_DIGITS: BARE_DIGITS_SCANNED,
    Refusal.PAYMENT: PAYMENT_CODE_SCANNED,
    Refusal.TOO_LONG: CODE_TOO_LONG_OR_BINARY,
    Refusal.BINARY: CODE_TOO_LONG_OR_BINARY,
    Refusal.UNKNOWN: CODE_UNKNOWN,
    Refusal.HALF: CODE_INCOMPLETE,
    Refusal.TWO_AT_ONCE: TWO_CODES_AT_ONCE,
}


class Code(Struct, frozen=True, kw_only=True):
    """An officer's badge or a procedure card.

    unit: the authority it was issued for. subject: the officer's id or the procedure's code.
    expires: its last valid day.
    """

    kind: CodeKind
    unit: Id
    subject: Subject
    serial: Serial
    expires: date


class Dossier(Struct, frozen=True):
    """A dossier code. case: its keyed hash (`case_hash`), None where the unit has no key."""

    case: str | None


class _Content(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    kind: Literal["b", "p"]
    unit: Id
    subject: Subject
    serial: Serial
    expires: Annotated[int, Meta(ge=0, le=2_900_000)]


def sign_code(code: Code, key: "SigningKey") -> str:
    """The text of `code`'s QR, signed with the centre's badge key.

    Raises ProblemError HL3017 if its ids are too long to scan quickly.
    """
    content = _Content(
        kind="b" if code.kind == "badge" else "p",
        unit=code.unit,
        subject=code.subject,
        serial=code.serial,
        expires=(code.expires - _EPOCH).days,
    )
    data = msgspec.msgpack.encode(content)
    text = PREFIX + _base32(key.sign(CONTEXT + data).signature + data)
    if len(text) > CODE_LIMIT:
        raise ProblemError(CARD_ID_TOO_LONG(where=code.subject, detail=f"{len(text)} > {CODE_LIMIT}"))
    return text


def read(
    text: str,
    today: date,
    *,
    units: Collection[str],
    keys: PublicKeys,
    revoked: Revoked,
    rules: CodeRules,
    case_key: bytes | None,
) -> Code | Dossier | Refusal:
    """What the scanned `text` is today, or why it does not count. Never raises, whatever was scanned.

    Args:
        text: as it was scanned.
        today: the terminal's day, by which a signed code expires.
        units: whose badges and procedure cards count.
        keys: of the bundle; its badge keys verify signed codes.
        revoked: of the bundle, by serial.
        rules: the patterns of dossier codes.
        case_key: the unit's key for `case_hash`; None: the dossier counts without a hash.
    """
    never = refusal(text)
    if never:
        return never
    text = normalise(text)
    if text.startswith(PREFIX):
        code = open_code(text, keys, revoked, today)
        return Refusal.OTHER_UNIT if isinstance(code, Code) and code.unit not in units else code
    match is_dossier_code(text, rules):
        case True:
            return Dossier(case_hash(text, case_key) if case_key is not None else None)
        case False:
            return Refusal.UNKNOWN
        case reason:
            return reason


def open_code(text: str, keys: PublicKeys, revoked: Revoked, today: date) -> Code | Refusal:
    """The signed code in `text` (as `normalise` returns it), or why it is not valid on `today`."""
    data = _unbase32(text.removeprefix(PREFIX))
    if data is None or not text.startswith(PREFIX):
        return Refusal.DAMAGED
    signature, signed = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    try:
        content = msgspec.msgpack.decode(signed, type=_Content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Refusal.DAMAGED
    if not any(_verifies(key.public, CONTEXT + signed, signature) for key in keys.badges):
        return Refusal.FORGED
    if content.serial in revoked.serials:
        return Refusal.REVOKED
    expires = _EPOCH + timedelta(days=content.expires)
    if today > expires:
        return Refusal.EXPIRED
    return Code(
        kind="badge" if content.kind == "b" else "procedure",
        unit=content.unit,
        subject=content.subject,
        serial=content.serial,
        expires=expires,
    )


def _verifies(public: str, signed: bytes, signature: bytes) -> bool:
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(base64.b64decode(public)).verify(signed, signature)
    except BadSignatureError:
        return False
    return True


def normalise(text: str) -> str:
    """`text` as it is compared: without space around it; upper case if Caps Lock had inverted all of it."""
    text = text.strip()
    return text.upper() if text.isascii() and text == text.lower() else text


def refusal(text: str) -> Refusal | None:
    """Why this scan is refused in every configuration; None if it may be examined further.

    Takes the text as it was scanned.
    """
    if len(text) > SCAN_LIMIT:
        return Refusal.TOO_LONG
    bare = text.strip()
    if "|" in bare:
        return Refusal.IDENTITY_CARD
    if not bare or not bare.isprintable() or "\ufffd" in bare:
        return Refusal.BINARY if bare else Refusal.HALF
    if _WEB_ADDRESS.search(bare):
        return Refusal.WEB_ADDRESS
    if bare.replace(" ", "").isdigit():
        return Refusal.BARE_DIGITS
    if _PAYMENT.fullmatch(bare):
        return Refusal.PAYMENT
    return None


def is_dossier_code(text: str, rules: CodeRules) -> bool | Refusal:
    """Whether `text` (as `normalise` returns it) is a dossier code; a Refusal if its date is impossible."""
    for pattern in rules.dossier:
        found = matched(pattern, text)
        if found:
            day = found.groupdict().get("date")
            return True if day is None or _is_date(day) else Refusal.IMPOSSIBLE_DATE
    return False


def is_procedure_code(text: str, rules: CodeRules) -> bool:
    """Whether `text` has the form of a procedure's national code, such as 1.001193."""
    return any(matched(pattern, text) for pattern in rules.procedure)


def national_code(text: str) -> str:
    """A procedure's code without what the national database adds: 1.001193.000.00.00.H29 is 1.001193."""
    found = re.fullmatch(r"(\d\.\d{6})(\.\d{3}\.\d{2}\.\d{2}(\.[A-Za-z]\d{2})?)", text, re.ASCII)
    return found[1] if found else text


def dossier_day(text: str, rules: CodeRules) -> date | None:
    """The day on which a dossier was received, if its code (as `normalise` returns it) contains it."""
    for pattern in rules.dossier:
        found = matched(pattern, text)
        day = found.groupdict().get("date") if found else None
        if day and _is_date(day):
            return date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    return None


def case_hash(dossier: str, key: bytes) -> str:
    """HMAC-SHA-256 of a dossier code under the unit's `key` (32 bytes), hex, first 32 digits.

    With the hash but not the key, one can neither read the code nor try codes until one fits. With the key
    one can, because there are few codes: so hash and key are only kept together where there is no rating.
    """
    return hmac.new(key, normalise(dossier).encode(), hashlib.sha256).hexdigest()[:32]


def new_serial(random_bytes: bytes) -> str:
    """The serial made of 5 random bytes."""
    return _base32(random_bytes[:5])


# No scheme is needed: receipts print addresses as they are spoken.
_WEB_ADDRESS = re.compile(r"://|^(https?|www)\b[:.]|^[\w-]+(\.[a-z-]+)+/", re.I)
# A payment of the national portal, such as G22.99.3-241219795252, or a bank's EMV code.
_PAYMENT = re.compile(r"[A-Za-z]\d{2}(\.\d{1,3})+-\d{12}|000201.*", re.ASCII)


def _is_date(yymmdd: str) -> bool:
    try:
        date(2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return False
    return True


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _unbase32(text: str) -> bytes | None:
    """The bytes of unpadded base32; None if it is not exactly what `_base32` writes."""
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    return data if _base32(data) == text else None
