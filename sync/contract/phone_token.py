"""The code on the glass that opens the same form on a citizen's own phone: what it says, and who says it.

    https://may.vi.du/p/<token>        token = base32(MessagePack of `PhoneToken` + an Ed25519 signature)

It holds all that the centre needs, so it is valid before the terminal has sent anything: which visit, what
was handed over, which form, until when. The device's enrolled key signs it, after `PURPOSE`, so that no other
signature of that key is one of a token. Base32 has the letters of a QR code's alphanumeric mode and none
that an address has to escape; `phone_address` is upper case as a whole, which keeps the code small.

Failure table: not base32, other bytes than `pack` writes, an unknown version, a wrong signature → HL4270;
past its days → HL4271. Neither says which part is wrong.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from sync.contract.problem import ProblemError
from sync.contract.problem.browser import PHONE_CODE_OVER, PHONE_CODE_UNREADABLE
from sync.contract.response import Label, ProcedureCode, Respondent, SurveyRef, Tag, TagSource, Version
from sync.contract.text import Id

PURPOSE = b"hailong phone 1\n"
DAYS = 7
"""How long a code is valid."""
CASES = 3
"""Most cases in a code: with more it becomes too dense to be read from a small panel, and none is shown."""
LONGEST = 2000
"""Most characters of a token: what a URL of `CASES` cases and the longest names needs, and no more."""
_SIGNATURE = 64  # bytes

CaseBytes = Annotated[bytes, Meta(min_length=64, max_length=64)]


class PhoneToken(Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """What a code says.

    device: the terminal that showed it. visit: the id of its response there, 16 bytes. unit … cases: what the
    response says of the handover, the cases sealed. respondents: among whom the citizen says who they are,
    where there are several. expires: seconds since 1970.
    """

    version: Literal[1] = 1
    device: Id
    visit: Annotated[bytes, Meta(min_length=16, max_length=16)]
    unit: Id
    counter: Label = ""
    procedure: ProcedureCode | None = None
    officer: Id | None = None
    source: TagSource = "card"
    cases: Annotated[tuple[CaseBytes, ...], Meta(max_length=CASES)] = ()
    survey: Id
    survey_version: Version
    plan: Id | None = None
    respondents: Annotated[tuple[Respondent, ...], Meta(min_length=1, max_length=3)] = ("citizen",)
    expires: Annotated[int, Meta(ge=0, le=2**40)]

    @property
    def visit_id(self) -> str:
        """The visit as its response on the terminal names it."""
        return str(UUID(bytes=self.visit))

    @property
    def tag(self) -> Tag:
        """What was handed over, as a response names it."""
        return Tag(
            unit=self.unit,
            counter=self.counter,
            procedure=self.procedure,
            officer=self.officer,
            cases=tuple(base64.b64encode(box).decode() for box in self.cases),
            source=self.source,
        )

    @property
    def form(self) -> SurveyRef:
        """The form that is asked."""
        return SurveyRef(self.survey, self.survey_version)


def phone_token(
    *,
    device: str,
    visit: str,
    tag: Tag,
    survey: SurveyRef,
    plan: str | None,
    respondents: tuple[Respondent, ...],
    expires: int,
) -> PhoneToken | None:
    """The token of a visit, whose cases are sealed already; None for one with too many."""
    if len(tag.cases) > CASES:
        return None
    return PhoneToken(
        device=device,
        visit=UUID(visit).bytes,
        unit=tag.unit,
        counter=tag.counter,
        procedure=tag.procedure,
        officer=tag.officer,
        source=tag.source,
        cases=tuple(base64.b64decode(box) for box in tag.cases),
        survey=survey.id,
        survey_version=survey.version,
        plan=plan,
        respondents=respondents,
        expires=expires,
    )


def pack(token: PhoneToken) -> bytes:
    """The bytes that are signed, without `PURPOSE`."""
    return msgspec.msgpack.encode(token)


def unpack(packed: bytes) -> PhoneToken:
    """The token in these bytes; raises ProblemError HL4270 for any that `pack` does not write."""
    try:
        token = msgspec.msgpack.decode(packed, type=PhoneToken)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProblemError(PHONE_CODE_UNREADABLE()) from error
    if pack(token) != packed:
        raise ProblemError(PHONE_CODE_UNREADABLE())
    return token


def sign_token(packed: bytes, key: SigningKey) -> bytes:
    """The signature of these bytes as a token, and as nothing else."""
    return key.sign(PURPOSE + packed).signature


def as_text(packed: bytes, signature: bytes) -> str:
    """The token as it is in an address."""
    return base64.b32encode(packed + signature).decode().rstrip("=")


def phone_address(site: str, text: str) -> str:
    """What the code opens. site: the centre's public address, without a path."""
    return f"{site.rstrip('/')}/p/{text}".upper()


def read_text(text: str) -> tuple[PhoneToken, bytes, bytes]:
    """The token, its bytes and its signature, which nobody has checked yet; raises ProblemError HL4270."""
    if len(text) > LONGEST:
        raise ProblemError(PHONE_CODE_UNREADABLE())
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise ProblemError(PHONE_CODE_UNREADABLE()) from error
    if len(raw) <= _SIGNATURE or as_text(raw, b"") != text:
        raise ProblemError(PHONE_CODE_UNREADABLE())
    packed, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    return unpack(packed), packed, signature


def check_token(packed: bytes, signature: bytes, key: bytes) -> None:
    """Return if the device with this public key signed them as a token; raises ProblemError HL4270."""
    try:
        VerifyKey(key).verify(PURPOSE + packed, signature)
    except (BadSignatureError, ValueError) as error:
        raise ProblemError(PHONE_CODE_UNREADABLE()) from error


def check_days(token: PhoneToken, now: datetime) -> None:
    """Return if the token is still valid; raises ProblemError HL4271.

    A token that claims more than its days is refused too: no device's key makes one that lasts.
    """
    left = token.expires - now.timestamp()
    if not 0 < left <= (DAYS + 1) * 86_400:
        raise ProblemError(PHONE_CODE_OVER())
