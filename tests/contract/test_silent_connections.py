"""A connection that was silent is tried before it is used again: its server may have ended meanwhile."""

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from sync.central.store import database
from sync.central.store.database import reading


def end_connections(engine: Engine) -> None:
    """End those in the pool, as a server does that stops; the next ones are not refused."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with reading(engine), reading(engine), psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_all_connections_of_a_server_that_ended_are_left_after_a_silence(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SILENT_SECONDS", -1.0)
    end_connections(empty)
    with reading(empty) as one, reading(empty) as two:
        assert [each.execute(text("SELECT 1")).scalar_one() for each in (one, two)] == [1, 1]


def test_right_after_a_request_one_more_fails_and_the_next_has_a_new_connection(empty: Engine) -> None:
    end_connections(empty)
    with pytest.raises(OperationalError), reading(empty) as connection:
        connection.execute(text("SELECT 1"))
    with reading(empty) as one, reading(empty) as two:
        assert [each.execute(text("SELECT 1")).scalar_one() for each in (one, two)] == [1, 1]
