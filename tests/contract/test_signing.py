"""The signature profile, against an independent implementation of RFC 9421 and against every changed bit."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, algorithms
from http_message_signatures.resolvers import MappingKeyResolver
from nacl.signing import SigningKey

from sync.contract.problem import ProblemError
from sync.contract.signing import (
    read_request_signature,
    sign_reply,
    sign_request,
    verify_reply,
    verify_request,
)

KEY = SigningKey(bytes(range(32)))
PUBLIC = bytes(KEY.verify_key)
ORACLE = MappingKeyResolver(
    public_keys={"kiosk-1": Ed25519PublicKey.from_public_bytes(PUBLIC)},
    private_keys={"kiosk-1": Ed25519PrivateKey.from_private_bytes(bytes(KEY))},
)
BODY = b'{"device":"kiosk-1","responses":[]}'
NONCE = bytes(16)
CREATED = 1_772_438_400


def signed(body: bytes = BODY) -> dict[str, str]:
    headers = sign_request(
        KEY, "kiosk-1", method="POST", target="/v1/batches", body=body, created=CREATED, nonce=NONCE
    )
    return {name.lower(): value for name, value in headers.items()}


def request(headers: dict[str, str]) -> Any:
    return SimpleNamespace(method="POST", url="https://centre.example/v1/batches", headers=headers)


def verify(
    headers: dict[str, str], *, method: str = "POST", target: str = "/v1/batches", body: bytes = BODY
) -> None:
    claimed = read_request_signature(headers)
    verify_request(claimed, PUBLIC, method=method, target=target, body=body, headers=headers)


def oracle_verifies(message: Any) -> set[str]:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=ORACLE)
    (result,) = verifier.verify(message, max_age=None)
    return set(result.covered_components)


def test_an_independent_implementation_verifies_our_requests() -> None:
    covered = oracle_verifies(request(signed()))
    assert covered == {'"@method"', '"@request-target"', '"content-digest"', '"@signature-params"'}


def test_we_verify_requests_signed_by_an_independent_implementation() -> None:
    message = request({})
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=ORACLE).sign(
        message,
        key_id="kiosk-1",
        created=datetime.fromtimestamp(CREATED, UTC),
        nonce="A" * 22,
        label="hailong",
        covered_component_ids=("@method", "@request-target"),
        body=BODY,
    )
    verify({name.lower(): value for name, value in message.headers.items()})


def test_an_independent_implementation_verifies_our_replies() -> None:
    asked = signed()
    headers = sign_reply(KEY, "kiosk-1", status=200, body=b"{}", created=CREATED, request=asked)
    answer = SimpleNamespace(status_code=200, url="", headers=headers, request=request(asked))
    assert '"signature";req' in oracle_verifies(answer)


def test_one_changed_bit_anywhere_is_refused() -> None:
    verify(signed())
    for name, value in signed().items():
        for at in range(len(value)):
            changed = {**signed(), name: value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]}
            with pytest.raises(ProblemError, match="HL4018"):
                verify(changed)
    for at in range(len(BODY)):
        with pytest.raises(ProblemError, match="HL4018"):
            verify(signed(), body=BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :])
    with pytest.raises(ProblemError, match="HL4018"):
        verify(signed(), target="/v1/heartbeat")
    with pytest.raises(ProblemError, match="HL4018"):
        verify(signed(), method="PUT")


def test_a_truncated_or_missing_header_is_refused() -> None:
    for name in signed():
        for changed in ({**signed(), name: signed()[name][:-1]}, {**signed(), name: ""}):
            with pytest.raises(ProblemError, match="HL4018"):
                verify(changed)


def test_a_reply_belongs_to_its_request_alone() -> None:
    asked = signed()
    headers = sign_reply(KEY, "centre-1", status=200, body=b"{}", created=CREATED, request=asked)
    headers = {name.lower(): value for name, value in headers.items()}
    keys = {"centre-1": PUBLIC}
    assert verify_reply(keys, status=200, body=b"{}", headers=headers, request=asked) == CREATED
    other = signed(b"other")
    changes: list[dict[str, Any]] = [
        {"status": 202},
        {"body": b"[]"},
        {"request": other},
        {"keys": {}},
        {"keys": {"centre-1": bytes(SigningKey(bytes(32)).verify_key)}},
    ]
    for change in changes:
        arguments: dict[str, Any] = {"keys": keys, "status": 200, "body": b"{}", "request": asked, **change}
        with pytest.raises(ProblemError, match="HL4018"):
            verify_reply(arguments.pop("keys"), headers=headers, **arguments)
