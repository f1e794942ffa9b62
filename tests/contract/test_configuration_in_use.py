"""The centre knows which configuration each terminal uses, since when it lags, and why it refused one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from sync.central.api import device_desk
from sync.central.commands.device_lines import device_facts
from sync.central.office.attention import CRASHES, by_need
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import SILENT, DeviceStatus, list_devices
from sync.central.store.database import reading, writing
from sync.central.store.schema import bundles
from sync.contract.heartbeat import Heartbeat
from sync.contract.problem.files import ENTRY_INVALID
from sync.outbox.report import TerminalReport, write_report
from tests.contract.conftest import Run
from tests.support import lying_network as lies
from tests.support.tablet import Tablet, fill
from tests.support.wire import DEVICES, NOW, CentreUnderTest, write_bundle


@pytest.fixture
def tablet(central: CentreUnderTest, tmp_path: Path) -> Iterator[Tablet]:
    found = Tablet(tmp_path, central)
    found.configured()
    (tmp_path / "outbox").mkdir()
    yield found
    found.receipts.close()


def of(central: CentreUnderTest) -> DeviceStatus:
    """What the centre knows of the tablet."""
    with reading(central.engine) as connection:
        (found,) = list_devices(connection, "kiosk-1")
    return found


def wrong(status: DeviceStatus) -> bool:
    """Whether a person has to look at it."""
    (attended,) = by_need([status], NOW, "")
    return attended.wrong


def issue_unreadable(central: CentreUnderTest) -> None:
    """Version 2, with an entry that only a later release knows."""
    with writing(central.engine) as connection:
        row = connection.execute(select(bundles).order_by(bundles.c.version.desc()).limit(1)).one()
        files = msgspec.json.decode(row.files, type=dict[str, str])
        files["surveys/kien-hung.toml"] = "of_tomorrow = 1\n" + files["surveys/kien-hung.toml"]
        body = msgspec.json.encode(files).decode()
        connection.execute(insert(bundles).values({**row._mapping, "version": 2, "files": body}))
    central.open()


def issue_readable(central: CentreUnderTest, folder: Path) -> None:
    """Version 3, of a unit that has a device more."""
    with acting(central.engine, By("test", NOW)) as act:
        import_bundle(act, write_bundle(folder, version=3, devices=(*DEVICES, "kiosk-9")))


def test_a_bundle_that_a_tablet_refuses_is_visible_within_two_signs_of_life_with_the_reason(
    tablet: Tablet, central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    assert tablet.beats() is None
    issue_unreadable(central)
    problem = tablet.beats()
    assert problem is not None
    assert problem.kind is ENTRY_INVALID
    assert tablet.beats() is None, "nothing new came: the next heartbeat keeps its interval"
    status = of(central)
    assert (status.bundle, status.newest, status.lags_since) == (1, 2, NOW.isoformat())
    assert (status.refused, status.refused_problem) == (2, "HL1003")
    assert status.refused_title == ENTRY_INVALID.title
    assert status.refused_where.startswith("surveys/kien-hung.toml")
    assert wrong(status)
    (attended,) = by_need([status], NOW, "")
    assert device_facts(attended, NOW)["refused_where"] == status.refused_where
    assert device_facts(attended, NOW)["reasons"] == ["refused", "problem"]
    lines = run("devices", "list").splitlines()
    assert any(f"TỪ CHỐI cấu hình 2: HL1003 {ENTRY_INVALID.title}" in line for line in lines)
    assert max(map(len, lines)) <= 80
    issue_readable(central, tmp_path / "fixed")
    assert tablet.beats() is None
    assert tablet.beats() is None
    status = of(central)
    assert (status.bundle, status.newest, status.lags_since, status.refused) == (3, 3, "", 0)
    assert not wrong(status)


def test_a_configuration_that_was_refused_is_not_fetched_again(
    tablet: Tablet, central: CentreUnderTest
) -> None:
    assert tablet.beats() is None
    issue_unreadable(central)
    sizes: list[int] = []

    def counting(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        answer = lies.honest(inner, request)
        content = answer.read()
        if request.url.path == "/v1/config":
            sizes.append(len(content))
        return lies.answering(answer.status_code, content, answer.headers)

    tablet.hears(counting)
    for _ in range(3):
        tablet.beats()
    assert sizes[0] > 1000
    assert sizes[1:] == [0, 0]


def test_what_the_terminal_reports_about_itself_reaches_the_centre(
    tablet: Tablet, central: CentreUnderTest
) -> None:
    assert tablet.beats() is None
    report = TerminalReport(
        bundle=0, refused=1, refused_problem="HL1005", refused_where="assignments.toml", crashes=CRASHES - 1
    )
    write_report(tablet.folder / "outbox", report)
    assert tablet.beats() is None
    status = of(central)
    assert (status.bundle, status.refused, status.refused_problem) == (0, 1, "HL1005")
    assert (status.refused_where, status.crashes) == ("assignments.toml", CRASHES - 1)
    assert wrong(status)
    write_report(tablet.folder / "outbox", TerminalReport(bundle=1, crashes=CRASHES - 1))
    assert tablet.beats() is None
    assert not wrong(of(central))
    write_report(tablet.folder / "outbox", TerminalReport(bundle=1, crashes=CRASHES))
    assert tablet.beats() is None
    assert wrong(of(central))


@pytest.mark.parametrize("text", ["", "{", '{"crashes": -1}', '{"bundle": "two"}'])
def test_a_report_that_cannot_be_read_stops_no_heartbeat(
    tablet: Tablet, central: CentreUnderTest, text: str
) -> None:
    assert tablet.beats() is None
    (tablet.folder / "outbox" / "terminal.json").write_text(text)
    assert tablet.beats() is None
    assert of(central).bundle == 1, "the one that the agent has placed"


def test_a_centre_of_an_earlier_release_still_gets_heartbeats(
    tablet: Tablet, central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = {"refused", "refused_problem", "refused_where", "crashes"}
    fields = [each for each in msgspec.structs.fields(Heartbeat) if each.name not in new]
    earlier = msgspec.defstruct(
        "Heartbeat",
        [
            (each.name, each.type) if each.required else (each.name, each.type, each.default)
            for each in fields
        ],
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
    )
    monkeypatch.setattr(device_desk, "Heartbeat", earlier)
    write_report(tablet.folder / "outbox", TerminalReport(bundle=7, crashes=2))
    assert tablet.beats() is None
    assert (of(central).bundle, of(central).crashes) == (7, 0)


def test_the_answer_to_a_batch_announces_a_newer_configuration_once(
    tablet: Tablet, central: CentreUnderTest, tmp_path: Path
) -> None:
    heartbeats = tablet.agent().heartbeats
    assert tablet.beats() is None
    fill(tablet.folder / "outbox", 1)
    tablet.sends()
    assert not heartbeats.is_news()
    issue_readable(central, tmp_path / "newer")
    fill(tablet.folder / "outbox", 2)
    tablet.sends()
    assert heartbeats.is_news()
    tablet.hears(lies.lost_answer)
    assert tablet.beats() is not None
    assert not heartbeats.is_news(), "the next one follows soon anyway"
    tablet.hears()
    assert tablet.beats() is None
    fill(tablet.folder / "outbox", 3)
    tablet.sends()
    assert not heartbeats.is_news()
    assert tablet.configuration is not None
    assert tablet.configuration.version() == of(central).newest > 1


def test_a_batch_is_a_sign_of_life_and_says_nothing_about_the_clock(
    tablet: Tablet, central: CentreUnderTest
) -> None:
    central.now = lambda: NOW + timedelta(seconds=5)
    central.open()
    assert tablet.beats() is None
    central.now = lambda: NOW + timedelta(hours=1)
    fill(tablet.folder / "outbox", 1)
    tablet.sends()
    status = of(central)
    assert status.silent(NOW + timedelta(hours=1) + SILENT) is None
    assert status.silent(NOW + timedelta(hours=1, seconds=1) + SILENT) is not None
    assert status.clock_offset == 5


def test_a_tablet_that_has_never_reported_does_not_lag(central: CentreUnderTest) -> None:
    assert (of(central).bundle, of(central).lags_since, of(central).refused) == (0, "", 0)
    assert wrong(replace(of(central), enrolled=True, crashes=CRASHES))
