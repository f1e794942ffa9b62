"""Signatures of requests and answers: one fixed profile of RFC 9421 (HTTP Message Signatures).

A request of a device carries

    Content-Digest:  sha-256=:<base64>:                                     (RFC 9530, over the body as sent)
    Signature-Input: hailong=("@method" "@authority" "@request-target" "content-type" "content-encoding"
                     "if-none-match" "hailong-uptime" "content-digest");
                     created=<seconds>;keyid="<device>";alg="ed25519";nonce="<22 characters>"
    Signature:       hailong=:<base64>:

and its answer, whose signature also covers the request,

    Signature-Input: hailong=("@status" "content-type" "content-encoding" "etag" "retry-after"
                     "accept-encoding" "content-digest" "@method";req "@authority";req
                     "@request-target";req "content-digest";req "signature";req);
                     created=<seconds>;keyid="<key of the centre>";alg="ed25519"

All of these header fields that a message has are listed, in this order, and no others. So removing, adding or
changing a field on the way makes the signature wrong; it can't change the meaning of signed bytes.
@request-target is path and query as sent, without decoding; @authority is the field Host.

Nothing is negotiated: other components, another order, another label or another algorithm are refused, so
nobody can be made to accept a weaker signature. A GET signs the digest of an empty body.

Invariants: one changed bit of method, authority, target, listed field, body, status, time, key id or nonce
makes the signature wrong; signatures of an independent implementation of this profile verify here, and
ours verify there.
Failure table: absent, malformed, wrong digest or wrong signature → HL4018.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from sync.contract.problem import ProblemError
from sync.contract.problem.wire import SIGNATURE_WRONG

# Seconds by which `created` may differ, for the two calls that check it: enrolment and heartbeat.
WINDOW = 300
NONCE_BYTES = 16

# The header fields that affect the meaning of a message.
REQUEST_FIELDS = ("content-type", "content-encoding", "if-none-match", "hailong-uptime")
REPLY_FIELDS = ("content-type", "content-encoding", "etag", "retry-after", "accept-encoding")

_ID = r"[a-z0-9][a-z0-9_.-]{0,63}"
_REQUEST_INPUT = re.compile(
    rf'hailong=((\([^()]+\));created=([0-9]{{1,11}});keyid="({_ID})";alg="ed25519"'
    r';nonce="([A-Za-z0-9_-]{22})")'
)
_REPLY_INPUT = re.compile(rf'hailong=((\([^()]+\));created=([0-9]{{1,11}});keyid="({_ID})";alg="ed25519")')
_SIGNATURE = re.compile(r"hailong=:([A-Za-z0-9+/]{86}==):")

Headers = Mapping[str, str]

Components = Sequence[tuple[str, str]]
"""The signed components in order: the identifier of each, and its value."""


class Call(Struct, frozen=True):
    """A request without its body.

    target: path and query as sent. headers: names in lower case; a field given twice is joined by ", ".
    """

    method: str
    target: str
    headers: Headers

    @property
    def authority(self) -> str:
        """The host as in the request, with its port unless that is the scheme's default."""
        return self.headers.get("host", "").lower()


class RequestSignature(Struct, frozen=True, kw_only=True):
    """What a request claims about its signature; none of it is proven before `verify_head`.

    covered: the list of signed components. created: seconds since 1970 on the device's clock.
    """

    key_id: str
    created: int
    nonce: str
    covered: str
    parameters: str
    signature: bytes


def content_digest(body: bytes) -> str:
    """The Content-Digest of these bytes (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign_request(
    key: SigningKey, key_id: str, call: Call, body: bytes, *, created: int, nonce: bytes
) -> dict[str, str]:
    """The headers that sign a request. call: with every other header. nonce: NONCE_BYTES random bytes."""
    digest = content_digest(body)
    text = base64.urlsafe_b64encode(nonce).rstrip(b"=").decode()
    components = _of_request(call, digest)
    parameters = f'{_listed(components)};created={created};keyid="{key_id}";alg="ed25519";nonce="{text}"'
    return _signed(key, components, digest, parameters)


def read_request_signature(headers: Headers) -> RequestSignature:
    """The claim in these headers (names in lower case); raises ProblemError HL4018 for any other form."""
    found = _REQUEST_INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise _wrong("Signature-Input")
    return RequestSignature(
        key_id=found[4],
        created=int(found[3]),
        nonce=found[5],
        covered=found[2],
        parameters=found[1],
        signature=_read_signature(headers),
    )


def verify_request(claimed: RequestSignature, key: bytes, call: Call, body: bytes) -> None:
    """Return if the device with this public key (32 bytes) sent exactly this; raises ProblemError HL4018."""
    verify_body(body, call.headers)
    verify_head(claimed, key, call)


def verify_head(claimed: RequestSignature, key: bytes, call: Call) -> None:
    """Return if the device with this public key signed this head, and so the digest of the body to come.

    So the caller is proven before a byte of the body is read. Raises ProblemError HL4018.
    """
    components = _of_request(call, call.headers.get("content-digest", ""))
    _check_covered(claimed.covered, components)
    _verify(key, _base(components, claimed.parameters), claimed.signature)


def verify_body(body: bytes, headers: Headers) -> None:
    """Return if the head has the digest of these bytes; raises ProblemError HL4018."""
    if headers.get("content-digest", "") != content_digest(body):
        raise _wrong("Content-Digest")


def sign_reply(
    key: SigningKey, key_id: str, call: Call, *, status: int, headers: Headers, body: bytes, created: int
) -> dict[str, str]:
    """The headers that sign an answer to `call`. headers: the answer's others, names in lower case."""
    digest = content_digest(body)
    components = _of_reply(call, status, headers, digest)
    parameters = f'{_listed(components)};created={created};keyid="{key_id}";alg="ed25519"'
    return _signed(key, components, digest, parameters)


def verify_reply(keys: Mapping[str, bytes], call: Call, *, status: int, headers: Headers, body: bytes) -> int:
    """When the centre signed this answer to `call`, in seconds since 1970.

    keys: key id -> public key (32 bytes). headers: the answer's, names in lower case.
    Raises ProblemError HL4018 if none of these keys has signed it.
    """
    found = _REPLY_INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise _wrong("Signature-Input")
    key = keys.get(found[4])
    if key is None:
        raise _wrong("keyid")
    verify_body(body, headers)
    components = _of_reply(call, status, headers, headers["content-digest"])
    _check_covered(found[2], components)
    _verify(key, _base(components, found[1]), _read_signature(headers))
    return int(found[3])


def _of_request(call: Call, digest: str) -> Components:
    return (
        ('"@method"', call.method),
        ('"@authority"', call.authority),
        ('"@request-target"', call.target),
        *_fields(REQUEST_FIELDS, call.headers),
        ('"content-digest"', digest),
    )


def _of_reply(call: Call, status: int, headers: Headers, digest: str) -> Components:
    return (
        ('"@status"', str(status)),
        *_fields(REPLY_FIELDS, headers),
        ('"content-digest"', digest),
        ('"@method";req', call.method),
        ('"@authority";req', call.authority),
        ('"@request-target";req', call.target),
        ('"content-digest";req', call.headers.get("content-digest", "")),
        ('"signature";req', call.headers.get("signature", "")),
    )


def _fields(names: Sequence[str], headers: Headers) -> Components:
    return [(f'"{name}"', headers[name]) for name in names if name in headers]


def _listed(components: Components) -> str:
    return f"({' '.join(identifier for identifier, _ in components)})"


def _base(components: Components, parameters: str) -> bytes:
    lines = [f"{identifier}: {value}" for identifier, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def _check_covered(covered: str, components: Components) -> None:
    """Return if exactly these components are signed; the problem names the field that differs."""
    if covered == _listed(components):
        return
    there = [identifier for identifier, _ in components]
    differing = sorted(set(covered.strip("()").split()).symmetric_difference(there))
    names = [each.strip('"') for each in differing if each.strip('"') in (*REQUEST_FIELDS, *REPLY_FIELDS)]
    if not names:
        raise _wrong("Signature-Input")
    detail = "phần đầu này bị bỏ đi hoặc thêm vào sau khi ký: có thiết bị ở giữa sửa yêu cầu"
    raise ProblemError(SIGNATURE_WRONG(where=names[0], detail=detail))


def _signed(key: SigningKey, components: Components, digest: str, parameters: str) -> dict[str, str]:
    signature = key.sign(_base(components, parameters)).signature
    return {
        "Content-Digest": digest,
        "Signature-Input": f"hailong={parameters}",
        "Signature": f"hailong=:{base64.b64encode(signature).decode()}:",
    }


def _read_signature(headers: Headers) -> bytes:
    found = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if found is None:
        raise _wrong("Signature")
    return base64.b64decode(found[1])


def _verify(key: bytes, base: bytes, signature: bytes) -> None:
    try:
        VerifyKey(key).verify(base, signature)
    except (BadSignatureError, ValueError, binascii.Error) as error:
        raise _wrong("Signature") from error


def _wrong(where: str) -> ProblemError:
    return ProblemError(SIGNATURE_WRONG(where=where))
