"""The configuration in use changes between two visits; see the promises of kiosk/configuration.py."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.events import Answered, NotNow
from kiosk.facts import Facts
from kiosk.session import Rules
from sync.contract.canonical import decode_response
from sync.contract.problem.terminal import NOT_ASKED_TODAY
from sync.outbox import OutboxReader
from sync.outbox.report import FILE, TerminalReport, read_report
from tests.flows.test_terminal import DOSSIERS
from tests.support.office import ROOT
from tests.unit.test_housekeeping import MORNING, NIGHT, House
from tests.unit.test_usable import bundle_at

DAILY = '[[assignments]]\nid = "hang-ngay"\nunit = "phuong-mau"\nsurvey = "kien-hung"\n'
EVENINGS = """
[[assignments]]
id = "buoi-toi"
unit = "phuong-mau"
survey = "van-thang"
plan = "kien-hung-2020"
hours = [{ days = ["mon"], start = 18:00:00, end = 21:00:00 }]
"""
LATER = MORNING + timedelta(hours=1)


class Linked(House):
    """A terminal whose bundle the agent puts in place by moving a link."""

    def place_bundle(self, folder: Path) -> Path:
        self.kept = folder / "bundles"
        link = folder / "bundle"
        link.symlink_to(bundle_at(self.kept / "1-aaaa"))
        return link

    def issue(self, version: int, **files: str) -> None:
        """The agent places this version, with these files in addition."""
        new = bundle_at(self.kept / f"{version}-aaaa")
        (new / "plans").mkdir()
        shutil.copy(ROOT / "assets" / "plans" / "kien-hung-2020.toml", new / "plans")
        text = (new / "bundle.toml").read_text("utf-8").replace("version = 1", f"version = {version}")
        (new / "bundle.toml").write_text(text, "utf-8")
        for name, content in files.items():
            (new / f"{name}.toml").write_text(content, "utf-8")
        draft = self.bundle.with_name("draft")
        draft.symlink_to(new)
        draft.replace(self.bundle)

    @property
    def report(self) -> TerminalReport:
        found = read_report(self.keeper.folder)
        assert found is not None
        return found

    @property
    def screen(self) -> str:
        return self.terminal.state.phase

    @property
    def rules(self) -> Rules:
        return self.terminal.rules


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Linked]:
    house = Linked(tmp_path)
    house.keeping.open_store()
    yield house
    house.keeper.close()


def test_a_new_configuration_or_another_assignment_counts_from_the_next_visit_on(house: Linked) -> None:
    house.terminal.scanned(DOSSIERS[0])
    house.issue(2, assignments=DAILY + EVENINGS)
    before = house.rules
    house.keeping.look_for_news(LATER)
    house.keeping.look_at_the_clock(NIGHT)
    assert house.rules is before
    house.keeping.look_at_the_clock(LATER)
    house.now = NIGHT
    house.terminal.send(NotNow())
    assert (house.rules.survey.id, house.rules.plan, house.terminal.state.phase) == (
        "van-thang",
        "kien-hung-2020",
        "idle",
    )


def test_a_configuration_that_comes_while_the_terminal_starts_is_taken(tmp_path: Path) -> None:
    class Slow(Linked):
        def while_it_starts(self) -> None:
            self.issue(2, assignments=DAILY)

    house = Slow(tmp_path)
    house.keeping.open_store()
    house.keeping.look_for_news(LATER)
    assert house.report.bundle == 2
    house.keeper.close()


def test_an_assignment_opens_the_terminal_when_it_begins_and_ends_between_two_visits(house: Linked) -> None:
    house.issue(2, assignments=DAILY + EVENINGS, office=OFFICE)
    house.keeping.look_for_news(LATER)
    phases = []
    for hour in (8, 17.5, 18, 21):
        now = MORNING.replace(hour=0) + timedelta(hours=hour)
        house.keeping.look_at_the_clock(now)
        phases.append((house.terminal.state.phase, house.rules.survey.id))
    assert phases == [
        ("idle", "kien-hung"),
        ("closed", "kien-hung"),
        ("idle", "van-thang"),
        ("closed", "kien-hung"),
    ]
    house.keeping.look_at_the_clock(MORNING.replace(hour=20))
    house.terminal.scanned(DOSSIERS[0])
    house.keeping.look_at_the_clock(MORNING.replace(hour=22))
    assert (house.terminal.state.phase, house.rules.survey.id) == ("ready", "van-thang")


OFFICE = """
name.vi = "UBND phường Mẫu mới"
opening = [{ days = ["mon"], start = 07:30:00, end = 17:00:00 }]
"""


def test_a_configuration_that_can_t_be_used_changes_nothing_and_its_version_and_problem_are_seen(
    house: Linked,
) -> None:
    before = house.rules
    house.issue(7, assignments="assignments = 7")
    house.keeping.look_for_news(LATER)
    assert house.rules is before
    assert (house.glass.facts.bundle, house.glass.facts.version) == ("HL1003", 1)
    report = house.report
    assert (report.bundle, report.refused, report.refused_problem) == (1, 7, "HL1003")
    assert "assignments.toml" in report.refused_where
    house.issue(8, office='name.vi = "UBND phường Mẫu"\naccent = "yellow"')
    house.keeping.look_for_news(LATER)
    assert (house.report.refused, house.report.refused_problem) == (8, "HL1003")
    assert "office.toml: accent" in house.report.refused_where
    house.issue(9, assignments=DAILY)
    house.keeping.look_for_news(LATER)
    assert house.report == TerminalReport(bundle=9, since=LATER)
    assert (house.glass.facts.bundle, house.glass.facts.version, house.glass.facts.since) == ("", 9, LATER)


def test_what_is_reported_is_written_only_while_nobody_is_there_and_only_when_it_changes(
    house: Linked,
) -> None:
    path = house.keeper.folder / FILE
    house.terminal.scanned(DOSSIERS[0])
    house.keeping.keep_house(MORNING)
    assert not path.exists()
    house.terminal.send(NotNow())
    house.keeping.keep_house(MORNING)
    written = path.stat().st_mtime_ns
    house.keeping.keep_house(LATER)
    assert path.stat().st_mtime_ns == written
    house.crashes = 2
    house.keeping.keep_house(LATER)
    assert house.report == TerminalReport(bundle=1, since=MORNING, crashes=2)


def test_after_a_restart_the_terminal_says_since_when_it_has_its_configuration(tmp_path: Path) -> None:
    first = Linked(tmp_path)
    first.keeping.open_store()
    first.keeping.report(MORNING)
    first.keeper.close()
    again = House(tmp_path, LATER)
    assert again.configuration.facts(Facts()).since == MORNING


def test_a_report_that_can_t_be_written_is_tried_again(tmp_path: Path) -> None:
    house = Linked(tmp_path)
    house.settings.data.write_text("a file where the folder should be")
    house.keeping.report(MORNING)
    house.settings.data.unlink()
    house.keeping.open_store()
    house.keeping.report(MORNING)
    assert house.report.bundle == 1
    house.keeper.close()


def test_where_nothing_is_asked_today_a_scan_begins_no_visit_and_staff_see_why(house: Linked) -> None:
    house.issue(2, assignments=DAILY + "starts = 2026-04-01\n")
    house.keeping.look_for_news(LATER)
    assert (house.screen, house.glass.facts.bundle) == ("closed", "")
    house.terminal.scanned(DOSSIERS[0])
    assert house.screen == "closed"
    assert house.terminal.state.told is not None
    assert house.terminal.state.told.text == NOT_ASKED_TODAY.title
    house.keeping.look_at_the_clock(datetime.fromisoformat("2026-04-06T09:00:00+07:00"))
    house.terminal.scanned(DOSSIERS[0])
    assert house.screen == "ready"


def test_a_place_without_any_assignment_is_closed_and_staff_see_why(house: Linked) -> None:
    house.issue(2, assignments=DAILY + 'counter = "quay-9"\n')
    house.keeping.look_for_news(LATER)
    assert (house.screen, house.glass.facts.bundle) == ("closed", "HL2020")


def test_handovers_that_wait_when_nothing_is_asked_any_more_leave_their_responses_under_the_old_rules(
    house: Linked,
) -> None:
    house.issue(2, assignments=DAILY + 'plan = "kien-hung-2020"\n')
    house.keeping.look_for_news(LATER)
    house.terminal.scanned(DOSSIERS[0])
    house.terminal.send(Answered("result", 2))
    house.world.ms += 30_000
    house.terminal.scanned(DOSSIERS[1])
    assert len(house.terminal.counter.queue) == 1
    house.issue(3, assignments="")
    house.world.wait(1_000)
    assert (house.screen, house.report.bundle) == ("closed", 3)
    assert not house.terminal.counter.queue
    assert house.terminal.state.waiting == 0
    stored = OutboxReader(house.settings.data / "outbox").after(0, limit=9, max_bytes=10**6)
    left = [decode_response(entry.body) for entry in stored]
    assert [response.plan for response in left] == ["kien-hung-2020"] * 2
    assert left[1].outcome == "timed_out"
    assert house.keeper.drafts() == []


@pytest.mark.parametrize("left", ["", "assignments = []"])
def test_a_configuration_that_takes_the_last_assignment_away_is_taken_and_the_terminal_closes(
    house: Linked, left: str
) -> None:
    """Its revoked badges count too; kiosk.toml's form is not asked in its place."""
    house.issue(2, assignments=DAILY)
    house.keeping.look_for_news(LATER)
    house.issue(3, assignments=left, revoked='serials = ["0123456789abcdef"]')
    house.keeping.look_for_news(LATER)
    assert (house.screen, house.report.bundle, house.report.refused) == ("closed", 3, 0)
    assert house.glass.facts.bundle == "HL2020"
    house.terminal.scanned(DOSSIERS[0])
    assert house.screen == "closed"


def test_the_office_s_look_comes_from_the_configuration(house: Linked) -> None:
    house.issue(2, assignments=DAILY, office=OFFICE + 'results_url = "https://ketqua.example.vn"\n')
    house.keeping.look_for_news(LATER)
    assert house.glass.settings is not None
    office = house.glass.settings.office
    assert (office.name["vi"], office.results_url) == ("UBND phường Mẫu mới", "https://ketqua.example.vn")
    assert office.primary == house.settings.office.primary
    assert replace(office, name={}, results_url="") == replace(house.settings.office, name={})
