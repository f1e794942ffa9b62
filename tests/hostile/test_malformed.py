"""Nothing that anybody sends makes the centre fail: what is malformed is a numbered 4xx."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.served import ServedCentre

BODIES = {
    "chunks that break off": b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc\r\nZZ\r\n",
    "chunks without a length": b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
    "a key outside ASCII": b'Content-Length: 35\r\n\r\n{"secret":"AAAA","public_key":"k\xc3\xa9"}',
    "no JSON": b"Content-Length: 5\r\n\r\n[[[[[",
    "no UTF-8": b'Content-Length: 13\r\n\r\n{"secret":"\xff"}',
    "a huge length": b"Content-Length: 9999999999999\r\n\r\n",
}
HEADERS = {
    "a password outside ASCII": "Authorization: Basic é".encode(),
    "a password of raw bytes": b"Authorization: Basic \xe9\xff",
    "a password that is no UTF-8": b"Authorization: Basic " + base64.b64encode(b"\xff:\xff"),
    "a password with a NUL": b"Authorization: Basic " + base64.b64encode(b"a:\0"),
    "a token of raw bytes": b"Authorization: Bearer \xff\xfe",
    "a signature of raw bytes": b"Signature-Input: \xff\r\nSignature: \xff",
}
FILTERS = {
    "a NUL in a text": "officer eq 'a\0b'",
    "a number beyond the column": "survey_version eq 999999999999999999",
    "a negative one": "survey_version eq -99999999999",
    "a number beyond 64 bits": "seq eq 99999999999999999999",
    "no day": "day eq 0000-00-00",
}
TARGETS = {
    "a NUL in the path": "/odata/%00",
    "a NUL in a name": "/v1/responses?%00=1",
    "a NUL in a value": "/v1/responses?unit=%00",
    "a limit beyond 64 bits": "/v1/responses?limit=99999999999999999999999",
    "a cursor beyond 64 bits": "/v1/responses?after=1.9223372036854775808",
    "a line break at the end": "/v1/summary?by=day%0a",
    "no UTF-8": "/v1/summary?unit=%ff",
    "half a surrogate": "/v1/responses?from=%ed%a0%80",
    **{name: f"/odata/Responses?$filter={quote(text)}" for name, text in FILTERS.items()},
    **{
        f"{name}, counted": f"/odata/Responses/$count?$filter={quote(text)}" for name, text in FILTERS.items()
    },
}
NOTHING_FOUND = ("a number beyond the column", "a negative one")
"""What is no fault at all: there is no such response."""


def answered(served: ServedCentre, line: str, rest: bytes) -> tuple[int, bytes]:
    """The status and all of the answer to a request on a connection of its own."""
    head = f"{line} HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n".encode()
    answer = served.raw(head + rest)
    return int(answer.split()[1]), answer


@pytest.fixture(autouse=True)
def no_fault_in_the_log(served: ServedCentre) -> Iterator[None]:
    """Whatever a test sends leaves no fault in the log."""
    before = len(served.log())
    yield
    assert "HL5000" not in served.log()[before:]
    assert "Traceback" not in served.log()[before:]


def test_a_malformed_body_of_a_stranger_is_refused_with_a_number(served: ServedCentre) -> None:
    for name, rest in BODIES.items():
        status, answer = answered(served, "POST /v1/enrol", rest)
        assert 400 <= status < 500, name
        assert b'"number":"HL4' in answer, name


def test_a_malformed_header_of_a_stranger_is_refused_with_a_number(served: ServedCentre) -> None:
    for target in ("/odata/Responses", "/v1/responses", "/v1/summary", "/v1/config", "/v1/batches"):
        for name, header in HEADERS.items():
            line = f"POST {target}" if target == "/v1/batches" else f"GET {target}"
            status, answer = answered(served, line, header + b"\r\nContent-Length: 0\r\n\r\n")
            assert status == 401, (target, name)
            assert b'"number":"HL4' in answer, (target, name)


def test_a_malformed_question_of_an_administrator_is_refused_with_a_number(served: ServedCentre) -> None:
    token = served.token("admin").encode()
    for name, target in TARGETS.items():
        status, answer = answered(served, f"GET {target}", b"Authorization: Bearer " + token + b"\r\n\r\n")
        if name.startswith(NOTHING_FOUND):
            assert status == 200, name
            continue
        assert 400 <= status < 500, (name, status)
        assert b'"number":"HL4' in answer, name
