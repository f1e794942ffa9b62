"""Anyone who begins tables and goes away keeps no device waiting, leaves no file, and no turn taken."""

import os
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, insert
from sqlalchemy import select as query

from sync.central.store.database import open_database, reading, writing
from sync.central.store.facts import database_url
from sync.central.store.schema import responses
from sync.contract.batch import BatchReply
from tests.support.office import until
from tests.support.postgres import postgres
from tests.support.served import ServedCentre, Tablet

ROWS = 10_000  # so that a workbook takes seconds
WARD = "phuong-mot"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Crowded"]:
    with ExitStack() as stack:
        on_postgres = request.param == "postgresql"
        url = stack.enter_context(postgres()).fresh() if on_postgres else None
        centre = stack.enter_context(ServedCentre(tmp_path_factory.mktemp("crowded"), url))
        yield Crowded(centre)


class Crowded:
    """A served centre with many responses; `tablet` is one of its devices, `token` an administrator's."""

    def __init__(self, centre: ServedCentre) -> None:
        self.centre = centre
        self.tablet: Tablet = centre.device(WARD)
        self.token = centre.token("admin", WARD)
        assert self.hears_its_tablet()
        engine = open_database(database_url(centre.data, centre.url))
        columns = [column for column in responses.c if column.name not in ("position", "xid")]
        with writing(engine) as connection:
            row = connection.execute(query(*columns)).mappings().one()
            many = [
                {**row, "device": "many", "seq": n, "id": f"{row['id'][:24]}{n:012x}"} for n in range(ROWS)
            ]
            connection.execute(insert(responses), many)
        with reading(engine) as connection:
            assert connection.execute(query(func.count()).select_from(responses)).scalar_one() == ROWS + 1
        engine.dispose()

    def hears_its_tablet(self) -> bool:
        """Whether a batch is stored."""
        reply = self.tablet.push(self.tablet.visit())
        return isinstance(reply, BatchReply) and reply.receipts[0].status == "stored"

    def pull(self) -> socket.socket:
        """A connection on which a whole workbook was asked for."""
        connection = socket.create_connection(("127.0.0.1", self.centre.port), timeout=60)
        head = "GET /v1/responses?format=xlsx HTTP/1.1\r\nHost: centre\r\n"
        head += f"Authorization: Bearer {self.token}\r\n\r\n"
        connection.sendall(head.encode())
        return connection

    def temporary(self) -> list[Path]:
        """What is in the folder for files that are needed for a while."""
        return list((self.centre.data / "tmp").glob("*"))


def answered(connection: socket.socket) -> bytes:
    """What has come back so far, b"" for nothing."""
    connection.setblocking(False)
    try:
        return connection.recv(4096)
    except BlockingIOError:
        return b""
    finally:
        connection.setblocking(True)


def is_busy(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 429") and b"HL4024" in answer and b"retry-after: 15" in answer.lower()


def test_whoever_asks_for_eight_tables_and_leaves_keeps_no_device_waiting(crowded: Crowded) -> None:
    pulls = [crowded.pull() for _ in range(8)]
    until(lambda: len(select.select(pulls, [], [], 0)[0]) >= 6, "all but two are turned away", 60)
    assert crowded.hears_its_tablet()
    assert crowded.centre.client.get("/health").is_success
    answers = sorted(answered(each) for each in pulls)
    assert answers[:2] == [b"", b""], "both are still being made"
    assert [is_busy(answer) for answer in answers] == [False] * 2 + [True] * 6, answers
    for each in pulls:
        each.close()
    until(lambda: crowded.temporary() == [], "nothing is left of what nobody waits for", 60)
    crowded.pull().close()
    until(lambda: crowded.temporary() == [], "and the turns are free again", 60)


def test_a_server_that_stops_ends_its_tables_and_one_that_was_killed_leaves_none(crowded: Crowded) -> None:
    centre = crowded.centre
    waiting = crowded.pull()
    until(lambda: len(crowded.temporary()) == 1, "a table is being made", 60)
    centre.stop()
    assert b"HL4026" in answered(waiting)
    assert crowded.temporary() == []
    centre.start()
    waiting = crowded.pull()
    until(lambda: len(crowded.temporary()) == 1, "a table is being made", 60)
    os.killpg(centre.process, signal.SIGKILL)
    until(lambda: not is_alive(centre.process), "it is gone", 60)
    assert len(crowded.temporary()) == 1
    centre.start()
    assert crowded.temporary() == []


def is_alive(process: int) -> bool:
    os.waitpid(process, os.WNOHANG)
    return Path(f"/proc/{process}").exists()
