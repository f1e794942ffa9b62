"""A centre that stores batches and reports them: `python -m tests.support.centre_process FOLDER FULL|OFF`.

Prints the highest acknowledged `seq`, one line per batch, until it is killed. OFF is the control: SQLite then
syncs nothing.
"""

import sys
from pathlib import Path

from litestar.testing import TestClient
from sqlalchemy import event

from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.outbox import StoredResponse
from tests.support.wire import CentreUnderTest, numbered

BATCH = 20


def main(folder: Path, synchronous: str) -> None:
    """Store batch after batch."""
    central = CentreUnderTest(folder, url=f"sqlite:///{folder / 'central.db'}")  # written by SQLite alone
    central.engine.dispose()
    event.listen(
        central.engine,
        "connect",
        lambda connection, _: connection.execute(f"PRAGMA synchronous={synchronous}"),
    )
    central.open()
    bodies = [(each.seq, each.id, canonical_bytes(each)) for each in numbered(4000)]
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", folder / "agent")
        for at in range(0, len(bodies), BATCH):
            batch = [StoredResponse(seq, id, body, digest(body)) for seq, id, body in bodies[at : at + BATCH]]
            reply = sender.push(batch)
            assert isinstance(reply, BatchReply), reply
            print(reply.receipts[-1].seq, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
