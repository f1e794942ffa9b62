"""Responses in which citizens wrote, as a device of a unit sends them."""

from datetime import datetime

from msgspec.structs import replace

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.store.database import writing
from sync.contract.batch import Receipt
from sync.contract.canonical import canonical_bytes
from sync.contract.response import Response
from sync.contract.sealing import Words, seal_words
from tests.support.wire import NOW, CentreUnderTest


def written(central: CentreUnderTest, response: Response, words: Words) -> Response:
    """The response with these words in its sealed box."""
    (key, *_) = central.keys.public().sealing
    return replace(response, sealed=seal_words(words, key.id, key.public))


def send(
    central: CentreUnderTest,
    *responses: Response,
    device: str = "kiosk-1",
    unit: str = "phuong-mot",
    at: datetime = NOW,
    revoked: bool = False,
) -> list[Receipt]:
    """Store these as if a device of the unit had sent them."""
    received_at = int(at.timestamp() * 1000)
    batch = [
        judge(
            canonical_bytes(each),
            device=device,
            unit=unit,
            forms=central.centre.devices.forms,
            received_at=received_at,
        )
        for each in responses
    ]
    with writing(central.engine) as connection:
        receipts, _ = store(connection, device, batch, received_at, revoked=revoked)
    return receipts
