"""Session and tagging together under random scans, touches, waits and a disk that fills up."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import (
    Answered,
    Event,
    Forward,
    NotNow,
    OpeningChanged,
    StartAgain,
    Touched,
    Voided,
    WipeWanted,
    Writing,
)
from kiosk.terminal import Terminal
from sync.contract.codes import case_hash
from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import STORAGE_FULL
from sync.contract.response import Response
from tests.flows.test_terminal import KEY, VISIT, HandDriven, terminal_on
from tests.support.codes import opened

CODES = [f"000.00.12.H29-260302-{n:04}" for n in range(100)]


class Shelf:
    """A store in memory, with room or without."""

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.drafts: dict[str, Response] = {}
        self.full = False

    def append(self, response: Response) -> Response:
        self.keep_draft(response)
        del self.drafts[response.id]
        self.responses.append(response)
        return response

    def keep_draft(self, response: Response) -> None:
        if self.full:
            raise ProblemError(STORAGE_FULL())
        self.drafts[response.id] = response


class Counter:
    """One counter with its officer: scans one dossier after the other, and notes which were taken."""

    def __init__(self) -> None:
        self.world, self.shelf = HandDriven(), Shelf()
        self.terminal: Terminal = terminal_on(self.shelf, self.world)
        self.codes = iter(CODES)
        self.taken: list[str] = []

    def scan(self) -> None:
        code = next(self.codes)
        self.terminal.scanned(code)
        hashed, counter = case_hash(code, KEY), self.terminal.counter
        tags = (counter.tag, *(waiting.tag for waiting in counter.queue))
        if any(tag and hashed in tag.cases for tag in tags):
            self.taken.append(hashed)

    def storage(self, full: bool) -> None:
        self.shelf.full = full
        self.terminal.storage_is("HL2002" if full else "")

    def visit(self, *events: Event) -> None:
        for event in events:
            self.world.ms += 2000
            self.terminal.send(event)

    def close(self) -> None:
        self.storage(full=False)
        self.world.wait(5000)

    @property
    def rated(self) -> list[str]:
        return [case for response in self.shelf.responses for case in opened(response)]


def thanks(counter: Counter) -> None:
    counter.scan()
    counter.visit(*VISIT)


BUSY: dict[str, Callable[[Counter], None]] = {
    "thanks": thanks,
    "out_of_order": lambda counter: counter.storage(full=True),
    "wiping": lambda counter: counter.visit(WipeWanted()),
}


@pytest.mark.parametrize("phase", BUSY)
@pytest.mark.parametrize("apart", [1, 25])
def test_what_is_scanned_while_nobody_can_be_welcomed_waits_and_is_not_lost(phase: str, apart: int) -> None:
    counter = Counter()
    BUSY[phase](counter)
    assert counter.terminal.state.phase == phase
    counter.scan()
    counter.world.ms += apart * 1000
    counter.scan()
    counter.close()
    counter.scan()
    counter.close()
    assert sorted(counter.rated) == sorted(counter.taken)
    assert len(counter.taken) == (4 if phase == "thanks" else 3)


def test_dossiers_scanned_in_a_row_during_the_thanks_make_one_visit() -> None:
    counter = Counter()
    BUSY["thanks"](counter)
    counter.scan()
    counter.world.ms += 1000
    counter.scan()
    counter.close()
    assert [len(response.tag.cases) for response in counter.shelf.responses if response.tag] == [1, 2]


def test_a_scan_never_takes_away_what_is_being_written() -> None:
    counter = Counter()
    counter.scan()
    counter.visit(Writing("unsatisfied", "Đang viết"))
    counter.world.ms += 25_000
    counter.scan()
    assert (counter.terminal.state.phase, counter.terminal.state.waiting) == ("asking", 1)


def test_the_next_handover_waits_until_the_thanks_are_over() -> None:
    counter = Counter()
    BUSY["thanks"](counter)
    counter.scan()
    assert (counter.terminal.state.phase, counter.terminal.state.waiting) == ("thanks", 1)
    counter.world.wait(6)
    state = counter.terminal.state
    assert (state.phase, state.waiting) == ("ready", 0)
    assert state.visit is not None
    assert state.visit.tag is not None
    assert state.visit.tag.cases == (counter.taken[-1],)


def test_a_handover_that_replaces_another_waits_until_the_disk_has_taken_the_one_before() -> None:
    counter = Counter()
    counter.scan()
    counter.shelf.full = True
    counter.world.wait(25)
    counter.scan()
    state = counter.terminal.state
    assert (state.phase, state.waiting, counter.shelf.responses) == ("out_of_order", 1, [])
    counter.scan()
    assert counter.terminal.state.waiting == 1, "dossiers in a row are one citizen's, also in the queue"
    counter.storage(full=False)
    counter.world.wait(60)
    cases = [len(opened(response)) for response in counter.shelf.responses]
    assert (cases, counter.terminal.state.waiting) == ([1], 0)
    counter.close()
    assert sorted(counter.rated) == sorted(counter.taken)
    assert [len(opened(response)) for response in counter.shelf.responses] == [1, 2]


STEP = st.one_of(
    st.sampled_from(["scan", "scan", "full", "room", "visit"]),
    st.sampled_from([Touched(), NotNow(), Answered("result", 2), Forward(), WipeWanted(), StartAgain()]),
    st.sampled_from([Voided("cb-01", "quét nhầm"), OpeningChanged(False), OpeningChanged(True)]),
    st.integers(1, 60),
)


def run(counter: Counter, step: str | int | Event) -> None:
    match step:
        case "scan":
            counter.scan()
        case "full" | "room":
            counter.storage(full=step == "full")
        case "visit":
            counter.visit(*VISIT)
        case int():
            counter.world.wait(step)
        case _:
            assert not isinstance(step, str)
            counter.visit(step)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_every_accepted_handover_leaves_exactly_one_response(steps: list[str | int | Event]) -> None:
    counter = Counter()
    for step in steps:
        run(counter, step)
    counter.close()
    assert sorted(counter.rated) == sorted(counter.taken)
    assert (counter.terminal.counter.tag, counter.terminal.counter.queue) == (None, ())
    assert counter.shelf.drafts == {}


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP.filter(lambda step: step not in ("full", "room")), max_size=40))
def test_a_power_cut_at_any_moment_leaves_one_response_of_every_handover(
    steps: list[str | int | Event],
) -> None:
    counter = Counter()
    for step in steps:
        run(counter, step)
        counter.world.draw()
        kept, waiting = counter.shelf.drafts, counter.terminal.counter.queue
        assert {handover.visit for handover in waiting} <= kept.keys()
        rated = [*counter.rated, *(case for draft in kept.values() for case in opened(draft))]
        assert sorted(rated) == sorted(counter.taken)
