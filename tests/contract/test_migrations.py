"""A database of any version becomes one of today with everything in it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from litestar.testing import TestClient
from msgspec.structs import asdict
from sqlalchemy import Engine, MetaData, Table, insert

from sync.central.app import Centre, build_app
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, judge
from sync.central.office.access import create_token
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.erasure_list import list_erasures
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.office.units.stored import load_units
from sync.central.store.database import open_database, reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.upgrade import MIGRATIONS, migrate
from sync.contract.canonical import canonical_bytes
from sync.contract.survey import Survey
from tests.support.assets import load_survey
from tests.support.postgres import Postgres
from tests.support.wire import CATALOGUE, NOW, ROOT, numbered


def script() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


# Every version of the tables there has been, today's last.
VERSIONS = [each.revision for each in ScriptDirectory.from_config(script()).walk_revisions()][::-1]
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
    """A database as the version of `revision` left it, with something in it."""
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
        bundle = {"unit": "phuong-mot", "issued_at": NOW.isoformat(), "basis": "", "digest": "0" * 64}
        put("bundles", {"version": 1, "files": files, **bundle})
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
            columns = there.tables["responses"].c
            put("responses", {name: value for name, value in asdict(judged.row).items() if name in columns})
        aside = {"id": "x", "device": "kiosk-1", "seq": 2, "digest": b"a" * 32, "received_at": 7}
        put("set_aside", {**aside, "status": "conflict", "problem": "HL4005", "detail": "", "body": b"{}"})
        for id, reason in (("y", "forgotten"), ("z", "retention")):
            put("gone", {"digest": digest_of(id), "reason": reason, "day": f"{NOW:%Y-%m-%d}"})
        put("tombstones", {"number": 1, "digest": digest_of("y"), "id": "y", "at": NOW.isoformat()})
        chain.record(connection, now=NOW, who="test", act="test", subject="before")


def encoded(survey: Survey) -> str:
    return msgspec.json.encode(survey).decode()


def test_migrations_are_numbered_in_their_order_and_named_by_their_number() -> None:
    assert [f"{number:04}" for number in range(1, len(VERSIONS) + 1)] == VERSIONS
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("m*.py"))
    assert [name.partition("_")[0] for name in files] == [f"m{version}" for version in VERSIONS]


@pytest.mark.parametrize("revision", VERSIONS)
def test_a_database_of_any_version_keeps_everything(engine: Engine, revision: str, tmp_path: Path) -> None:
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


def admin_token(engine: Engine) -> str:
    with acting(engine, By("test", NOW)) as act:
        return create_token(act, token_text=lambda: "s" * 43, role="admin")
