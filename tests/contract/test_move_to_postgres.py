"""A centre moved from SQLite to PostgreSQL has the same rows, numbers and audit log, or was not moved."""

import os
import random
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Engine, LargeBinary, String, Table, delete, func, insert, select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office import move_to_postgres
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.move_to_postgres import Held, differences, held_in, move
from sync.central.store.database import open_database, reading, writing
from sync.central.store.partitions import name_of, there
from sync.central.store.schema import audit, metadata, responses, sessions, tokens
from sync.central.store.upgrade import migrate
from sync.contract.ids import lowest_uuid7
from sync.contract.problem import ProblemError
from sync.host.single import holding
from tests.support.own_process import exit_code
from tests.support.postgres import Postgres
from tests.support.processes import free_port
from tests.support.wire import NOW, CentreUnderTest

BY = By("test", NOW)
ROWS = 7
LONG_AGO = datetime(1999, 5, 1, tzinfo=UTC)
IN_2024 = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def target(empty: Engine) -> Engine:
    return empty


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    """A database with random rows in every table."""
    engine = open_database(f"sqlite:///{tmp_path / 'central.db'}")
    migrate(engine, NOW)
    chance = random.Random(17)
    with writing(engine) as connection:
        for table in metadata.sorted_tables:
            if table is not audit:
                connection.execute(delete(table))
                rows = [_row(connection, table, number, chance) for number in range(1, ROWS + 1)]
                connection.execute(insert(table), rows)
        connection.execute(delete(sessions).where(sessions.c.id == ROWS))
    with acting(engine, BY) as act:
        act.note("test", "Ủy ban")
    yield engine
    engine.dispose()


def _row(connection: Connection, table: Table, number: int, chance: random.Random) -> dict[str, object]:
    return {column.name: _value(connection, column, number, chance) for column in table.columns}


def _value(connection: Connection, column: Column[object], number: int, chance: random.Random) -> object:
    if column is responses.c.id:
        moments = (LONG_AGO, IN_2024, NOW)
        return f"{lowest_uuid7(moments[number % 3])[:-2]}{number:02}"
    for key in column.foreign_keys:
        others = connection.execute(select(key.column).order_by(key.column)).scalars().all()
        return others[number - 1]
    if column.nullable and chance.random() < 0.3:
        return None
    if isinstance(column.type, LargeBinary):
        return bytes([number]) + chance.randbytes(31)
    if isinstance(column.type, String):
        letters = string.printable.replace("\x00", "") + "ếỬ🙂\\"
        most = min(column.type.length or 60, 60)
        return (f"{number}" + "".join(chance.choices(letters, k=60)))[:most]
    return number if column.primary_key else chance.randrange(1, 3000) * 10 + number


def test_both_ends_hold_the_same_rows(source: Engine, target: Engine) -> None:
    told: list[tuple[str, int, int]] = []
    moved = move(source, target, BY, progress=lambda *step: told.append(step))
    assert {name: held.rows for name, held in moved.items() if name not in ("audit", "sessions")} == {
        table.name: ROWS for table in metadata.sorted_tables if table not in (audit, sessions)
    }
    with reading(source) as here, reading(target) as moved_to:
        for table in metadata.sorted_tables:
            ordered = select(table).order_by(*table.primary_key.columns)
            rows = [tuple(row) for row in moved_to.execute(ordered)]
            wanted = [tuple(row) for row in here.execute(ordered)]
            assert sorted(map(repr, rows)) == sorted(map(repr, wanted)) or table is audit, table.name
        assert there(moved_to)[0].year == 2024, "a month of its own"
        counted = moved_to.exec_driver_sql(f"SELECT count(*) FROM {name_of(IN_2024.date().replace(day=1))}")
        assert counted.scalar_one() > 0
    assert told[-1][1:] == (1, 1) or told[-1][1] == told[-1][2]


@pytest.mark.parametrize("table", [responses, tokens], ids=["responses", "tokens"])
def test_a_changed_row_is_found(source: Engine, target: Engine, table: Table) -> None:
    moved = move(source, target, BY)
    with writing(target) as connection:
        (first,) = table.primary_key.columns if table is tokens else (responses.c.id,)
        id = connection.execute(select(first).limit(1)).scalar_one()
        connection.execute(table.update().where(first == id).values(unit="nơi khác"))
        assert differences(connection, {**moved, "audit": held_in(connection, audit)}) == [table.name]


def test_nothing_is_committed_if_the_two_differ(
    source: Engine, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_to_postgres, "differences", lambda *_: ["tokens"])
    with pytest.raises(ProblemError, match="HL5201"):
        move(source, target, BY)
    with reading(target) as connection:
        assert held_in(connection, tokens) == Held(0, 0)


def end_before_tokens_are_whole(source: str, target: str) -> None:
    """In a process of its own: move, and end in the middle."""

    def end(table: str, done: int, total: int) -> None:
        if table == "tokens" and done == total:
            os._exit(9)

    move(open_database(source), open_database(target), BY, progress=end)


def test_it_moves_into_an_empty_database_alone_and_a_killed_move_is_refused(
    source: Engine, target: Engine
) -> None:
    addresses = (engine.url.render_as_string(hide_password=False) for engine in (source, target))
    assert exit_code(end_before_tokens_are_whole, *addresses) == 9
    with reading(target) as connection:
        assert held_in(connection, tokens) == Held(0, 0)
    with pytest.raises(ProblemError, match="HL5200"):
        move(source, target, BY)


def test_new_rows_continue_the_numbers_also_of_rows_that_were_deleted(source: Engine, target: Engine) -> None:
    move(source, target, BY)
    with writing(target) as connection:
        values = {**_row(connection, sessions, 3, random.Random(1)), "digest": b"n" * 32}
        del values["id"]
        connection.execute(insert(sessions).values(values))
        assert connection.execute(select(func.max(sessions.c.id))).scalar_one() == ROWS + 1
        row = connection.execute(select(responses).order_by(responses.c.position.desc())).mappings().first()
        assert row is not None
        new = {**row, "id": lowest_uuid7(NOW)[:-2] + "ff", "seq": 999_999}
        del new["position"]
        connection.execute(insert(responses).values(new))
        assert connection.execute(select(func.max(responses.c.position))).scalar_one() > row["position"]


def test_the_audit_log_is_unbroken_with_one_line_more(source: Engine, target: Engine) -> None:
    move(source, target, BY)
    with reading(target) as connection:
        assert chain.verify(connection) == (2, None)


def test_the_command_is_refused_while_a_server_runs_and_moves_what_a_centre_holds(
    tmp_path: Path, server: Postgres
) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    central.close()
    url = server.fresh()
    words = ["migrate-db", "--from", str(central.folder), "--to", url]
    with holding(central.folder):
        refused = CliRunner().invoke(app, words)
    assert isinstance(refused.exception, ProblemError)
    assert refused.exception.problem.number == "HL5027"
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "hai nơi như nhau" in done.output
    assert not (central.folder / "central.db").exists()
    for words_after in (["devices", "list"], ["init"], ["serve", "--port", str(free_port())]):
        old = CliRunner().invoke(app, [*words_after, "--data", str(central.folder)])
        assert isinstance(old.exception, ProblemError), words_after
        assert old.exception.problem.number == "HL5206"
    moved = CliRunner().invoke(app, ["devices", "list", "--data", str(central.folder), "--database", url])
    assert "kiosk-1" in moved.output
    wrong = CliRunner().invoke(app, [*words[:-1], "sqlite:////tmp/x.db"])
    assert isinstance(wrong.exception, ProblemError)
    assert wrong.exception.problem.number == "HL5019"
    server.drop(url)
