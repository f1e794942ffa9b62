"""A terminal from nothing: one code on its first-start screen, and it serves. No file is edited."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w

from sync.contract.enrolment import Enrolled
from sync.host.first_start import CODE_FILE, read_enrolled
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

SIZE = {"width": 1280, "height": 800}


def unenrolled(office: Office) -> None:
    """As the guide leaves a new tablet: its two files hold what belongs to the device alone."""
    kiosk = tomllib.loads((office.folder / "kiosk.toml").read_text("utf-8"))
    for key in ("device", "unit", "counter"):
        kiosk.pop(key, None)
    kiosk["bundle"] = "terminal/agent/bundle"
    (office.folder / "kiosk.toml").write_text(tomli_w.dumps(kiosk), "utf-8")
    agent = {"outbox": "terminal/outbox", "folder": "terminal/agent", "bundle": "terminal/agent/bundle"}
    (office.folder / "agent.toml").write_text(tomli_w.dumps(agent), "utf-8")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path / "office", {"screen": SIZE, "volume": 0.0}) as made:
        unenrolled(made)
        made.start_centre()
        yield made


def central(office: Office, *words: str) -> str:
    """The last line that a command of the centre prints."""
    return office.run("central", *words, "--data", str(office.folder / "centre")).splitlines()[-1]


def start(office: Office, screen: Display, described: Path) -> Finger:
    office.start_agent(enrol=False)
    office.start_kiosk({**os.environ, **screen.environment()}, "--describe", str(described))
    finger = Finger(screen, described)
    finger.until("FirstStartView")
    return finger


def test_one_scan_and_it_serves(office: Office, tmp_path: Path) -> None:
    central(office, "address", office.address)
    with Display() as screen:
        finger = start(office, screen, tmp_path / "described.jsonl")
        finger.press("English")
        finger.until_offered("Tiếng Việt")
        finger.press("K")
        finger.press("Next")  # no whole code: it says so, and stays
        finger.scan(office.card("procedure", "1.001193"))  # nor is this one

        code = central(office, "enrol-token", "--unit", "phuong-mau", "--counter", "quay-1", "--plain")
        assert code.endswith(f"@{office.address.removeprefix('https://')}")
        finger.scan_until(code, lambda picture: picture.page.endswith("enrolled"), "enrolled")
        finger.until("IdleView")
        assert office.is_running("kiosk")
        assert office.is_running("agent")
        assert not (office.folder / "terminal" / "outbox" / CODE_FILE).exists()
        assert read_enrolled(office.folder / "terminal" / "agent") == Enrolled(
            "may-01", "phuong-mau", {"vi": "UBND phường Mẫu", "en": "Mẫu Ward People's Committee"}
        )
        office.stop("kiosk")
