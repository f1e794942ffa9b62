"""An hour in which nobody comes writes nothing to the disk of a terminal: a card lasts for years."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync.agent.pushing import Idle
from tests.support import lying_network as lies
from tests.support.tablet import Tablet, fill
from tests.support.wire import CentreUnderTest
from tests.support.written import Written
from tests.unit.test_housekeeping import MORNING, NIGHT, House

HOURS = 3


def test_what_watches_notices_a_write(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    with Written(tmp_path) as written:
        (tmp_path / "below" / "file").write_text("x")
        assert set(written.changes()) == {tmp_path / "below" / "file"}
        (tmp_path / "below" / "file").read_text()
        assert written.changes() == []


@pytest.mark.parametrize("begin", [MORNING, NIGHT], ids=["open", "closed"])
def test_a_terminal_that_nobody_touches_writes_nothing(tmp_path: Path, begin: object) -> None:
    """Every second of it as the clock of `kiosk.app` calls it."""
    house = House(tmp_path, MORNING)
    house.keeping.open_store()
    now = MORNING if begin is MORNING else NIGHT
    house.keeping.look_at_the_clock(now)
    house.keeping.keep_house(now)
    with Written(tmp_path) as written:
        for second in range(0, HOURS * 3600, 3):
            at = now + timedelta(seconds=second)
            house.keeping.look_for_news(at)
            if second % 30 == 0:
                house.keeping.look_at_the_clock(at)
            if second % 6 == 0:
                house.keeping.retry_storage()
            if second % 60 == 0:
                while house.keeping.keep_house(at):
                    pass
        assert written.changes() == []
    house.keeper.close()


def test_an_agent_that_has_nothing_to_send_writes_nothing(tmp_path: Path, central: CentreUnderTest) -> None:
    fill(tmp_path / "tablet" / "outbox", 1, 2, 3)
    tablet = Tablet(tmp_path / "tablet", central)
    tablet.configured()
    for _ in range(2):  # the second heartbeat knows what the first one brought
        assert tablet.beats() is None
        assert isinstance(tablet.sends(), Idle)
    with Written(tablet.folder) as written:
        for minute in range(HOURS * 60):
            tablet.running = 60.0 * minute
            assert tablet.beats() is None
            assert isinstance(tablet.sends(), Idle)
        assert written.changes() == []


def test_a_centre_that_is_away_is_noted_once(tmp_path: Path, central: CentreUnderTest) -> None:
    """The hour at which a problem began is written, and not that it is still there."""
    fill(tmp_path / "tablet" / "outbox", 1)
    tablet = Tablet(tmp_path / "tablet", central)
    tablet.hears(lies.lost_request)
    for minute in range(70):
        tablet.running = 60.0 * minute
        tablet.beats()
        tablet.sends()
    with Written(tablet.folder) as written:
        for minute in range(70, 190):
            tablet.running = 60.0 * minute
            tablet.beats()
            tablet.sends()
        assert written.changes() == []
