"""What the office decides reaches the glass of a running terminal, whose kiosk.toml says none of it."""

import base64
import shutil
import time
import tomllib
from functools import partial
from pathlib import Path

import msgspec
import pytest
import tomli_w

from sync.outbox.report import TerminalReport, read_report
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import FALLBACKS, Office, until

pytestmark = pytest.mark.screen

SIZE = {"width": 1024, "height": 600}
EMBLEM = Path(__file__).parents[1] / "support" / "emblem.png"
BOTH = """
[[assignments]]
id = "hang-ngay"
unit = "phuong-mau"
survey = "kien-hung"
plan = "kien-hung-2020"
respondents = ["citizen", "organisation"]
"""
OTHER = '[[assignments]]\nid = "dot-2"\nunit = "phuong-mau"\ncounter = "quay-1"\nsurvey = "van-thang"\n'
GREEN, RED = (0x0B, 0x5D, 0x63), (0x7A, 0x1F, 0x2B)


class Agent:
    """What the agent of a terminal does when a bundle has come: it writes a folder, and moves the link."""

    def __init__(self, office: Office) -> None:
        self.link, self.kept = office.folder / "bundle", office.folder / "bundles"
        shutil.move(self.link, self.kept / "first")
        folder = office.folder / "terminal" / "agent"
        folder.mkdir(parents=True)
        (folder / "enrolled.json").write_bytes(
            msgspec.json.encode({"device": "may-01", "unit": "phuong-mau"})
        )

    def places(self, version: int, assignments: str, office: str) -> None:
        new = self.kept / f"{version}-aaaa"
        shutil.copytree(self.kept / "first", new)
        issued = tomllib.loads((new / "bundle.toml").read_text("utf-8"))
        (new / "bundle.toml").write_text(tomli_w.dumps({**issued, "version": version}), "utf-8")
        (new / "assignments.toml").write_text(assignments, "utf-8")
        (new / "office.toml").write_text(office, "utf-8")
        draft = self.link.with_name("draft")
        draft.symlink_to(new)
        draft.replace(self.link)


def bare(office: Office) -> None:
    """Take out of kiosk.toml everything that the configuration decides."""
    path = office.folder / "kiosk.toml"
    settings = tomllib.loads(path.read_text("utf-8"))
    kept = {key: value for key, value in settings.items() if key not in FALLBACKS}
    path.write_text(tomli_w.dumps(kept), "utf-8")


def shows(display: Display, colour: tuple[int, int, int]) -> bool:
    colours = display.picture().getcolors(1024 * 600) or []
    return any(seen == colour and count > 5000 for count, seen in colours)


def reported(office: Office) -> TerminalReport:
    return read_report(office.folder / "terminal" / "outbox") or TerminalReport()


def test_form_respondents_and_look_reach_a_running_terminal_and_a_bad_one_is_reported(
    tmp_path: Path,
) -> None:
    described = tmp_path / "described.jsonl"
    changes = {"screen": SIZE, "volume": 0.0, "start_by_touch": True}
    with Display((1024, 600)) as display, Office(tmp_path / "office", changes) as office:
        bare(office)
        agent = Agent(office)
        emblem = base64.b64encode(EMBLEM.read_bytes()).decode()
        agent.places(1, BOTH, f'name.vi = "UBND phường Mẫu"\nemblem = "{emblem}"\n')
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.until(partial(shows, display, GREEN), "the colour of the program")
        assert list((office.folder / "terminal").glob("emblem-*.png"))
        until(lambda: reported(office).bundle == 1, "the report of version 1")

        finger.choose("Bắt đầu", "RespondentView")
        finger.choose("Cho cơ quan, tổ chức, doanh nghiệp", "RatingView")
        agent.places(2, OTHER, 'name.vi = "UBND phường Mẫu"\nprimary = "#7A1F2B"\n')
        finger.choose("Quay lại", "RespondentView")
        finger.choose("Để sau", "IdleView")
        display.until(partial(shows, display, RED), "the office's new colour")
        assert reported(office).bundle == 2
        finger.choose("Bắt đầu", "RatingView")
        assert "officer" in finger.until("RatingView").page
        finger.choose("Để sau", "IdleView")

        began = time.monotonic()
        agent.places(3, OTHER, 'name.vi = "UBND phường Mẫu"\naccent = "yellow"\n')
        until(lambda: reported(office).refused == 3, "the report of the refused version", 10)
        assert time.monotonic() - began < 5
        assert (reported(office).bundle, reported(office).refused_problem) == (2, "HL1003")
        agent.places(4, BOTH, 'name.vi = "UBND phường Mẫu"\n')
        until(lambda: reported(office).bundle == 4, "the report of version 4", 10)
        assert reported(office).refused == 0
        assert office.stop("kiosk") == 0
        assert "Traceback" not in office.log("kiosk")
