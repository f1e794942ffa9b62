"""Fetches a release of the software that the centre offers, in pieces, and hands it to the helper.

Promises:
- responses come first: a piece is fetched only while nothing waits to be sent, and one at a time;
- what was fetched is kept over restarts and broken lines: the next piece continues it;
- a line that is slow or breaks gets smaller pieces, a fast one larger ones;
- nothing is fetched that would take the room which responses need;
- the file is handed over only whole and with the digest that the centre named; what differs is deleted and
  fetched again;
- what is here already, was refused by the helper, or failed on this device is not fetched.

The helper verifies the publisher's signature (`sync/updates/`); the agent could not make a release either.
"""

import errno
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sync.agent.sending import Refused, Sender
from sync.contract.heartbeat import HeartbeatReply
from sync.contract.offer import PIECE_LIMIT, Offer
from sync.updates.release import number
from sync.updates.room import free_bytes, has_room
from sync.updates.standing import (
    FOLDER,
    HandedOver,
    Standing,
    read_standing,
    write_handed_over,
    write_heard,
)

PIECES = "pieces"
"""A folder within the one that the helper watches, so that no piece wakes it."""
FIRST_PIECE = 32 * 1024
LEAST_PIECE = 8 * 1024
FAST = 2.0  # seconds for a piece, below which the next one is larger
AGAIN = 60.0  # seconds after a piece that did not come
LATER = 600.0  # seconds after a file that was not what was named


class ReleaseFetcher:
    """Of one device.

    Args:
        sender: speaks to the centre.
        agent: the agent's folder. state: the helper's, with what it has and what it refused.
        version, arch, python: of the software and machine that this is.
        monotonic: a clock in seconds. free: bytes that are left on the disk of a folder.

    """

    def __init__(
        self,
        sender: Sender,
        *,
        agent: Path,
        state: Path,
        version: str,
        arch: str,
        python: str,
        monotonic: Callable[[], float] = time.monotonic,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._sender = sender
        self._agent = agent
        self._state = state
        self._version = version
        self._arch = arch
        self._python = python
        self._monotonic = monotonic
        self._free = free
        self._piece = FIRST_PIECE
        self._wanted: Offer | None = None
        self._not_before = 0.0

    def standing(self) -> Standing:
        """What the helper has noted."""
        return read_standing(self._state)

    def answered(self, answer: HeartbeatReply) -> None:
        """Take what the centre says of releases; raises OSError."""
        write_heard(self._agent, self._version)
        said = HandedOver(tuple(each.version for each in answer.releases), answer.withdrawn)
        write_handed_over(self._agent, said)
        self._wanted = self._choose(answer.releases, answer.withdrawn)
        self._tidy()

    def _choose(self, offers: Sequence[Offer], withdrawn: Sequence[str]) -> Offer | None:
        here = self.standing()
        known = {*here.failed, *here.unpacked, *withdrawn}
        for offer in offers:
            suits = (offer.arch, offer.python) == (self._arch, self._python)
            if (
                suits
                and offer.version not in known
                and number(offer.version) > number(self._version)
                and not (here.refused.is_final and here.refused.file == offer.sha256)
            ):
                return offer
        return None

    def step(self) -> None:
        """Fetch the next piece if it is time; where the disk can't take it, it is tried again later."""
        offer = self._wanted
        if offer is None or self._monotonic() < self._not_before:
            return
        try:
            self._step(offer)
        except OSError:
            self._not_before = self._monotonic() + LATER

    def _step(self, offer: Offer) -> None:
        whole = self._agent / FOLDER / f"{offer.sha256}.release"
        if whole.exists():
            return
        part = self._agent / FOLDER / PIECES / offer.sha256
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        size = part.stat().st_size if part.exists() else 0
        if size < offer.size:
            if not has_room(self._free(part.parent), offer.size - size):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))
            self._fetch(offer, part, size)
        else:
            self._finish(offer, part, whole)

    def _fetch(self, offer: Offer, part: Path, size: int) -> None:
        began = self._monotonic()
        most = min(self._piece, offer.size - size)
        piece = self._sender.release_piece(offer.sha256, size, most)
        if isinstance(piece, Refused):
            self._piece = max(LEAST_PIECE, self._piece // 2)
            self._not_before = self._monotonic() + max(AGAIN, piece.after)
            return
        with part.open("ab") as file:
            file.write(piece[:most])
        if self._monotonic() - began < FAST:
            self._piece = min(PIECE_LIMIT, self._piece * 2)

    def _finish(self, offer: Offer, part: Path, whole: Path) -> None:
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        if digest == offer.sha256:
            part.chmod(0o640)
            part.replace(whole)
        else:
            part.unlink()
            self._not_before = self._monotonic() + LATER

    def _tidy(self) -> None:
        """Delete what is not wanted any more: taken over, refused, or no longer offered."""
        here, folder = self.standing(), self._agent / FOLDER
        wanted = self._wanted.sha256 if self._wanted else ""
        for path in (*folder.glob("*.release"), *(folder / PIECES).glob("*")):
            if path.name.partition(".")[0] != wanted and not _waits(path.name, here):
                path.unlink(missing_ok=True)


def _waits(name: str, here: Standing) -> bool:
    """Whether this came on a stick, and the helper has not decided about it yet."""
    version, stick, _ = name.partition("-stick.")
    decided = version in (*here.unpacked, *here.failed) or here.refused.file == f"{version}-stick"
    return bool(stick) and not decided
