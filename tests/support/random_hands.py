"""`make soak`: random input on the real terminal; the promises of the session have to hold.

    python -m tests.support.random_hands --minutes 30 --seed 7

Pointers that tap, slide and stay on the glass, several fingers, keys, scans of all kinds and windows of other
sizes, on five panels; in between the X server dies, the terminal is killed, or it is asked to end. A witness
in the terminal records what was promised (`tests/support/witness.py`), and the outbox is compared with that.
The seed is printed: it repeats the same input, as far as the machine has the same speed.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import count, cycle
from pathlib import Path
from random import Random

from sync.contract.canonical import decode_response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger, Place
from tests.support.gallery import SIZES
from tests.support.office import Office, until
from tests.support.witness import Fingers, Line, read_ledger

PATIENCE = {
    "ready": 10, "question": 15, "still_there": 20, "gate": 5, "text": 30, "thanks": 2, "notice": 2,
    "wipe": 5, "staff": 15,
}  # fmt: skip
SURVEYS = ("kien-hung", "quang-binh-cong-dan", "van-thang")
PROCEDURES = ("1.001193", "2.000815", "1.000894", "1.000656")
STRANGE = ("https://example.vn/", "000000000000|000000000|NGUYEN", "HL1:NOT-SIGNED", "8934563138165", "?;!")
KEYS = ("Tab", "Return", "Escape", "KP_1", "KP_5", "KP_Add", "KP_Enter", "F1", "F11", "Down", "space", "a")
REPORTED = "HL2015 "


class Hands:
    """One pair of them at one terminal, over all its restarts."""

    def __init__(self, folder: Path, random: Random) -> None:
        form = {"survey": random.choice(SURVEYS), "patience": PATIENCE, "volume": 0.0}
        self.office = Office(folder / "office", form)
        self.ledger = folder / "ledger"
        self.fingers = Fingers(folder / "fingers")
        self.actions = 0
        self.killed = 0
        self.odd: list[str] = []
        self._described = folder / "described.jsonl"
        self._random = random
        self._sizes = cycle(SIZES)
        self._held = False
        self.display = Display(next(self._sizes))
        self.start()

    def start(self) -> None:
        """Start the terminal on the screen there is, and wait for its first picture."""
        self._described.unlink(missing_ok=True)
        module = ("tests.support.witness", str(self.ledger), str(self.fingers.path))
        self.office.start_kiosk(self.display.environment(), "--describe", str(self._described), module=module)
        self.finger = Finger(self.display, self._described)
        self.finger.until("IdleView")

    def play(self, seconds: float) -> None:
        """A handover, then one action after the other for this long."""
        self._hand_over()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.actions += 1
            self._random.choices(*zip(*self._things(), strict=True))[0]()
            time.sleep(self._random.choice((0.0, 0.05, 0.1, 0.4)))
            if not self.office.is_running("kiosk"):
                self._look_at_the_end(self.office.exit_code("kiosk"), 0)
                self.start()

    def _things(self) -> Iterable[tuple[Callable[[], None], int]]:
        return (
            (self._tap, 40), (self._go_on, 14), (self._scan, 12), (self._slide, 6), (self._stay, 3),
            (self._forget, 3), (self._fingers, 6), (self._two_buttons, 3), (self._key, 6), (self._resize, 2),
            (self._bounce, 6),
        )  # fmt: skip

    def _hand_over(self) -> None:
        """Scan until a handover is accepted: a window that has just appeared misses the first keys."""
        card = self.office.card("procedure", self._random.choice(PROCEDURES))
        before = self._accepted()
        for _ in range(5):
            self.display.scan(card)
            try:
                until(lambda: self._accepted() > before, "a handover is accepted", seconds=3.0)
            except TimeoutError:
                continue
            return
        self.odd.append("no handover was accepted in five scans")

    def _accepted(self) -> int:
        return sum(line.kind == "accepted" for line in read_ledger(self.ledger))

    # One thing each

    def _tap(self) -> None:
        self.display.tap(*self._somewhere(), hold=self._random.choice((0.01, 0.06)))
        self._held = False

    def _go_on(self) -> None:
        """Touch the first target of each screen after a while, so that some visits end with the thanks."""
        for _ in range(3):
            seen = self.finger.seen()
            if seen is not None and seen.targets:
                self.display.tap(*_middle(self._random.choice(seen.targets[:5])))
                time.sleep(0.5)

    def _bounce(self) -> None:
        x, y = self._somewhere()
        for _ in range(3):
            self.display.tap(x, y, hold=0.01)

    def _slide(self) -> None:
        self.display.press(*self._somewhere())
        for _ in range(4):
            self.display.move(*self._somewhere())
        self.display.release()

    def _stay(self) -> None:
        self.display.tap(*self._somewhere(), hold=1.5)

    def _forget(self) -> None:
        """A finger goes down and stays; the next tap, or the next forgotten one, takes it off."""
        if self._held:
            self.display.release()
        self.display.press(*self._somewhere())
        self._held = not self._held

    def _two_buttons(self) -> None:
        self.display.press(*self._somewhere())
        self.display.press(*self._somewhere(), button=3)
        self.display.release()
        self.display.release(button=3)

    def _fingers(self) -> None:
        """Two fingers of a panel that distinguishes them; sometimes one of them never leaves."""
        width, height = self.display.size
        places = [(x / width, y / height) for x, y in (self._somewhere(), self._somewhere())]
        for finger, place in enumerate(places, start=1):
            self.fingers.down(finger, *place)
        self.fingers.move(1, *places[1])
        for finger, place in enumerate(places, start=1):
            if self._random.random() < 0.9:
                self.fingers.up(finger, *place)

    def _key(self) -> None:
        self.display.key(self._random.choice(KEYS))

    def _scan(self) -> None:
        code = self._random.choice(
            [
                *(self.office.card("procedure", procedure) for procedure in PROCEDURES),
                *(self.office.card("badge", officer) for officer in ("cb-01", "cb-02")),
                *(f"000.00.12.H29-260302-{self._random.randrange(9999):04}" for _ in range(4)),
                self._random.choice(STRANGE),
            ]
        )
        self.display.scan(code)

    def _resize(self) -> None:
        width, height = self.display.size
        self.display.resize(
            self._random.randint(width // 2, width), self._random.randint(height // 2, height)
        )

    def _somewhere(self) -> tuple[float, float]:
        """Mostly something that can be touched now."""
        seen = self.finger.seen()
        if seen is None or not seen.targets or self._random.random() < 0.15:
            across, down = self.display.size
            return self._random.uniform(0, across - 1), self._random.uniform(0, down - 1)
        return _middle(self._random.choice(seen.targets))

    # Between two rounds

    def lose_the_screen(self) -> None:
        """The X server dies; another one comes, with another panel."""
        self.display.close()
        self._look_at_the_end(self.office.exit_code("kiosk"), 2)
        self.display = Display(next(self._sizes))
        self.start()

    def kill(self) -> None:
        """The terminal is gone from one instruction to the next."""
        self.killed += 1
        self._look_at_the_end(self.office.stop("kiosk", signal.SIGKILL), -signal.SIGKILL)
        self.start()

    def end(self) -> None:
        """The service manager ends the terminal, and starts it again."""
        self._look_at_the_end(self.office.stop("kiosk"), 0)
        self.start()

    def _look_at_the_end(self, code: int, expected: int) -> None:
        if code != expected:
            self.odd.append(f"the terminal ended with {code} instead of {expected}")

    def close(self) -> None:
        """End everything, when what was interrupted has been kept."""
        self.end()
        try:
            until(lambda: not violations(read_ledger(self.ledger), self.kept()), "every visit is kept")
        except TimeoutError as error:
            self.odd.append(str(error))
        self._look_at_the_end(self.office.stop("kiosk"), 0)
        self.display.close()
        self.fingers.close()
        log = self.office.log("kiosk")
        if "Traceback" in log:
            self.odd.append(log[log.index("Traceback") :][:4000])
        if log.count(REPORTED) != self.killed:
            self.odd.append(f"{self.killed} kills, and {log.count(REPORTED)} crashes reported")

    def kept(self) -> list[str]:
        """The ids of all responses in the outbox."""
        outbox = OutboxReader(self.office.folder / "terminal" / "outbox")
        ids: list[str] = []
        for first in count(0, 1000):
            some = outbox.after(first, limit=1000, max_bytes=10**9)
            ids += [decode_response(each.body).id for each in some]
            if len(some) < 1000:
                return ids
        return ids


def violations(ledger: Sequence[Line], kept: Sequence[str]) -> list[str]:
    """The broken promises of the session; empty if there are none."""
    promised = {line.visit for line in ledger if line.kind in ("kept", "stored")}
    known = {line.visit for line in ledger if line.visit}
    found = [f"{id} is there {times} times" for id, times in Counter(kept).items() if times > 1]
    found += [f"{id} is lost" for id in sorted(promised - set(kept))]
    found += [f"{id} comes from nowhere" for id in sorted(set(kept) - known)]
    for run in runs(ledger):
        visits = {line.visit for line in run if line.visit}
        accepted = sum(line.kind == "accepted" for line in run)
        # What was accepted in the moment of a kill was not on the glass yet.
        if accepted > len(visits) + 1:
            found.append(f"{accepted} handovers accepted, {len(visits)} visits")
        stored = 0
        for line in run:
            stored += line.kind == "stored"
            if line.kind == "thanks":
                found += [] if stored else ["thanks without a response that was stored"]
                stored = 0
    return found


def runs(ledger: Sequence[Line]) -> Iterable[list[Line]]:
    """The ledger of each run of the process."""
    begins = [place for place, line in enumerate(ledger) if line.kind == "start"]
    for begin, end in zip(begins, [*begins[1:], len(ledger)], strict=True):
        yield list(ledger[begin:end])


def _middle(place: Place) -> tuple[float, float]:
    x, y, width, height = place.box
    return x + width / 2, y + height / 2


def main() -> int:
    """0 when every promise was kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="of hands, all rounds together")
    parser.add_argument("--round", type=float, default=20, help="seconds between two ends of the terminal")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    rounds = max(1, round(asked.minutes * 60 / asked.round))
    with tempfile.TemporaryDirectory() as folder:
        hands = Hands(Path(folder), Random(asked.seed))
        with hands.office:
            ends = cycle((hands.lose_the_screen, hands.kill, hands.lose_the_screen, hands.end))
            for _, between in zip(range(rounds - 1), ends, strict=False):
                hands.play(asked.round)
                between()
            hands.play(asked.round)
            hands.close()
        ledger, kept = read_ledger(hands.ledger), hands.kept()
        found = [*hands.odd, *violations(ledger, kept)]
    kinds = Counter(line.kind for line in ledger)
    print(json.dumps({"actions": hands.actions, **kinds, "responses": len(kept), "violations": found}))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
