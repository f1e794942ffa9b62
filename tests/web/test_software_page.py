"""Which versions of the software the terminals use, and which are offered, as a page."""

from pathlib import Path

import msgspec
from sqlalchemy import select, update

from sync.central.office.audit.acts import By, acting
from sync.central.office.software import add_software, stage_software, withdraw_software
from sync.central.store.database import writing
from sync.central.store.schema import devices
from sync.contract.heartbeat import Heartbeat
from tests.support.browsing import words_of
from tests.support.releases import make_release, publisher
from tests.support.served_pages import PageCentre


def test_versions_stages_and_failures_are_on_one_page(own_centre: PageCentre, tmp_path: Path) -> None:
    browser = own_centre.client("quan-tri")
    key, now = publisher(tmp_path), own_centre.centre.now()
    with acting(own_centre.engine, By("test", now)) as act:
        for version in ("0.8.0", "0.9.0"):
            add_software(act, tmp_path, make_release(tmp_path, version, key), {})
        stage_software(act, "0.9.0", "ten", "thử")
        withdraw_software(act, "0.8.0", "hỏng")
    with writing(own_centre.engine) as connection:
        row = connection.execute(
            select(devices.c.id, devices.c.heartbeat).where(devices.c.heartbeat.is_not(None)).limit(1)
        ).one()
        beat = msgspec.json.decode(row.heartbeat, type=Heartbeat)
        failed = msgspec.structs.replace(beat, app="0.8.0", release="0.9.0", release_problem="HL4247")
        connection.execute(
            update(devices)
            .where(devices.c.id == row.id)
            .values(heartbeat=msgspec.json.encode(failed).decode())
        )
    words = words_of(browser.get("/may/ban-moi"))
    assert f"{row.id} : Phần mềm 0.9.0" in words
    assert "(HL4247)" in words
    assert "0.9.0 một phần mười số máy 0 amd64 Python 3.11" in words
    assert "0.8.0 đã rút 1 amd64" in words
    assert "cài cùng gói" in words
    assert "/may/ban-moi" in browser.get("/he-thong").text


def test_it_is_for_administrators_alone(pages: PageCentre) -> None:
    assert pages.client("chuyen-vien").get("/may/ban-moi").status_code == 403
