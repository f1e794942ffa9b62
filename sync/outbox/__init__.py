"""The durable TinyDB store on the terminal."""

from sync.outbox.problems import ForeignFormat, OutboxLocked, StorageFailed
from sync.outbox.reader import OutboxReader, StoredResponse
from sync.outbox.receipts import Receipts, ReceiptsReader, ReceiptsView, SetAside
from sync.outbox.writer import Maintained, Outbox, OutboxSettings, OutboxStatus

__all__ = [
    "ForeignFormat",
    "Maintained",
    "Outbox",
    "OutboxLocked",
    "OutboxReader",
    "OutboxSettings",
    "OutboxStatus",
    "Receipts",
    "ReceiptsReader",
    "ReceiptsView",
    "SetAside",
    "StorageFailed",
    "StoredResponse",
]
