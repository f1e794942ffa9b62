"""The canonical bytes of a response: published vectors, and what is refused."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.canonical import as_document, canonical_bytes, decode_response, digest, from_document
from sync.contract.ids import uuid7
from sync.contract.problem import ProblemError
from sync.contract.response import Entered, Response, Sealed, SurveyRef, Tag, Void

VECTORS = json.loads((Path(__file__).parent / "vectors" / "canonical.json").read_text("utf-8"))

# Seconds since 1970 with microseconds, in UTC or in Viet Nam.
MOMENTS = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(seconds / 1e6, zone),
    st.integers(10**6 * 86400, 4_000_000_000 * 10**6),
    st.sampled_from([UTC, timezone(timedelta(hours=7))]),
)
IDS = st.from_regex(r"\A[a-z0-9][a-z0-9_.-]{0,20}\Z")
UUIDS = st.builds(
    lambda at, noise: uuid7(at, lambda n: noise[:n]), MOMENTS, st.binary(min_size=10, max_size=10)
)
LABELS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=5)
COUNTS = st.integers(0, 2**53 - 1)
ANSWERS = st.one_of(
    st.integers(-5, 100), st.booleans(), st.text(max_size=10), st.lists(IDS, max_size=4).map(tuple)
)
RESPONSES = st.builds(
    Response,
    id=UUIDS,
    device=IDS,
    seq=st.integers(0, 2**31 - 1),
    survey=st.builds(SurveyRef, IDS, st.integers(1, 99)),
    plan=st.none() | IDS,
    tag=st.none() | st.builds(Tag, unit=IDS, counter=LABELS, officer=st.none() | IDS),
    channel=st.sampled_from(["kiosk", "phone", "paper", "post", "interview"]),
    mode=st.sampled_from(["self", "assisted", "interviewer"]),
    answers=st.dictionaries(IDS, ANSWERS, max_size=5),
    timing=st.dictionaries(IDS, COUNTS, max_size=5),
    outcome=st.sampled_from(["complete", "partial", "declined", "timed_out", "voided"]),
    started_at=MOMENTS,
    finished_at=MOMENTS,
    monotonic_ms=COUNTS,
    entered=st.none() | st.builds(Entered, by=IDS, at=MOMENTS, form_no=st.text(max_size=8)),
    sealed=st.none() | st.builds(Sealed, IDS, st.from_regex(r"\A[A-Za-z0-9+/=]{0,20}\Z")),
    void=st.none() | st.builds(Void, by=st.text(max_size=5), reason=st.text(max_size=9)),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector: dict[str, Any]) -> None:
    data = vector["canonical"].encode()
    assert canonical_bytes(decode_response(data)) == data
    assert hashlib.sha256(data).hexdigest() == vector["sha256"]


@given(RESPONSES)
def test_decoding_and_encoding_canonical_bytes_gives_the_same_bytes(response: Response) -> None:
    data = canonical_bytes(response)
    assert canonical_bytes(decode_response(data)) == data


@given(RESPONSES)
def test_a_document_and_back_gives_the_same_bytes(response: Response) -> None:
    data = canonical_bytes(response)
    assert canonical_bytes(from_document(as_document(response))) == data


@given(RESPONSES)
def test_canonical_bytes_are_what_any_json_library_writes_sorted(response: Response) -> None:
    data = canonical_bytes(response)
    again = json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == data


@given(RESPONSES)
def test_canonical_bytes_are_nfc(response: Response) -> None:
    assert unicodedata.is_normalized("NFC", canonical_bytes(response).decode())


def _sample() -> dict[str, Any]:
    sample: dict[str, Any] = json.loads(VECTORS[0]["canonical"])
    return sample


def _dump(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


GOOD = _dump(_sample())


@pytest.mark.parametrize(
    ("name", "data", "number"),
    [
        ("white space", json.dumps(_sample(), sort_keys=True).encode(), "HL4006"),
        (
            "other order",
            json.dumps(dict(sorted(_sample().items(), reverse=True)), separators=(",", ":")).encode(),
            "HL4006",
        ),
        (
            "escaped letters",
            json.dumps(_sample() | {"app": "é"}, sort_keys=True, separators=(",", ":")).encode(),
            "HL4006",
        ),
        ("a default spelled out", _dump(_sample() | {"mode": "self"}), "HL4006"),
        ("duplicate member", GOOD.replace(b'"channel":', b'"channel":"kiosk","channel":', 1), "HL4006"),
        ("letters not composed", _dump(_sample() | {"app": unicodedata.normalize("NFD", "ệ")}), "HL4006"),
        ("unknown member", _dump(_sample() | {"colour": "red"}), "HL4003"),
        ("missing member", _dump({k: v for k, v in _sample().items() if k != "outcome"}), "HL4003"),
        ("a float", _dump(_sample() | {"seq": 1.5}), "HL4003"),
        ("not a number", GOOD.replace(b'"seq":7', b'"seq":NaN', 1), "HL4003"),
        ("negative", _dump(_sample() | {"seq": -1}), "HL4003"),
        ("too large", _dump(_sample() | {"seq": 2**31}), "HL4003"),
        ("too long", _dump(_sample() | {"app": "1" * 33}), "HL4003"),
        ("a time without offset", _dump(_sample() | {"started_at": "2026-03-02T08:00:00"}), "HL4003"),
        ("no UUIDv7", _dump(_sample() | {"id": "018f0000-0000-4000-8000-000000000000"}), "HL4003"),
        ("nested a million deep", b"[" * 1_000_000, "HL4003"),
        ("NUL", b"\x00", "HL4003"),
        ("not UTF-8", b'{"app":"\xff"}', "HL4003"),
        ("nothing", b"", "HL4003"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_other_bytes_are_refused(name: str, data: bytes, number: str) -> None:
    with pytest.raises(ProblemError) as refused:
        decode_response(data)
    assert refused.value.problem.number == number, name


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(ProblemError) as refused:
        decode_response(_dump(_sample() | {"outcome": "bí mật"}))
    assert "bí mật" not in str(refused.value)
    assert refused.value.problem.where == "$.outcome"


def test_two_responses_that_differ_have_different_digests() -> None:
    other = msgspec.structs.replace(decode_response(GOOD), seq=8)
    assert digest(canonical_bytes(other)) != digest(GOOD)


def test_ids_sort_by_the_time_they_were_made() -> None:
    earlier = uuid7(datetime(2026, 3, 2, 8, tzinfo=UTC), lambda n: b"\xff" * n)
    later = uuid7(datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC), lambda n: b"\x00" * n)
    assert earlier < later
    assert (UUID(later).int >> 80) - (UUID(earlier).int >> 80) == 1000  # RFC 9562, section 5.7: milliseconds
