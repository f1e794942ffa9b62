"""A database of any earlier version becomes one of today with everything in it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Engine, MetaData, Table, insert

from sync.central.app import Centre, build_app
from sync.central.intake.ingest import store
from sync.central.intake.judge import ROW, Form, judge
from sync.central.office.access import create_token
from sync.central.office.audit import chain
from sync.central.office.erasure_list import list_erasures
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.office.units.stored import load_units
from sync.central.store import rollups
from sync.central.store.database import open_database, reading, writing
from sync.central.store.upgrade import MIGRATIONS, migrate
from sync.contract.canonical import canonical_bytes
from sync.contract.survey import Survey, load_survey
from tests.support.postgres import Postgres
from tests.support.wire import CATALOGUE, NOW, ROOT, numbered


def script() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


# Every version of the tables but today's.
EARLIER = [each.revision for each in ScriptDirectory.from_config(script()).walk_revisions()][:0:-1]
SURVEY = load_survey(ROOT / "assets" / "surveys" / "kien-hung.toml")
FORMS = {(SURVEY.id, SURVEY.version): Form(SURVEY)}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    if request.param == "sqlite":
        found = open_database(f"sqlite:///{tmp_path / 'central.db'}")
    else:
        server: Postgres = request.getfixturevalue("server")
        found = open_database(server.fresh())
    yield found
    found.dispose()


def make_as_of(engine: Engine, revision: str) -> None:
    """A database as the version of `revision` left it, with something in every table that it had first."""
    config = script()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    there = MetaData()
    with writing(engine) as connection:
        there.reflect(connection)

        def put(table: str, *rows: dict[str, object]) -> None:
            found: Table = there.tables[table]
            for row in rows:
                connection.execute(insert(found).values(**row))

        put("facts", {"name": "epoch", "value": "3"})
        put("surveys", {"id": SURVEY.id, "version": SURVEY.version, "body": encoded(SURVEY)})
        files = json.dumps({"catalogue.toml": CATALOGUE})
        put("bundles", {"version": 1, "issued_at": NOW.isoformat(), "files": files})
        device = {"kind": "terminal", "unit": "phuong-mot", "counter": "1"}
        put("devices", {"id": "kiosk-1", "held": "[[1,3]]", "made": 3, **device})
        put("tokens", {"digest": b"t" * 32, "role": "admin", "label": "", "created_at": NOW.isoformat()})
        put("enrolments", {"digest": b"e" * 32, "device": "kiosk-1", "expires_at": 1})
        put("nonces", {"nonce": "n", "seen_at": 1})
        for response in numbered(3):
            judged = judge(
                canonical_bytes(response), device="kiosk-1", unit="phuong-mot", forms=FORMS, received_at=7
            )
            assert judged.row is not None
            values = dict(zip(ROW, judged.row, strict=True))
            put("responses", {name: values[name] for name in ROW if name in there.tables["responses"].c})
        aside = {"id": "x", "device": "kiosk-1", "seq": 2, "digest": b"a" * 32, "received_at": 7}
        put("set_aside", {**aside, "status": "conflict", "problem": "HL4005", "detail": "", "body": b"{}"})
        if "gone" in there.tables:
            put("gone", {"id": "y", "reason": "forgotten", "at": NOW.isoformat()})
            put("gone", {"id": "z", "reason": "retention", "at": NOW.isoformat()})
        if "tombstones" in there.tables:
            put("tombstones", {"number": 1, "id": "y", "at": NOW.isoformat()})
        chain.record(connection, now=NOW, who="test", act="test", subject="before")


def encoded(survey: Survey) -> str:
    return msgspec.json.encode(survey).decode()


@pytest.mark.parametrize("revision", EARLIER)
def test_a_database_of_an_earlier_version_keeps_everything(
    engine: Engine, revision: str, tmp_path: Path
) -> None:
    make_as_of(engine, revision)
    migrate(engine)
    make_keys(tmp_path / "keys", "20260302")
    centre = Centre(engine, now=lambda: NOW, keys=load_keys(tmp_path / "keys"))
    batch = [
        judge(
            canonical_bytes(each),
            device="kiosk-1",
            unit="phuong-mot",
            forms=centre.devices.forms,
            received_at=9,
        )
        for each in numbered(5)
    ]
    with writing(engine) as connection:
        receipts, held = store(connection, "kiosk-1", batch, 9, revoked=False)
        assert chain.verify(connection) == (1, None)
    assert [receipt.status for receipt in receipts] == ["duplicate"] * 3 + ["stored"] * 2
    assert held == ((1, 5),)
    token = admin_token(engine)
    with TestClient(build_app(centre)) as client:
        items = client.get("/v1/responses", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    assert [item["response"]["seq"] for item in items] == [1, 2, 3, 4, 5]
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 1
        load_units(connection)
        forgotten = (
            connection.exec_driver_sql("SELECT digest FROM gone WHERE reason = 'forgotten'").scalars().all()
        )
        assert [each.digest for each in list_erasures(connection)] == forgotten


def test_respondents_are_read_and_counted_and_old_zeros_are_gone(engine: Engine) -> None:
    make_as_of(engine, "0008")
    organisation = replace(numbered(4)[3], respondent="organisation")
    # A question or a word that looks like the member decides nothing.
    citizen = replace(numbered(5)[4], app='"respondent":"staff"')
    there = MetaData()
    with writing(engine) as connection:
        there.reflect(connection)
        for response in (organisation, citizen):
            body = canonical_bytes(response)
            judged = judge(body, device="kiosk-1", unit="phuong-mot", forms=FORMS, received_at=7)
            assert judged.row is not None
            values = dict(zip(ROW, judged.row, strict=True))
            columns = there.tables["responses"].c
            old = {name: values[name] for name in ROW if name in columns}
            connection.execute(insert(there.tables["responses"]).values(**old))
        zero = {
            "grain": "D",
            "period": "2026-01-01",
            "unit": "x",
            "survey": "x",
            "survey_version": 1,
            "plan": "",
        }
        zero |= {"procedure": "", "officer": "a01", "cell": 0, "value": "1", "n": 0}
        connection.execute(insert(there.tables["rollups"]).values(**zero))
        connection.execute(insert(there.tables["facts"]).values(name="rollups", value="1"))
    migrate(engine)
    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT seq, respondent FROM responses ORDER BY seq")
        assert [tuple(row) for row in rows][-2:] == [(4, "organisation"), (5, "citizen")]
        kept = {tuple(row[:-1]): row[-1] for row in connection.exec_driver_sql("SELECT * FROM rollups")}
        assert kept == dict(rollups.counted(connection))
    assert {key[5] for key in kept} == {"citizen", "organisation"}


def test_days_of_before_are_counted_anew_by_the_place_and_by_what_is_possible(engine: Engine) -> None:
    make_as_of(engine, "0008")
    with writing(engine) as connection:
        for seq, at in (
            (1, "2026-03-01T23:40:00Z"),
            (2, "2026-03-01T23:40:00+07:00"),
            (3, "2099-01-01T08:00:00+07:00"),
        ):
            connection.exec_driver_sql(
                f"UPDATE responses SET finished_at = '{at}', day = '{at[:10]}', "
                f"received_at = {int(NOW.timestamp() * 1000)} WHERE seq = {seq}"
            )
    migrate(engine)
    with reading(engine) as connection:
        days = connection.exec_driver_sql("SELECT day FROM responses ORDER BY seq").scalars()
        assert list(days) == ["2026-03-02", "2026-03-01", "2026-03-02"]
        counted = connection.exec_driver_sql(
            "SELECT DISTINCT period FROM rollups WHERE grain = 'D' AND n > 0"
        )
        assert sorted(counted.scalars()) == ["2026-03-01", "2026-03-02"]


def admin_token(engine: Engine) -> str:
    with writing(engine) as connection:
        return create_token(connection, now=NOW, token_text=lambda: "s" * 43, role="admin")


def test_there_is_an_earlier_version_to_come_from() -> None:
    assert EARLIER[0] == "0001"
