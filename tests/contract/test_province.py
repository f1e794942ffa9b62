"""The invented province is what it says, and was stored as real responses are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import Connection

from sync.central.app import Centre, build_app
from sync.central.office.attention import Need, reasons_of
from sync.central.office.devices import DeviceStatus, list_devices
from sync.central.office.invented import is_invented
from sync.central.office.keys.stored import load_keys
from sync.central.store import rollups
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url
from sync.contract.canonical import decode_response
from tests.support.postgres import Postgres, programs
from tests.support.province import SMALL, WHOLE, Province, small_province
from tests.support.province.arriving import RELEASE
from tests.support.province.keeping import KEPT_FOR, keep, kept_province
from tests.support.province.people import accounts_of
from tests.support.province.places import DAILY, ROUND, Trouble
from tests.support.province.visits import SILENT_DAYS, UNHAPPY_DAYS

UNTIL = datetime.fromisoformat("2026-11-26T16:30:00+07:00")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return small_province(tmp_path_factory.mktemp("province"), UNTIL)


@pytest.fixture
def stored(province: Province) -> Iterator[Connection]:
    engine = open_database(database_url(province.data, province.url))
    with reading(engine) as connection:
        yield connection
    engine.dispose()


def contents(connection: Connection) -> list[tuple[Any, ...]]:
    columns = "id, device, seq, survey, unit, procedure, officer, outcome, day, cells, sealed_box IS NULL"
    return sorted(tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM responses"))


def test_the_same_seed_and_moment_give_the_same_province(
    stored: Connection, province: Province, tmp_path: Path
) -> None:
    again = small_province(tmp_path, UNTIL)
    engine = open_database(database_url(again.data, None))
    with reading(engine) as connection:
        assert contents(connection) == contents(stored)
    engine.dispose()


def test_every_response_is_stored_by_the_real_ingest(stored: Connection, province: Province) -> None:
    rows = contents(stored)
    assert len(rows) == province.responses > 500
    assert stored.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 0
    kept = {tuple(row[:-1]): row[-1] for row in stored.exec_driver_sql("SELECT * FROM rollups")}
    assert kept == dict(rollups.counted(stored))
    assert is_invented(stored)


def test_nothing_is_later_than_the_last_moment(stored: Connection) -> None:
    latest = stored.exec_driver_sql("SELECT max(received_at) FROM responses").scalar_one()
    assert latest <= UNTIL.timestamp() * 1000
    bodies = stored.exec_driver_sql("SELECT body FROM responses").scalars()
    assert max(decode_response(bytes(body)).finished_at for body in bodies) < UNTIL


def test_devices_are_as_odd_as_places_says(stored: Connection, province: Province) -> None:
    devices = {device.id: device for device in list_devices(stored, now=UNTIL)}
    reasons = {device.id: reasons_of(device, UNTIL, RELEASE) for device in devices.values()}
    needs = {id: {reason.need for reason in found} for id, found in reasons.items() if found}
    assert needs == {
        province.odd(Trouble.SILENT).id: {Need.SILENT},
        province.odd(Trouble.UNSENT).id: {Need.UNSENT},
        province.odd(Trouble.CLOCK).id: {Need.CLOCK},
        province.odd(Trouble.CRASHING).id: {Need.CRASHES},
    }

    def device(trouble: Trouble) -> DeviceStatus:
        return devices[province.odd(trouble).id]

    silent = device(Trouble.SILENT).silent(UNTIL)
    assert silent is not None
    assert silent > timedelta(days=SILENT_DAYS - 1)
    assert province.waiting == {
        device(Trouble.UNSENT).id: device(Trouble.UNSENT).made - device(Trouble.UNSENT).held
    }


def test_one_counter_is_unhappy(stored: Connection, province: Province) -> None:
    since = (UNTIL - timedelta(days=UNHAPPY_DAYS - 1)).date().isoformat()
    query = "SELECT device, cells FROM responses WHERE outcome = 'complete' AND survey = ? AND day >= ?"
    levels: dict[bool, list[int]] = {True: [], False: []}
    for device, cells in stored.exec_driver_sql(query, (DAILY, since)):
        levels[device == province.odd(Trouble.UNHAPPY).id].append(int(cells.partition(",")[0]))
    here, elsewhere = (sum(level <= 2 for level in each) / len(each) for each in levels.values())
    assert here > 0.3
    assert elsewhere < 0.2


def test_the_last_communes_returns_are_unknown(province: Province) -> None:
    engine = open_database(database_url(province.data, None))
    centre = Centre(engine, now=lambda: UNTIL, keys=load_keys(province.data / "keys"))
    token = {"Authorization": f"Bearer {province.token()}"}
    with TestClient(build_app(centre)) as client:
        days = {"from": "2026-11-12", "to": "2026-11-26"}
        reply = client.get("/v1/summary", params={**days, "by": "unit"}, headers=token).json()
    engine.dispose()
    assert reply["handovers"]["unlisted"] == [province.communes[-1].code]
    units = {row["by"]["unit"]: row for row in reply["handovers"]["rows"]}
    for commune in province.communes[:-1]:
        assert units[commune.code]["returned"] > units[commune.code]["tagged"]
    assert units[province.communes[-1].code]["returned"] is None
    assert {survey["survey"] for survey in reply["surveys"]} == {DAILY, ROUND}


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_it_is_the_same_on_postgresql(stored: Connection, tmp_path: Path, server: Postgres) -> None:
    url = server.fresh()
    again = small_province(tmp_path, UNTIL, url)
    engine = open_database(url)
    with reading(engine) as connection:
        assert contents(connection) == contents(stored)
    engine.dispose()
    server.drop(url)
    assert again.url == url


def test_each_account_is_let_in_by_a_link_and_by_a_session(province: Province) -> None:
    with province.database() as engine:
        keys = load_keys(province.data / "keys")
        app = build_app(Centre(engine, now=lambda: UNTIL, keys=keys))
        for account in accounts_of(province.communes):
            with TestClient(app, base_url="https://testserver.local") as client:
                client.headers["Sec-Fetch-Site"] = "same-origin"
                reply = client.post(province.sign_in_path(account.login), follow_redirects=False)
                assert reply.status_code == 303, reply.text
                assert "__Host-hl=" in reply.headers["set-cookie"]
                client.cookies = {"__Host-hl": province.session(account.login)}
                assert account.name in client.get("/mat-khau").text


def test_a_province_is_kept_for_a_day(province: Province) -> None:
    folder = province.data.parent
    assert kept_province(folder, SMALL, UNTIL) is None
    keep(province, folder)
    assert kept_province(folder, SMALL, UNTIL + KEPT_FOR) == province
    assert kept_province(folder, SMALL, UNTIL + KEPT_FOR + timedelta(seconds=1)) is None
    assert kept_province(folder, WHOLE, UNTIL) is None
