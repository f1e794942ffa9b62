"""Which versions of the software the terminals use, and which are offered, as a page."""

import re
from pathlib import Path

import msgspec
from sqlalchemy import select, update

from sync.central.office.audit.acts import By, acting
from sync.central.office.software import add_software, list_software, stage_software, withdraw_software
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, devices
from sync.contract.heartbeat import Heartbeat
from tests.support.browsing import words_of
from tests.support.releases import make_release, publisher
from tests.support.served_pages import PageCentre

PAGE = "/may/ban-moi"
DEVICE = re.compile(r"may-\d{3}")


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
    assert "0.9.0 một phần mười số máy 0 0 amd64 Python 3.11" in words
    assert "0.8.0 đã rút 1 1 amd64" in words
    assert "cài cùng gói" in words
    assert "/may/ban-moi" in browser.get("/he-thong").text
    only = words_of(browser.get("/may/ban-moi?ban=0.8.0")).partition("Máy đang dùng 0.8.0")[2]
    assert [each for each in DEVICE.findall(only) if each != row.id] == []
    assert row.id in only


def stages_of(centre: PageCentre) -> dict[str, tuple[str, str]]:
    with reading(centre.engine) as connection:
        return {each.version: (each.stage, each.device) for each in list_software(connection)}


def test_a_version_is_offered_step_by_step_paused_and_taken_back(
    own_centre: PageCentre, tmp_path: Path
) -> None:
    key, now = publisher(tmp_path), own_centre.centre.now()
    with acting(own_centre.engine, By("test", now)) as act:
        add_software(act, tmp_path, make_release(tmp_path, "0.9.0", key), {})
    steps = [("one", "may-001"), ("ten", ""), ("all", ""), ("none", "")]
    for step, device in steps:
        own_centre.send("quan-tri", PAGE, ban="0.9.0", buoc=step, may=device, ly_do="thử")
        assert stages_of(own_centre) == {"0.9.0": (step, device)}
    before = own_centre.digest()
    refusals = [
        ({"buoc": "one", "may": "khong-co"}, "HL5004"),
        ({"buoc": "one", "may": ""}, "HL4241"),
        ({"buoc": "all", "ly_do": " "}, "HL5071"),
        ({"ban": "7.7", "buoc": "all"}, "HL5216"),
    ]
    for changed, expected in refusals:
        fields = {"ban": "0.9.0", "ly_do": "thử", **changed}
        assert expected in own_centre.send("quan-tri", PAGE, **fields).text
    assert own_centre.digest() == before
    assert own_centre.send("tin-hoc", PAGE, ban="0.9.0", buoc="all", ly_do="thử").status_code == 404
    assert own_centre.send("tin-hoc", f"{PAGE}/rut", ban="0.9.0", ly_do="thử").status_code == 404
    assert "Đổi bước" not in own_centre.client("tin-hoc").get(PAGE).text
    assert own_centre.digest() == before
    own_centre.send("quan-tri", f"{PAGE}/rut", ban="0.9.0", ly_do="lỗi in")
    assert stages_of(own_centre) == {"0.9.0": ("withdrawn", "")}
    again = own_centre.send("quan-tri", f"{PAGE}/rut", ban="0.9.0", ly_do="lỗi in")
    assert "HL5217" in again.text
    query = select(audit.c.act, audit.c.subject, audit.c.detail).where(audit.c.act.like("software-%"))
    with reading(own_centre.engine) as connection:
        acts = [tuple(each) for each in connection.execute(query.order_by(audit.c.number))]
    assert acts[1] == ("software-stage", "0.9.0", "one may-001; thử")
    assert acts[-1] == ("software-withdraw", "0.9.0", "lỗi in")
    assert len(acts) == len(steps) + 2


def test_it_is_for_administrators_alone(pages: PageCentre) -> None:
    assert pages.client("chuyen-vien").get("/may/ban-moi").status_code == 403


def test_the_terminal_on_which_a_version_is_tried_is_named_to_those_who_look_after_it(
    own_centre: PageCentre, tmp_path: Path
) -> None:
    own = set(DEVICE.findall(own_centre.client("tin-hoc").get("/may").text))
    every = set(DEVICE.findall(own_centre.client("quan-tri").get("/may").text))
    key, now = publisher(tmp_path), own_centre.centre.now()
    for version, device, shown in (("0.8.0", min(own), True), ("0.9.0", min(every - own), False)):
        with acting(own_centre.engine, By("test", now)) as act:
            add_software(act, tmp_path, make_release(tmp_path, version, key), {})
            stage_software(act, version, "one", "thử", device=device)
        assert (device in own_centre.client("tin-hoc").get(PAGE).text) is shown
        assert device in own_centre.client("quan-tri").get(PAGE).text
