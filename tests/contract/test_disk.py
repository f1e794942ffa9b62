"""A disk that is full: the health answer says so, the log once, and both say when it is over."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import event

from sync.agent.sending import Refused, Sender
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.outbox import StoredResponse
from tests.support.wire import CentreUnderTest, numbered


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


@pytest.fixture
def fill(central: CentreUnderTest) -> Callable[[bool], None]:
    """Makes the database refuse what it would need room for, or take it again."""
    full = False

    def limit(connection: object, *_: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        if central.engine.dialect.name == "sqlite":
            cursor.execute(f"PRAGMA max_page_count = {1 if full else 2**30}")
        else:  # as a standby does, and a server whose administrator saw the disk fill up
            cursor.execute(f"SET default_transaction_read_only = {'on' if full else 'off'}")
            connection.commit()  # type: ignore[attr-defined]

    def change(now_full: bool) -> None:
        nonlocal full
        full = now_full

    event.listen(central.engine, "checkout", limit)
    return change


def batch(first: int, last: int) -> list[StoredResponse]:
    found = []
    for each in numbered(last)[first - 1 :]:
        body = canonical_bytes(each)
        found.append(StoredResponse(each.seq, each.id, body, digest(body)))
    return found


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == "hailong.central"]


def test_a_full_disk_is_in_the_health_answer_and_in_one_line_of_the_log(
    central: CentreUnderTest,
    client: httpx.Client,
    tmp_path: Path,
    fill: Callable[[bool], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    tablet: Sender = central.enrolled(client, "kiosk-1", tmp_path / "agent")
    assert isinstance(tablet.push(batch(1, 1)), BatchReply)
    assert client.get("/health").status_code == 200
    fill(True)
    for _ in range(3):
        refused = tablet.push(batch(1, 400))
        assert isinstance(refused, Refused)
        assert (refused.problem.number, refused.signed) == ("HL5006", True)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["number"], answer.json()["where"]) == (503, "HL5006", "disk")
    assert answer.json()["detail"] in ("SQLITE_FULL", "ReadOnlySqlTransaction")
    central.centre.storage.try_disk()
    assert len(lines(caplog)) == 1, lines(caplog)
    assert "đĩa đầy" in lines(caplog)[0]
    fill(False)
    central.centre.storage.try_disk()
    assert client.get("/health").status_code == 200, "without a device having to come"
    assert isinstance(tablet.push(batch(1, 400)), BatchReply)
    assert len(lines(caplog)) == 2
    assert len(central.stored()) == 400
