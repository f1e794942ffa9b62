"""A pull meets every row once, in whatever order transactions end."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from sqlalchemy import Connection, select
from sqlalchemy import text as sql

from sync.central.intake.ingest import insert_rows
from sync.central.intake.judge import judge
from sync.central.store.arrival import Place, behind, order, parse_cursor
from sync.central.store.database import along_the_index, reading, writing
from sync.central.store.schema import responses
from sync.contract.canonical import canonical_bytes
from sync.contract.problem import ProblemError
from tests.support.postgres import Postgres, programs
from tests.support.processes import wait_until
from tests.support.wire import CentreUnderTest, numbered


class Puller:
    """An administrator who goes on where they stopped."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
        self._cursor = ""
        self.seen: list[int] = []

    def pull(self) -> list[int]:
        parameters = {"after": self._cursor, "limit": 3}
        page = self._client.get("/v1/responses", params=parameters, headers=self._headers).json()
        self._cursor = page["next"]
        found = [item["response"]["seq"] for item in page["items"]]
        self.seen += found
        return found


@pytest.fixture
def on_postgres(tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    centre = CentreUnderTest(tmp_path / "centre", url=server.fresh())
    yield centre
    centre.close()


def add(central: CentreUnderTest, connection: Connection, *seqs: int) -> None:
    rows = [
        judge(
            canonical_bytes(visit),
            device="kiosk-1",
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=0,
        )
        for visit in numbered(max(seqs))
        if visit.seq in seqs
    ]
    assert len(insert_rows(connection, rows)) == len(seqs)


def test_a_pull_misses_no_row_of_transactions_that_end_out_of_order(on_postgres: CentreUnderTest) -> None:
    with TestClient(on_postgres.app) as client:
        puller = Puller(on_postgres, client)
        with writing(on_postgres.engine) as early:
            add(on_postgres, early, 1)
            with writing(on_postgres.engine) as late:
                add(on_postgres, late, 2, 3)
            # The later transaction is committed, the earlier one is not: nothing may be given out yet.
            assert puller.pull() == []
        assert puller.pull() == [1, 2, 3]
        with writing(on_postgres.engine) as outer:
            with writing(on_postgres.engine) as first:
                add(on_postgres, first, 4)
            add(on_postgres, outer, 5)
            with writing(on_postgres.engine) as second:
                add(on_postgres, second, 6)
            assert puller.pull() == [4]
        while puller.pull():
            pass
        assert sorted(puller.seen) == [1, 2, 3, 4, 5, 6]


def test_ordered_by_position_alone_a_pull_would_miss_a_late_row(on_postgres: CentreUnderTest) -> None:
    """The control: what a cursor of bare positions does with the same two transactions."""
    with on_postgres.engine.connect() as reader, writing(on_postgres.engine) as early:
        add(on_postgres, early, 1)
        with writing(on_postgres.engine) as late:
            add(on_postgres, late, 2)
        cursor = reader.exec_driver_sql("SELECT max(position) FROM responses").scalar_one()
        early.commit()
        reader.commit()
        behind = reader.exec_driver_sql(f"SELECT seq FROM responses WHERE position > {cursor}").all()
        everything = reader.exec_driver_sql("SELECT seq FROM responses").all()
    assert (len(behind), len(everything)) == (0, 2)


def test_a_writer_who_idles_in_another_database_holds_no_pull_back(
    on_postgres: CentreUnderTest, server: Postgres
) -> None:
    with TestClient(on_postgres.app) as client, psycopg.connect(server.fresh()) as elsewhere:
        elsewhere.execute("CREATE TABLE work (at int)")
        puller = Puller(on_postgres, client)
        with writing(on_postgres.engine) as connection:
            add(on_postgres, connection, 1)
        assert puller.pull() == [1]


def test_the_lag_of_pulls_is_told(on_postgres: CentreUnderTest) -> None:
    with TestClient(on_postgres.app) as client:
        assert client.get("/health").json()["lag_seconds"] == 0
        with writing(on_postgres.engine) as connection:
            add(on_postgres, connection, 1)
            connection.exec_driver_sql("SELECT pg_sleep(0.05)")
            assert client.get("/health").json()["lag_seconds"] >= 0.05
        assert client.get("/health").json()["lag_seconds"] == 0


def test_a_writer_who_idles_is_cut_off_and_holds_nothing_back_for_ever(on_postgres: CentreUnderTest) -> None:
    with on_postgres.engine.connect() as connection:
        # A minute is what the product says; the test does not wait for it.
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == "1min"
    idler = psycopg.connect(str(on_postgres.url))
    idler.execute("SET idle_in_transaction_session_timeout TO '50ms'")
    idler.commit()
    idler.execute("INSERT INTO facts (name, value) VALUES ('idle', 'x')")
    with TestClient(on_postgres.app) as client:
        puller = Puller(on_postgres, client)
        with writing(on_postgres.engine) as connection:
            add(on_postgres, connection, 1)
        wait_until(lambda: puller.pull() == [1])
    with pytest.raises(psycopg.Error):
        idler.execute("SELECT 1")
    idler.close()


def test_a_commit_is_on_the_disk_whatever_the_server_says(on_postgres: CentreUnderTest) -> None:
    with psycopg.connect(str(on_postgres.url), autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit TO off")
    on_postgres.engine.dispose()
    with psycopg.connect(str(on_postgres.url)) as plain, on_postgres.engine.connect() as ours:
        off = plain.execute("SHOW synchronous_commit").fetchone()
        assert (off, ours.exec_driver_sql("SHOW synchronous_commit").scalar_one()) == (("off",), "on")


def test_many_writers_at_once_and_a_puller_meet_in_every_row(on_postgres: CentreUnderTest) -> None:
    def write(start: int) -> None:
        for seq in range(start, 40, 4):
            with writing(on_postgres.engine) as connection:
                add(on_postgres, connection, seq + 1)

    with TestClient(on_postgres.app) as client:
        puller = Puller(on_postgres, client)
        threads = [threading.Thread(target=write, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            puller.pull()
        while puller.pull():
            pass
    assert sorted(puller.seen) == list(range(1, 41))


def test_a_page_is_read_along_the_index_where_nothing_is_known_of_the_table_yet(
    on_postgres: CentreUnderTest,
) -> None:
    """Left alone, the server would sort all that is left of the table for every page."""
    for first in range(1, 3000, 500):
        with writing(on_postgres.engine) as connection:
            add(on_postgres, connection, *range(first, first + 500))
    with reading(on_postgres.engine) as connection:
        along_the_index(connection)
        after = behind(connection, Place(1, 1))
        query = select(*responses.c).where(after).order_by(*order(connection)).limit(100)
        text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = "".join(row[0] for row in connection.execute(sql(f"EXPLAIN {text}")))
    assert "Sort  (" not in plan
    assert "Merge Append" in plan


@pytest.mark.parametrize(
    ("text", "place"),
    [("", Place()), ("3-0", Place()), ("3-412", Place(0, 412)), ("3-7000-412", Place(7000, 412))],
)
def test_a_cursor_says_where_to_go_on(text: str, place: Place) -> None:
    assert parse_cursor(text, 3) == place


@pytest.mark.parametrize(("text", "number"), [("3", "HL4013"), ("3-x", "HL4013"), ("2-412", "HL4014")])
def test_a_wrong_or_older_cursor_is_a_problem(text: str, number: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_cursor(text, 3)
    assert caught.value.problem.number == number
