"""The chores of a running centre: one that fails ends no other one."""

import logging

import pytest
from anyio import Event, fail_after, from_thread, run

from sync.central.housekeeping import Chore, House, keeping_house
from sync.central.office.people.sessions import Seen
from sync.central.office.removal import Scrubbing
from sync.central.store.days_over import Days
from sync.central.store.storage import Storage
from tests.support.wire import CentreUnderTest


class HouseOfOne(House):
    """A house whose only chore fails at each turn. done: after its second one."""

    def __init__(self, central: CentreUnderTest) -> None:
        storage = Storage(central.engine)
        super().__init__(
            storage,
            now=central.now,
            keys=central.keys,
            days=Days(storage.engine, storage.changing, central.now),
            scrubbing=Scrubbing(),
            seen=Seen(),
        )
        self.turns, self.done = 0, Event()

    def chores(self) -> tuple[Chore, ...]:
        """The chore that fails."""
        return (Chore(0.0, self.fall_over),)

    def fall_over(self) -> None:
        """Fail in a way that nobody has thought of."""
        self.turns += 1
        if self.turns == 2:
            from_thread.run_sync(self.done.set)
        raise KeyError("what a citizen wrote")


def test_a_chore_that_fails_unexpectedly_has_its_next_turn_and_is_logged_without_words(
    central: CentreUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    async def keep() -> None:
        house = HouseOfOne(central)
        with fail_after(20):
            async with keeping_house(house):
                await house.done.wait()

    with caplog.at_level(logging.ERROR, "hailong.central"):
        run(keep)
    assert "HL5000 KeyError at" in caplog.text
    assert "citizen" not in caplog.text
