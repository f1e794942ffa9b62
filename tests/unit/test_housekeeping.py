"""What the terminal does by itself, without a window: opening hours, storage, a new configuration."""

import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.asking import Asked, asked_now, asked_survey
from kiosk.configuration import Configuration
from kiosk.facts import Facts
from kiosk.housekeeping import Housekeeping
from kiosk.keeper import OutboxKeeper
from kiosk.light import CLOSED_LIGHT_MS, Light
from kiosk.rated_here import RatedHere
from kiosk.resting import Resting, may_rest
from kiosk.session import Rules, State, begin
from kiosk.settings import Settings
from kiosk.staff_desk import Desk, DeskLeft
from kiosk.usable import Usable, usable_bundle
from sync.contract.canonical import decode_response
from sync.contract.catalogue import Catalogue
from sync.contract.opening import Opening
from sync.outbox import OutboxReader
from tests.flows.flow import START, rules_for
from tests.flows.test_terminal import DOSSIERS, VISIT, HandDriven, at_desk, terminal_on
from tests.support.responses import response
from tests.unit.test_usable import bundle_at, settings_for

MORNING = START  # a Monday, 8:00
NIGHT = START + timedelta(hours=12)


class Glass:
    """What was drawn, and the facts that staff see."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.drawn: list[State | Desk] = []
        self.catalogue: Catalogue | None = None
        self.settings: Settings | None = None

    def configure(self, rules: Rules, catalogue: Catalogue, settings: Settings) -> None:
        self.catalogue, self.settings = catalogue, settings

    def show(self, state: State) -> None:
        self.drawn.append(state)

    def show_desk(self, desk: Desk) -> None:
        self.drawn.append(desk)


def rules_of(usable: Usable, asked: Asked) -> Rules:
    survey = asked_survey(usable.bundle, usable.agenda, asked)
    plan = asked.assignment.plan if asked.assignment else None
    return rules_for(survey, plan=plan, asks=asked.assignment is not None)


class House:
    """One terminal with a real outbox and a real bundle, and no window."""

    def __init__(self, folder: Path, now: datetime = MORNING) -> None:
        hours = Opening(days=("mon",), start=time(7, 30), end=time(17))
        self.now, self.crashes = now, 0
        self.left: list[str] = []
        self.bundle = self.place_bundle(folder)
        self.settings = replace(settings_for(self.bundle), data=folder / "data", opening=(hours,))
        usable = usable_bundle(self.settings)
        self.keeper = OutboxKeeper(self.settings, usable.here.device)
        self.glass, self.world = Glass(), HandDriven()
        self.terminal = terminal_on(
            self.keeper,
            self.world,
            rest=lambda: self.keeping.rest(self.now),
            attended=lambda somebody: self.keeping.attended(somebody, self.now),
        )
        self.resting = folder / "run" / "resting"
        self.resting.parent.mkdir(exist_ok=True)
        self.rated = RatedHere(folder / "rated.json")
        self.while_it_starts()
        self.configuration = Configuration(
            settings=self.settings,
            usable=usable,
            refusal=None,
            asked=asked_now(usable.agenda, now),
            terminal=self.terminal,
            drawn=self.glass,
            rules=rules_of,
            shown=lambda usable: usable.settings,
            outbox=self.keeper.folder,
            crashes=lambda now: self.crashes,
            now=now,
        )
        self.keeping = Housekeeping(
            terminal=self.terminal,
            keeper=self.keeper,
            rated=self.rated.load,
            configuration=self.configuration,
            picture=self.glass,
            look=lambda: self.keeper.facts(scanner=True, sound=True),
            resting=Resting(self.resting.parent),
            leaves=lambda: self.left.append(self.terminal.state.phase),
        )

    def while_it_starts(self) -> None:
        """What happens between the reading of the bundle and the first look for another one."""

    def place_bundle(self, folder: Path) -> Path:
        """The bundle that the terminal starts with."""
        bundle = folder / "bundle"
        return bundle if bundle.exists() else bundle_at(bundle)

    def write(self, file: str, text: str) -> None:
        """Another content of a file of the bundle, written later than all others."""
        path = self.bundle / file
        path.write_text(text, "utf-8")
        later = max(other.stat().st_mtime_ns for other in self.bundle.rglob("*")) + 1_000_000_000
        os.utime(path, ns=(later, later))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.keeper.close()


def test_the_terminal_closes_and_opens_with_the_hours_and_closing_signs_the_officer_out(house: House) -> None:
    house.terminal.counter = replace(house.terminal.counter, officer="cb-01")
    phases = []
    for moment in (MORNING, NIGHT, MORNING):
        house.keeping.look_at_the_clock(moment)
        phases.append((house.terminal.state.phase, house.terminal.counter.officer))
    assert phases == [("idle", "cb-01"), ("closed", None), ("idle", None)]


def test_a_visit_that_goes_on_when_the_office_closes_is_left_alone(house: House) -> None:
    house.keeping.open_store()
    house.terminal.scanned(DOSSIERS[0])
    house.keeping.look_at_the_clock(NIGHT)
    assert house.terminal.state.phase == "ready"


def test_an_update_may_interrupt_a_closed_terminal_at_which_nobody_is(house: House) -> None:
    house.keeping.open_store()
    house.keeping.look_at_the_clock(MORNING)
    assert not house.resting.exists()
    house.now = NIGHT
    house.keeping.look_at_the_clock(NIGHT)
    assert house.resting.exists()
    house.terminal.scanned(DOSSIERS[0])  # handed over out of hours
    assert house.terminal.state.phase == "ready"
    assert not house.resting.exists()
    house.keeping.look_at_the_clock(NIGHT)
    assert not house.resting.exists()


def test_an_upgraded_package_waits_for_the_end_of_a_visit(house: House) -> None:
    house.keeping.open_store()
    house.keeping.look_for_news(MORNING)
    assert house.left == ["idle"]
    house.terminal.scanned(DOSSIERS[0])
    house.keeping.look_for_news(MORNING)
    assert house.left == ["idle"]
    house.world.wait(1000)  # nobody answers: the visit is over
    assert house.left[1:] == ["idle"]
    stored = OutboxReader(house.settings.data / "outbox").after(0, limit=9, max_bytes=10**6)
    assert [decode_response(entry.body).outcome for entry in stored] == ["timed_out"]


def test_an_upgraded_package_waits_for_those_who_were_scanned_meanwhile(house: House) -> None:
    """The end of one visit is the beginning of the next, where somebody waits for it."""
    house.keeping.open_store()
    house.terminal.scanned(DOSSIERS[0])
    for event in VISIT:
        house.terminal.send(event)
    assert house.terminal.state.phase == "thanks"
    house.terminal.scanned(DOSSIERS[1])
    house.world.wait(10)
    assert (house.terminal.state.phase, house.left) == ("ready", [])
    house.world.wait(1000)  # nobody answers, and nobody waits
    assert house.left == ["idle"]


def test_a_terminal_without_hours_rests_in_the_small_hours() -> None:
    three = NIGHT.replace(hour=3)
    assert may_rest(is_open=True, has_hours=False, now=three)
    assert not may_rest(is_open=True, has_hours=False, now=NIGHT)
    assert not may_rest(is_open=True, has_hours=True, now=three)
    assert may_rest(is_open=False, has_hours=True, now=NIGHT)


def test_what_a_power_cut_left_is_kept_when_the_store_opens(house: House) -> None:
    house.keeping.open_store()
    house.terminal.scanned(DOSSIERS[0])
    house.terminal.keep_drafts()
    house.keeper.close()
    house.terminal.state = begin(house.terminal.rules)  # what a restart knows
    house.keeping.open_store()
    assert house.keeper.drafts() == []
    stored = OutboxReader(house.settings.data / "outbox").after(0, limit=9, max_bytes=10**6)
    assert [decode_response(entry.body).outcome for entry in stored] == ["timed_out"]


def test_a_store_that_can_t_be_opened_closes_the_terminal_and_is_tried_again(house: House) -> None:
    house.settings.data.write_text("a file where the folder should be")
    house.keeping.open_store()
    assert (house.terminal.state.phase, house.keeper.is_open) == ("out_of_order", False)
    house.keeping.retry_storage()
    assert house.terminal.state.phase == "out_of_order"
    house.settings.data.unlink()
    house.keeping.retry_storage()
    assert (house.terminal.state.phase, house.keeper.is_open) == ("idle", True)


def test_a_new_bundle_counts_from_the_next_visit_on(house: House) -> None:
    house.keeping.open_store()
    house.terminal.scanned(DOSSIERS[0])
    house.write("catalogue.toml", (house.bundle / "catalogue.toml").read_text("utf-8") + "\n")
    house.keeping.keep_house(MORNING)
    assert house.glass.catalogue is None, "a visit goes on"
    house.world.wait(1000)
    house.keeping.keep_house(MORNING)
    assert house.glass.catalogue is not None


def test_a_bundle_that_can_t_be_used_changes_nothing_and_staff_see_its_number(house: House) -> None:
    good = (house.bundle / "catalogue.toml").read_text("utf-8")
    rules = house.terminal.rules
    house.keeping.open_store()
    house.write("catalogue.toml", "units = 7")
    house.keeping.keep_house(MORNING)
    assert (house.glass.facts.bundle, house.terminal.rules) == ("HL1003", rules)
    house.write("catalogue.toml", good)
    house.keeping.keep_house(MORNING)
    assert house.glass.facts.bundle == ""
    assert house.terminal.rules is not rules


def test_what_staff_see_is_drawn_where_it_changed_and_never_over_a_visit(house: House) -> None:
    house.keeping.open_store()
    numbers = iter(range(1, 9))

    def drawn(changed: bool = True) -> list[type]:
        house.glass.drawn.clear()
        if changed:
            house.keeper.append(replace(response(next(numbers)), device="may-01"))
        house.keeping.look_at_itself()
        return [type(picture) for picture in house.glass.drawn]

    assert drawn() == [State]
    assert drawn(changed=False) == []
    at_desk(house.terminal)
    assert drawn() == [Desk]
    house.terminal.send(DeskLeft())
    house.terminal.scanned(DOSSIERS[0])
    assert drawn() == []
    assert house.glass.facts.unsent == 3


def test_a_touch_lights_a_closed_terminal_for_a_while() -> None:
    dark = Light()
    assert [dark.is_lit("idle", 5), dark.is_lit("closed", 5)] == [True, False]
    lit = dark.touched(5)
    ends = 5 + CLOSED_LIGHT_MS
    assert [lit.is_lit("closed", ms) for ms in (5, ends - 1, ends)] == [True, True, False]
