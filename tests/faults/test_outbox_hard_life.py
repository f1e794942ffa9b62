"""A terminal's hard life: days of visits, failing calls, kills and power cuts, one after the other."""

import errno
from pathlib import Path
from random import Random

from sync.outbox import ForeignFormat, Outbox, StorageFailed
from tests.support.outbox_session import FOLDER, Ledger, Receipted, Session, judge
from tests.support.simulated_disk import PowerCut, SimulatedDisk

CODES = (errno.EIO, errno.ENOSPC, errno.EMFILE, errno.EROFS)


class Life:
    """Everything at random, from one seed."""

    def __init__(self, seed: int, disk: type[SimulatedDisk]) -> None:
        self.random = Random(seed)
        self.disk = disk(self.fault)
        self.ledger = Ledger()
        self.session = Session(self.disk, self.ledger)
        self.failing = 0.0
        self.cutting = 0.0

    def fault(self, name: str, path: Path) -> None:
        if self.random.random() < self.cutting:
            raise PowerCut
        if self.random.random() < self.failing:
            raise OSError(self.random.choice(CODES), "injected")

    def live(self, days: int) -> None:
        for _ in range(days):
            self.failing = self.random.choice((0, 0, 0.01, 0.1, 0.5))
            self.cutting = self.random.choice((0, 0.005, 0.05))
            self.disk.room = None if self.random.random() < 0.8 else self.disk.used() + 2000
            try:
                self.day()
            except PowerCut:
                self.disk.cut_power(self.random)
            else:
                self.disk.kill()
            self.session.clock.forward(hours=self.random.choice((1, 30, 300)))

    def day(self) -> None:
        try:
            outbox = self.session.open()
        except StorageFailed:
            return
        for _ in range(self.random.randint(0, 9)):
            self.moment(outbox)
        if self.random.random() < 0.5:
            outbox.close()

    def moment(self, outbox: Outbox) -> None:
        what = self.random.random()
        if what < 0.6:
            self.session.visit(outbox)
        elif what < 0.7:
            self.session.draft(outbox)
        elif what < 0.8:
            self.session.clock.forward(days=self.random.choice((1, 3, -2)))
        elif what < 0.9:
            self.ledger.settled = max(self.ledger.settled, max(self.ledger.sent, default=0) - 2)
            outbox.maintain(Receipted(self.ledger))
        else:
            outbox.recover()

    def judged(self) -> list[str]:
        self.failing = self.cutting = 0
        self.disk.room = None
        return judge(self.disk, self.ledger, FOLDER)


def lived(seeds: range, disk: type[SimulatedDisk] = SimulatedDisk) -> dict[int, list[str]]:
    broken = {}
    for seed in seeds:
        life = Life(seed, disk)
        try:
            life.live(10)
            found = life.judged()
        except ForeignFormat as error:  # of a file not a line is left
            found = [str(error)]
        if found:
            broken[seed] = found
    return broken


def test_no_promise_is_broken_in_a_hard_life() -> None:
    assert lived(range(300)) == {}


class SyncsSometimes(SimulatedDisk):
    """The control: a disk that reports one sync in twenty and does not do it."""

    def datasync(self, fd: int) -> None:
        if len(self.calls) % 20:
            super().datasync(fd)


def test_control_a_disk_that_lies_now_and_then_breaks_promises() -> None:
    assert lived(range(300), SyncsSometimes)
