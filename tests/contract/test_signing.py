"""The signature profile, against an independent implementation of RFC 9421 and against every changed bit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, algorithms
from http_message_signatures.resolvers import MappingKeyResolver
from msgspec.structs import replace
from nacl.signing import SigningKey

from sync.contract.problem import ProblemError
from sync.contract.signing import (
    REPLY_FIELDS,
    REQUEST_FIELDS,
    Call,
    read_request_signature,
    sign_reply,
    sign_request,
    verify_reply,
    verify_request,
)

KEY = SigningKey(bytes(range(32)))
PUBLIC = bytes(KEY.verify_key)
KEYS = {"centre-1": PUBLIC}
ORACLE = MappingKeyResolver(
    public_keys={"kiosk-1": Ed25519PublicKey.from_public_bytes(PUBLIC)},
    private_keys={"kiosk-1": Ed25519PrivateKey.from_private_bytes(bytes(KEY))},
)
BODY = b'{"device":"kiosk-1","responses":[]}'
NONCE = bytes(16)
CREATED = 1_772_438_400
VECTORS = json.loads((Path(__file__).parent / "vectors" / "signing.json").read_text("utf-8"))
FIELDS = {
    "host": "centre.example",
    "content-type": "application/json",
    "content-encoding": "zstd",
    "if-none-match": '"7-0123456789abcdef"',
    "hailong-uptime": "b0074a7e;ms=1000",
}
ANSWERED = {
    "content-type": "application/json",
    "content-encoding": "identity",
    "etag": '"7-0123456789abcdef"',
    "retry-after": "2",
    "accept-encoding": "zstd, gzip",
}


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def signed(body: bytes = BODY, *, fields: dict[str, str] = FIELDS) -> Call:
    call = Call("POST", "/v1/batches?a=%2f", fields)
    headers = sign_request(KEY, "kiosk-1", call, body, created=CREATED, nonce=NONCE)
    return replace(call, headers={**fields, **lower(headers)})


def request(call: Call) -> Any:
    url = f"https://{FIELDS['host']}{call.target}"
    return SimpleNamespace(method=call.method, url=url, headers=dict(call.headers))


def verify(call: Call, body: bytes = BODY) -> None:
    verify_request(read_request_signature(call.headers), PUBLIC, call, body)


def with_headers(call: Call, **changed: str | None) -> Call:
    headers = {**call.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return replace(call, headers={name: value for name, value in headers.items() if value is not None})


def oracle_verifies(message: Any) -> set[str]:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=ORACLE)
    (result,) = verifier.verify(message, max_age=None)
    return set(result.covered_components)


def test_an_independent_implementation_verifies_our_requests() -> None:
    covered = oracle_verifies(request(signed()))
    fields = {f'"{name}"' for name in REQUEST_FIELDS}
    always = {'"@method"', '"@authority"', '"@request-target"', '"content-digest"', '"@signature-params"'}
    assert covered == always | fields
    assert oracle_verifies(request(signed(fields={"host": FIELDS["host"]}))) == always


def test_we_verify_requests_signed_by_an_independent_implementation() -> None:
    call = Call("POST", "/v1/batches", FIELDS)
    message = request(call)
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=ORACLE).sign(
        message,
        key_id="kiosk-1",
        created=datetime.fromtimestamp(CREATED, UTC),
        nonce="A" * 22,
        label="hailong",
        covered_component_ids=("@method", "@authority", "@request-target", *REQUEST_FIELDS),
        body=BODY,
    )
    verify(replace(call, headers=lower(message.headers)))


@pytest.mark.parametrize("fields", [ANSWERED, {}])
def test_an_independent_implementation_verifies_our_replies(fields: dict[str, str]) -> None:
    call = signed()
    headers = sign_reply(KEY, "kiosk-1", call, status=200, headers=fields, body=b"{}", created=CREATED)
    answer = SimpleNamespace(status_code=200, url="", headers={**fields, **headers}, request=request(call))
    covered = oracle_verifies(answer)
    assert {f'"{name}"' for name in fields} <= covered
    assert {'"@method";req', '"@authority";req', '"@request-target";req', '"signature";req'} <= covered


def test_one_changed_bit_anywhere_is_refused() -> None:
    call = signed()
    verify(call)
    for name, value in call.headers.items():
        for at in range(len(value)):
            bent = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
            with pytest.raises(ProblemError, match="HL4018"):
                verify(with_headers(call, **{name: bent}))
    for at in range(len(BODY)):
        with pytest.raises(ProblemError, match="HL4018"):
            verify(call, BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :])
    for change in ({"target": "/v1/batches?a=/"}, {"target": "/v1/heartbeat"}, {"method": "PUT"}):
        with pytest.raises(ProblemError, match="HL4018"):
            verify(replace(call, **change))


@pytest.mark.parametrize("name", REQUEST_FIELDS)
def test_a_field_dropped_or_added_on_the_way_up_is_refused_by_name(name: str) -> None:
    """Who drops Content-Encoding would otherwise turn a good batch into one that can't be read."""
    without = signed(fields={key: value for key, value in FIELDS.items() if key != name})
    verify(without)
    for changed in (with_headers(signed(), **{name: None}), with_headers(without, **{name: FIELDS[name]})):
        with pytest.raises(ProblemError) as refused:
            verify(changed)
        assert (refused.value.problem.number, refused.value.problem.where) == ("HL4018", name)


def test_a_truncated_or_missing_header_is_refused() -> None:
    for name in ("content-digest", "signature-input", "signature"):
        for changed in (signed().headers[name][:-1], "", None):
            with pytest.raises(ProblemError, match="HL4018"):
                verify(with_headers(signed(), **{name: changed}))


def reply(call: Call, headers: dict[str, str] = ANSWERED) -> dict[str, str]:
    signed_by = sign_reply(KEY, "centre-1", call, status=200, headers=headers, body=b"{}", created=CREATED)
    return {**headers, **lower(signed_by)}


def test_a_reply_belongs_to_its_request_alone() -> None:
    call = signed()
    headers = reply(call)
    assert verify_reply(KEYS, call, status=200, headers=headers, body=b"{}") == CREATED
    changes: list[dict[str, Any]] = [
        {"status": 202},
        {"body": b"[]"},
        {"call": signed(b"other")},
        {"call": replace(call, method="GET")},
        {"call": replace(call, target="/v1/heartbeat")},
        {"call": with_headers(call, host="other.example")},
        {"keys": {}},
        {"keys": {"centre-1": bytes(SigningKey(bytes(32)).verify_key)}},
    ]
    for change in changes:
        arguments: dict[str, Any] = {"keys": KEYS, "call": call, "status": 200, "body": b"{}", **change}
        with pytest.raises(ProblemError, match="HL4018"):
            verify_reply(arguments.pop("keys"), arguments.pop("call"), headers=headers, **arguments)


@pytest.mark.parametrize("name", REPLY_FIELDS)
def test_a_field_changed_dropped_or_added_on_the_way_down_is_refused(name: str) -> None:
    call = signed()
    without = reply(call, {key: value for key, value in ANSWERED.items() if key != name})
    dropped = {key: value for key, value in reply(call).items() if key != name}
    for headers in (dropped, {**without, name: ANSWERED[name]}, {**reply(call), name: "other"}):
        with pytest.raises(ProblemError, match="HL4018"):
            verify_reply(KEYS, call, status=200, headers=headers, body=b"{}")


# --- published vectors, for who writes another device or centre ---------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector: dict[str, Any]) -> None:
    key, request, answer = SigningKey(bytes.fromhex(vector["seed"])), vector["request"], vector["answer"]
    call = Call(request["method"], request["target"], request["headers"])
    signed_headers = sign_request(
        key, "kiosk-1", call, request["body"].encode(), created=vector["created"], nonce=NONCE
    )
    assert signed_headers == request["signature"]
    asked = replace(call, headers={**call.headers, **lower(signed_headers)})
    assert answer["signature"] == sign_reply(
        key,
        "centre-1",
        asked,
        status=answer["status"],
        headers=answer["headers"],
        body=answer["body"].encode(),
        created=vector["created"],
    )
