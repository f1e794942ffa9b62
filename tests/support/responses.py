"""Invented responses for tests: neutral, complete, and each with an id of its own."""

import base64
from datetime import UTC, datetime, timedelta

from sync.contract.ids import uuid7
from sync.contract.response import Response, Sealed, SurveyRef, Tag

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DEVICE = "terminal-1"


def response(number: int, *, device: str = DEVICE, words: str = "") -> Response:
    """The response of visit `number`; about 600 bytes. `words` is in the place of a sealed box."""
    at = START + timedelta(seconds=40 * number)
    return Response(
        id=uuid7(at, lambda size: number.to_bytes(size, "big")),
        device=device,
        seq=0,
        survey=SurveyRef("handover", 3),
        plan="plan-a",
        tag=Tag(
            unit="unit-7",
            counter="3",
            procedure="1.000123",
            officer="officer-12",
            cases=(base64.b64encode(number.to_bytes(64, "big")).decode(),),
            scanned_at=at,
        ),
        channel="kiosk",
        answers={"result": 1 + number % 5, "service": 5 - number % 5, "reasons": ("clear", "quick")},
        timing={"result": 2300, "service": 1800, "reasons": 4100},
        outcome="complete",
        started_at=at,
        finished_at=at + timedelta(seconds=12),
        boot="b0074a7e",
        monotonic_ms=1000 * number,
        app="0.1.0",
        sealed=Sealed("k1", words) if words else None,
    )
