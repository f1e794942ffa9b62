"""A scripted day of a terminal's outbox, and a judge that checks the outbox after a fault.

The script does everything an outbox does: first creation, drafts, responses, rotation, verification,
deletion, closing, opening again. It keeps a ledger of what was acknowledged and of what a reader has seen,
so that after any fault the judge can find broken promises.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from sync.contract.canonical import canonical_bytes, from_document
from sync.contract.response import Response
from sync.outbox import Outbox, OutboxReader, OutboxSettings, StorageFailed, draft_keys, journal
from sync.outbox.files import Files, read_whole
from sync.outbox.segments import DRAFTS, segments
from tests.support.responses import DEVICE, START, response

T = TypeVar("T")
FOLDER = Path("/outbox")
SETTINGS = OutboxSettings(segment_responses=4, retention_days=2, reserve_bytes=4096)


class Clock:
    """A clock that only advances when it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


class Ledger:
    """The promises so far.

    acknowledged: seq -> bytes of each response whose append returned.
    sent: what a reader in another process has seen, and may have sent.
    drafts: visit -> bytes of the newest draft acknowledged, ended visits left out.
    begun: visit -> bytes of the newest draft begun, which may be there although it was not acknowledged.
    doubtful: visits whose append was begun and not acknowledged: they may be there or not.
    settled: the centre safely keeps everything up to this number.
    """

    def __init__(self) -> None:
        self.acknowledged: dict[int, bytes] = {}
        self.sent: dict[int, bytes] = {}
        self.drafts: dict[str, bytes] = {}
        self.begun: dict[str, bytes] = {}
        self.doubtful: set[str] = set()
        self.settled = 0


class Receipted:
    """The receipts that maintenance needs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def settled(self, first: int, last: int) -> bool:
        return last <= self._ledger.settled


class Session:
    """Runs the script. `retry`: a failed step is done once more, as a terminal does when it has recovered."""

    def __init__(self, files: Files, ledger: Ledger, folder: Path = FOLDER, retry: bool = False) -> None:
        self.files = files
        self.ledger = ledger
        self.folder = folder
        self.clock = Clock()
        self.retry = retry
        self.failures = 0
        self.number = 0

    def run(self) -> None:
        """The whole script."""
        outbox = self.attempt(self.open)
        if outbox is None:
            return
        for _ in range(3):
            self.visit(outbox)
        self.draft(outbox, changed=True)  # a citizen who walks away
        self.clock.forward(days=1)
        for _ in range(6):
            self.visit(outbox)
        self.housekeeping(outbox)
        outbox.close()
        outbox = self.attempt(self.open)
        if outbox is None:
            return
        self.clock.forward(days=3)
        self.visit(outbox)
        self.ledger.settled = max(self.ledger.sent, default=0) - 1
        self.clock.forward(days=3)
        self.housekeeping(outbox)
        for _ in range(2):
            self.visit(outbox)
        outbox.close()

    def open(self) -> Outbox:
        return Outbox(self.folder, DEVICE, clock=self.clock, files=self.files, settings=SETTINGS)

    def draft(self, outbox: Outbox, *, changed: bool = False) -> None:
        """A visit in progress; `changed`: its answers were others before."""
        self.number += 1
        begun = response(self.number)
        for version in (replace(begun, answers={"result": 1}), begun) if changed else (begun,):

            def keep(version: Response = version) -> bool:
                self.ledger.begun[begun.id] = canonical_bytes(version)
                outbox.keep_draft(version)
                return True

            if self.attempt(keep):
                self.ledger.drafts[begun.id] = canonical_bytes(version)

    def visit(self, outbox: Outbox) -> None:
        self.draft(outbox)
        given = response(self.number)
        self.ledger.doubtful.add(given.id)
        stored = self.attempt(lambda: outbox.append(given))
        if stored is not None:
            self.ledger.acknowledged[stored.seq] = canonical_bytes(stored)
            self.ledger.doubtful.discard(given.id)
            self.ledger.drafts.pop(given.id, None)
        self.clock.forward(minutes=3)
        self.attempt(self.read)

    def read(self) -> bool:
        reader = OutboxReader(self.folder, self.files)
        for found in reader.after(max(self.ledger.sent, default=0), limit=100, max_bytes=10**6):
            self.ledger.sent[found.seq] = found.body
        return True

    def housekeeping(self, outbox: Outbox) -> None:
        for _ in range(20):
            if not outbox.maintain(Receipted(self.ledger)).more:
                return

    def attempt(self, step: Callable[[], T]) -> T | None:
        for _ in range(2 if self.retry else 1):
            try:
                return step()
            except (StorageFailed, OSError):
                self.failures += 1
        return None


def readable_drafts(files: Files, folder: Path) -> set[bytes]:
    """Every draft in a journal of this outbox that can be opened with what is on the disk."""
    keys = draft_keys.read(files, folder)
    readable = set()
    for segment in segments(files, folder):
        for line in journal.scan(read_whole(files, folder / segment.name)):
            if isinstance(line, journal.Damage) or line.number == 0:
                continue
            change = journal.decode_commit(line.body).get(DRAFTS)
            for draft, body in change.put.items() if change else ():
                opened = draft_keys.unseal(msgspec.json.decode(body), keys.get(int(draft), ()))
                if opened:
                    readable.add(canonical_bytes(from_document(opened[0])))
    return readable


def judge(
    files: Files, ledger: Ledger, folder: Path = FOLDER, *, damaged: bool = False, number: int = 0
) -> list[str]:
    """Open the outbox after the fault, and return which promises were broken.

    Args:
        files: the file system.
        ledger: what was promised; the judge appends one response of its own.
        folder: the outbox.
        damaged: bytes were changed from outside; then there may be alarms.
        number: of the response that is appended, for the judge's own visits to differ.

    """
    broken: list[str] = []
    clock = Clock()
    clock.forward(days=30)
    outbox = Outbox(folder, DEVICE, clock=clock, files=files, settings=SETTINGS)
    reader = OutboxReader(folder, files)
    stored = reader.after(0, limit=10**6, max_bytes=10**9)
    found = {each.seq: each for each in stored}
    if [each.seq for each in stored] != sorted(found):
        broken.append("a number is there twice")
    for seq, body in {**ledger.acknowledged, **ledger.sent}.items():
        if seq in found and found[seq].body != body:
            broken.append(f"response {seq} is another one now")
        if seq not in found and seq > ledger.settled:
            broken.append(f"response {seq} is lost")
    if len({each.id for each in found.values()}) != len(found):
        broken.append("a visit is stored twice")
    for seq, each in found.items():
        if seq not in ledger.acknowledged and seq not in ledger.sent and each.id not in ledger.doubtful:
            broken.append(f"response {seq} came from nowhere")
    highest = max([0, *found, *ledger.acknowledged, *ledger.sent])
    missing = [seq for seq in range(min(found, default=1), highest + 1) if seq not in found]
    if [seq for seq in missing if seq > ledger.settled] and not broken:
        broken.append(f"gaps at {missing}")
    ids = {each.id for each in found.values()}
    drafts = {draft.id: canonical_bytes(draft) for draft in outbox.drafts()}
    for id, body in ledger.drafts.items():
        kept = drafts.get(id, body if id in ledger.doubtful else b"")
        if id not in ids and kept not in (body, ledger.begun[id]):
            broken.append("a draft is lost")
    if not readable_drafts(files, folder) <= set(drafts.values()):
        broken.append("an answer that was taken back can be read")
    after = outbox.append(response(1_000_000 + number))
    ledger.acknowledged[after.seq] = canonical_bytes(after)
    if after.seq != highest + 1:
        broken.append("a number is used again, or left out")
    while outbox.maintain(Receipted(ledger)).more:
        pass
    if outbox.status().alarms and not damaged:
        broken.append(f"a false alarm: {outbox.status().alarms}")
    outbox.close()
    return broken
