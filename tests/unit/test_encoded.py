"""What others wrote as base64, whatever it is."""

import base64

import httpx
import pytest
from nacl.signing import SigningKey

from sync.agent.sending import Refused, Wire, enrol
from sync.central.http.callers import bearer
from sync.central.office.keys.offline import from_paper
from sync.contract.encoded import read_base64, read_key
from sync.contract.enrolment import SECRET_BYTES, make_code
from sync.contract.problem import ProblemError
from tests.support.wire import NOW

WRONG = ["é", "ké==", "\ud800", "a", "====", "AA A=", "\0", "٣" * 44, "a\n"]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_base64_is_none_and_no_fault(text: str) -> None:
    assert read_base64(text) is None
    assert read_key(text) is None
    assert bearer(f"Basic {text}") in ("", "Bearer ")


def test_a_key_has_32_bytes() -> None:
    assert read_key(base64.b64encode(bytes(32)).decode()) == bytes(32)
    assert read_key(base64.b64encode(bytes(31)).decode()) is None


@pytest.mark.parametrize("text", ["root-a é", "root-a ٣٣٣", "\ud800"])
def test_letters_outside_ascii_on_paper_are_a_wrong_letter(text: str) -> None:
    with pytest.raises(ProblemError, match="HL5018"):
        from_paper(text)


@pytest.mark.parametrize("key", [b"centre-1 k\xc3\xa9", b"centre-1 \xff", b"\xe9", b"centre-1"])
def test_a_stranger_in_the_centres_place_can_not_bring_enrolment_down(key: bytes) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=[(b"Centre-Key", key)], stream=httpx.ByteStream(b"{}"))

    wire = Wire(httpx.Client(base_url="http://centre", transport=httpx.MockTransport(answer)), lambda: NOW)
    code = make_code(bytes(SECRET_BYTES), bytes(32))
    found = enrol(wire, code, "kiosk-1", SigningKey(bytes(32)))
    assert isinstance(found, Refused)
    assert found.problem.number == "HL4107"
