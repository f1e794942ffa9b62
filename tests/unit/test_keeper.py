from pathlib import Path

import pytest

from kiosk.keeper import OutboxKeeper
from kiosk.settings import Office, Settings
from sync.contract.tombstones import Tombstone
from sync.outbox import Receipts
from sync.outbox.journal import encode_line
from sync.outbox.storage import JournalStorage
from tests.support.responses import DEVICE, response


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    office = Office(name={"vi": "Phường Mẫu"})
    return Settings(data=tmp_path, office=office)


def opened(settings: Settings) -> OutboxKeeper:
    keeper = OutboxKeeper(settings, DEVICE)
    assert keeper.open() is None
    return keeper


def test_an_older_segment_that_can_not_be_read_stops_neither_a_start_nor_a_visit(settings: Settings) -> None:
    older = settings.data / "outbox" / "000001-000000000001.journal"
    older.parent.mkdir()
    older.write_bytes(encode_line(0, b'{"format":"hailong-journal","version":2}'))
    (older.parent / "000002-000000000005.journal").write_bytes(
        encode_line(0, b'{"format":"hailong-journal","version":1,"device":"%b"}' % DEVICE.encode())
    )
    keeper = opened(settings)
    assert keeper.append(response(1)).seq == 5
    facts = keeper.facts(scanner=True, sound=True)
    assert (facts.unsent, facts.unsent_since) == (5, None)
    keeper.maintain()
    assert keeper.facts(scanner=True, sound=True).alarms == ("HL2004",)
    keeper.close()


def forget(settings: Settings, keeper: OutboxKeeper, *ids: str) -> None:
    """As the agent does it, and the housekeeping of some minutes."""
    agent = Receipts(settings.data / "agent")
    agent.forget([Tombstone(id, "centre-key", bytes(64)) for id in ids])
    agent.close()
    while keeper.maintain():
        pass


def test_whoever_asks_hears_that_responses_were_erased(settings: Settings) -> None:
    heard: list[str] = []
    keeper = OutboxKeeper(settings, DEVICE, lambda: heard.append("erased"))
    assert keeper.open() is None
    first, _ = (keeper.append(response(number)) for number in (1, 2))
    keeper.maintain()
    assert heard == []
    forget(settings, keeper, first.id)
    assert heard == ["erased"]
    keeper.close()


def test_how_long_visits_wait_is_told_when_the_first_of_them_were_erased(settings: Settings) -> None:
    keeper = opened(settings)
    stored = [keeper.append(response(number)) for number in range(1, 31)]
    assert keeper.facts(scanner=True, sound=True).unsent_since == stored[0].finished_at
    forget(settings, keeper, *(each.id for each in stored[:25]))
    facts = keeper.facts(scanner=True, sound=True)
    assert (facts.unsent, facts.unsent_since) == (30, stored[25].finished_at)
    keeper.close()


def test_how_long_visits_wait_is_told_when_the_first_of_them_is_lost(settings: Settings) -> None:
    keeper = opened(settings)
    stored = [keeper.append(response(number)) for number in range(1, 6)]
    (segment,) = (settings.data / "outbox").glob("*.journal")
    segment.write_bytes(segment.read_bytes().replace(stored[0].id.encode(), bytes(36)))
    agent = Receipts(settings.data / "agent")
    agent.received(2, 3)
    agent.close()
    facts = keeper.facts(scanner=True, sound=True)
    assert (facts.unsent, facts.unsent_since) == (3, stored[3].finished_at)
    keeper.close()


def test_receipts_of_another_version_stop_nothing_and_are_an_alarm_until_they_can_be_read(
    settings: Settings,
) -> None:
    receipts = settings.data / "agent" / "receipts.journal"
    storage = JournalStorage(receipts, create_dirs=True)
    storage.write({"notes": {"1": {"last_success": 7}}})
    storage.close()
    keeper = opened(settings)
    keeper.append(response(1))
    assert keeper.facts(scanner=True, sound=True).alarms == ("HL2004",)
    assert not keeper.maintain()
    assert keeper.facts(scanner=True, sound=True).alarms == ("HL2004",)
    assert keeper.append(response(2)).seq == 2
    receipts.unlink()
    keeper.maintain()
    assert keeper.facts(scanner=True, sound=True).alarms == ()
    keeper.close()
