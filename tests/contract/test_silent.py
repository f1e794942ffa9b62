"""Which tablet is silent, since when, and whose clock is wrong: first, readable, and with an exit code."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import event, update

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.central.commands.device_lines import device_lines
from sync.central.office.attention import Need, by_need
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import list_devices
from sync.central.store.database import reading, writing
from sync.central.store.schema import devices
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.plan import VIET_NAM
from sync.host.clock import local_now
from tests.support.wire import NOW, ROOT, CentreUnderTest, write_bundle


def _same(moment: datetime) -> datetime:
    return moment


def listed(central: CentreUnderTest, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "sync.central", "devices", "list", "--data", str(central.folder)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def test_the_silent_come_first_with_their_age_and_a_wrong_clock_is_named(tmp_path: Path) -> None:
    now = local_now()
    seen = {"kiosk-2": now - timedelta(days=3), "kiosk-1": now}
    central = CentreUnderTest(tmp_path / "centre", now=lambda: now)
    for device, moment in seen.items():
        central.now = partial(_same, moment)
        central.open()
        with TestClient(central.app) as client:
            central.enrolled(client, device, tmp_path / device)
            sender = Sender(Wire(client, central.now), load_identity(tmp_path / device))
            clock = moment + timedelta(days=2) if device == "kiosk-1" else moment
            beat = Heartbeat(at=clock, made=0, queue=0)
            assert isinstance(sender.heartbeat(beat, timedelta(0)), HeartbeatReply)
    code, text = listed(central)
    lines = text.splitlines()
    assert code == 0
    assert lines[0].startswith("kiosk-2 (phuong-mot): IM LẶNG 3 ngày, từ ")
    heads = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert heads == ["kiosk-2", "kiosk-1", "desk-1"]
    last = "\n".join(lines[-4:-2])
    assert "ĐỒNG HỒ nhanh 2 ngày" in last or "ĐỒNG HỒ nhanh 1 ngày" in last
    assert "chưa dùng cấu hình nào, mới nhất là 1; chậm từ " in last
    assert max(map(len, lines)) <= 80
    code, text = listed(central, "--wrong", "--json")
    assert (code, [each["id"] for each in json.loads(text)]) == (1, ["kiosk-2", "kiosk-1"])
    silent, heard = json.loads(text)
    assert 3 * 86400 <= silent["silent_seconds"] < 3 * 86400 + 600
    assert datetime.fromisoformat(silent["since"]) == seen["kiosk-2"]
    assert silent["since"].endswith("+07:00")
    assert heard["silent_seconds"] is None
    central.close()


MONDAY = datetime(2026, 3, 2, tzinfo=VIET_NAM)
SATURDAY = MONDAY - timedelta(days=2)
MORNING = 'opening = [{days = ["mon"], start = 07:30:00, end = 17:00:00}]\n'
HOLIDAY = "special_days = [{day = 2026-03-02}]\n"


@pytest.mark.parametrize(
    ("office", "at", "silent"),
    [
        ("", MONDAY.replace(hour=3), True),
        (MORNING, MONDAY.replace(hour=7, minute=29), False),
        (MORNING, MONDAY.replace(hour=7, minute=31), False),
        (MORNING, MONDAY.replace(hour=7, minute=41), True),
        (MORNING, MONDAY.replace(hour=17, minute=1), True),
        (MORNING + HOLIDAY, MONDAY.replace(hour=9), False),
    ],
    ids=["no hours", "before", "just opened", "open", "after a silent day", "holiday"],
)
def test_a_tablet_is_silent_only_if_its_office_is_open_or_was(
    central: CentreUnderTest, tmp_path: Path, office: str, at: datetime, silent: bool
) -> None:
    seen = at - timedelta(hours=12)
    central.now = lambda: seen
    folder = write_bundle(tmp_path / "newer", version=2)
    (folder / "office.toml").write_text(office)
    with acting(central.engine, By("test", seen)) as act:
        import_bundle(act, folder)
    central.open()
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", tmp_path / "kiosk-1")
        assert isinstance(sender.heartbeat(Heartbeat(at=seen, made=0, queue=0), timedelta(0)), HeartbeatReply)
    with reading(central.engine) as connection:
        (found,) = list_devices(connection, "kiosk-1", now=at)
    (attended,) = by_need([found], at, "")
    assert (found.silent(at) is not None, attended.wrong) == (silent, silent)
    assert device_lines([attended], at)[0].startswith(
        "kiosk-1 (phuong-mot): " + ("IM LẶNG 12 giờ" if silent else "ngoài giờ, lần cuối")
    )


WINDOW = """
[[assignments]]
id = "hang-ngay"
unit = "phuong-mot"
survey = "kien-hung"
ends = 2026-02-27
[[assignments]]
id = "ngay-thu-bay"
unit = "phuong-mot"
counter = "1"
survey = "kien-hung"
starts = 2026-02-28
ends = 2026-02-28
hours = [{days = ["sat"], start = 08:00:00, end = 11:00:00}]
"""


@pytest.mark.parametrize(
    ("at", "silent"),
    [
        (SATURDAY.replace(hour=9), True),
        (SATURDAY.replace(hour=8, minute=5), False),
        (SATURDAY.replace(hour=12), True),
        (MONDAY.replace(hour=9), True),
        (MONDAY + timedelta(days=40), False),
    ],
    ids=[
        "in the window of a plan",
        "just begun",
        "after it",
        "days after it",
        "nothing was asked for a month",
    ],
)
def test_a_tablet_is_silent_only_if_it_has_something_to_ask_or_had(
    central: CentreUnderTest, tmp_path: Path, at: datetime, silent: bool
) -> None:
    seen = datetime(2026, 2, 27, 12, tzinfo=VIET_NAM)
    central.now = lambda: seen
    folder = write_bundle(tmp_path / "newer", version=2)
    (folder / "office.toml").write_text(MORNING)
    (folder / "assignments.toml").write_text(WINDOW)
    with acting(central.engine, By("test", seen)) as act:
        import_bundle(act, folder)
    central.open()
    with TestClient(central.app) as client:
        sender = central.enrolled(client, "kiosk-1", tmp_path / "kiosk-1")
        assert isinstance(sender.heartbeat(Heartbeat(at=seen, made=0, queue=0), timedelta(0)), HeartbeatReply)
    with reading(central.engine) as connection:
        (found,) = list_devices(connection, "kiosk-1", now=at)
    assert (found.silent(at) is not None) == silent


def test_a_list_of_more_devices_takes_no_more_queries(tmp_path: Path) -> None:
    few, many = (
        CentreUnderTest(tmp_path / "few"),
        CentreUnderTest(tmp_path / "many", devices=tuple(f"kiosk-{number}" for number in range(50))),
    )
    taken = []
    statements: list[str] = []
    for central in (few, many):
        with writing(central.engine) as connection:
            connection.execute(update(devices).values(public_key=b"x" * 32))
        statements.clear()
        event.listen(central.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        with reading(central.engine) as connection:
            found = list_devices(connection, now=NOW, units={"phuong-mot"})
        assert {reason.need for each in by_need(found, NOW, "") for reason in each.reasons} == {Need.UNHEARD}
        taken.append(len(statements))
        central.close()
    assert taken[0] == taken[1]
