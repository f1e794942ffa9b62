"""Who said this, about exactly these bytes: one fixed profile of RFC 9421 (HTTP Message Signatures).

A request of a device carries

    Content-Digest:  sha-256=:<base64>:                                     (RFC 9530, over the body as sent)
    Signature-Input: hailong=("@method" "@request-target" "content-digest");created=<seconds>;
                     keyid="<device>";alg="ed25519";nonce="<22 characters>"
    Signature:       hailong=:<base64>:

and the answer, which so belongs to this request and no other,

    Signature-Input: hailong=("@status" "content-digest" "content-digest";req "signature";req);
                     created=<seconds>;keyid="<key of the centre>";alg="ed25519"

Nothing is negotiated: other components, another order, another label or another algorithm are refused, so
there is no weaker signature to talk anyone into. A GET signs the digest of no bytes.

Invariants: one changed bit of method, target, body, status, time, key id or nonce makes the signature wrong;
what an independent implementation signs in this profile verifies here, and the other way round.
Failure table: absent, malformed, wrong digest or wrong signature → HL4018.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from sync.contract.problem import ProblemError, problem

# Seconds by which `created` may be off where time is checked at all: enrolment and heartbeat.
WINDOW = 300
NONCE_BYTES = 16

_REQUEST = '("@method" "@request-target" "content-digest")'
_REPLY = '("@status" "content-digest" "content-digest";req "signature";req)'
_ID = r"[a-z0-9][a-z0-9_.-]{0,63}"
_REQUEST_INPUT = re.compile(
    r"hailong=(" + re.escape(_REQUEST) + rf';created=([0-9]{{1,11}});keyid="({_ID})";alg="ed25519"'
    r';nonce="([A-Za-z0-9_-]{22})")'
)
_REPLY_INPUT = re.compile(
    r"hailong=(" + re.escape(_REPLY) + rf';created=([0-9]{{1,11}});keyid="({_ID})";alg="ed25519")'
)
_SIGNATURE = re.compile(r"hailong=:([A-Za-z0-9+/]{86}==):")

Headers = Mapping[str, str]


class RequestSignature(Struct, frozen=True):
    """What a request says of its signature; nothing of it is proven before `verify_request`.

    created: seconds since 1970 on the device's clock.
    """

    key_id: str
    created: int
    nonce: str
    parameters: str
    signature: bytes


def content_digest(body: bytes) -> str:
    """The Content-Digest of these bytes (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign_request(
    key: SigningKey, key_id: str, *, method: str, target: str, body: bytes, created: int, nonce: bytes
) -> dict[str, str]:
    """The headers that sign a request. target: path and query as sent. nonce: NONCE_BYTES random bytes."""
    digest = content_digest(body)
    text = base64.urlsafe_b64encode(nonce).rstrip(b"=").decode()
    parameters = f'{_REQUEST};created={created};keyid="{key_id}";alg="ed25519";nonce="{text}"'
    signature = key.sign(_request_base(method, target, digest, parameters)).signature
    return {
        "Content-Digest": digest,
        "Signature-Input": f"hailong={parameters}",
        "Signature": f"hailong=:{base64.b64encode(signature).decode()}:",
    }


def read_request_signature(headers: Headers) -> RequestSignature:
    """What the headers (names in lower case) claim; raises ProblemError HL4018 for any other form."""
    found = _REQUEST_INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise _wrong("Signature-Input")
    signature = _read_signature(headers)
    return RequestSignature(found[3], int(found[2]), found[4], found[1], signature)


def verify_request(
    claimed: RequestSignature, key: bytes, *, method: str, target: str, body: bytes, headers: Headers
) -> None:
    """Return if the device with this public key (32 bytes) sent exactly this; raises ProblemError HL4018."""
    verify_body(body, headers)
    verify_head(claimed, key, method=method, target=target, headers=headers)


def verify_head(claimed: RequestSignature, key: bytes, *, method: str, target: str, headers: Headers) -> None:
    """Return if the device with this public key signed this head, and so the digest of the body to come.

    So who calls is proven before a byte of the body is read. Raises ProblemError HL4018.
    """
    digest = headers.get("content-digest", "")
    _verify(key, _request_base(method, target, digest, claimed.parameters), claimed.signature)


def verify_body(body: bytes, headers: Headers) -> None:
    """Return if these are the bytes that the head tells of; raises ProblemError HL4018."""
    if headers.get("content-digest", "") != content_digest(body):
        raise _wrong("Content-Digest")


def sign_reply(
    key: SigningKey, key_id: str, *, status: int, body: bytes, created: int, request: Headers
) -> dict[str, str]:
    """The headers that sign an answer. request: the headers of the request, names in lower case."""
    digest = content_digest(body)
    parameters = f'{_REPLY};created={created};keyid="{key_id}";alg="ed25519"'
    signature = key.sign(_reply_base(status, digest, request, parameters)).signature
    return {
        "Content-Digest": digest,
        "Signature-Input": f"hailong={parameters}",
        "Signature": f"hailong=:{base64.b64encode(signature).decode()}:",
    }


def verify_reply(
    keys: Mapping[str, bytes], *, status: int, body: bytes, headers: Headers, request: Headers
) -> int:
    """When the centre signed this answer to this request, in seconds since 1970.

    keys: key id -> public key (32 bytes). headers, request: names in lower case.
    Raises ProblemError HL4018 where no such key has signed it.
    """
    found = _REPLY_INPUT.fullmatch(headers.get("signature-input", ""))
    if found is None:
        raise _wrong("Signature-Input")
    key = keys.get(found[3])
    if key is None:
        raise _wrong("keyid")
    digest = content_digest(body)
    if headers.get("content-digest", "") != digest:
        raise _wrong("Content-Digest")
    _verify(key, _reply_base(status, digest, request, found[1]), _read_signature(headers))
    return int(found[2])


def _request_base(method: str, target: str, digest: str, parameters: str) -> bytes:
    return (
        f'"@method": {method}\n"@request-target": {target}\n"content-digest": {digest}\n'
        f'"@signature-params": {parameters}'
    ).encode()


def _reply_base(status: int, digest: str, request: Headers, parameters: str) -> bytes:
    return (
        f'"@status": {status}\n"content-digest": {digest}\n'
        f'"content-digest";req: {request.get("content-digest", "")}\n'
        f'"signature";req: {request.get("signature", "")}\n'
        f'"@signature-params": {parameters}'
    ).encode()


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
    return ProblemError(problem("HL4018", where=where))
