"""PostgreSQL's planner knows how many rows there are as soon as many were stored at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from sync.central.office.audit.acts import By
from sync.central.office.backup import back_up, restore
from sync.central.office.move_to_postgres import move
from sync.central.store import rollups
from sync.central.store.database import reading, writing
from tests.support.postgres import Postgres
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

BY = By("test", NOW)


@pytest.fixture
def central(server: Postgres, tmp_path: Path) -> Iterator[CentreUnderTest]:
    url = server.fresh()
    central = CentreUnderTest(tmp_path / "centre", url=url)
    store_unasked(central, numbered(5))
    yield central
    central.close()
    server.drop(url)


def unknown(connection: Connection) -> set[str]:
    """The tables of which the planner knows nothing: their number of rows is -1."""
    query = "SELECT relname FROM pg_class WHERE reltuples < 0 AND relkind IN ('r', 'p')"
    return {row.relname for row in connection.exec_driver_sql(query)}


def known(connection: Connection, table: str) -> float:
    """How many rows the planner believes are there."""
    query = "SELECT reltuples FROM pg_class WHERE relname = %s"
    return float(connection.exec_driver_sql(query, (table,)).scalar_one())


def test_after_all_was_counted_again_the_planner_knows_the_counts(central: CentreUnderTest) -> None:
    with writing(central.engine) as connection:
        counts = connection.exec_driver_sql("SELECT count(*) FROM rollups").scalar_one()
        assert known(connection, "rollups") < counts
        connection.exec_driver_sql("UPDATE facts SET value = 'older' WHERE name = 'rollups'")
        rollups.ensure(connection)
        assert known(connection, "rollups") == counts


def test_after_a_restore_the_planner_knows_all_tables(central: CentreUnderTest, tmp_path: Path) -> None:
    back_up(central.engine, tmp_path / "copy")
    with reading(central.engine) as connection:
        assert unknown(connection).issuperset({"responses", "published"})
    central.close()
    restore(tmp_path / "copy", central.address, BY)
    central.open()
    with reading(central.engine) as connection:
        assert not unknown(connection)


def test_after_a_move_the_planner_knows_all_tables(empty: Engine, tmp_path: Path) -> None:
    source = CentreUnderTest(tmp_path / "centre")
    store_unasked(source, numbered(5))
    move(source.engine, empty, BY)
    with reading(empty) as connection:
        assert not unknown(connection)
    source.close()
