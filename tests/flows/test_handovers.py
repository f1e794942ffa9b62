"""Session and tagging together under random scans, touches, waits and a disk that fills up."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import Answered, Event, Forward, NotNow, Touched, WipeWanted, Writing
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
        self.drafts: set[str] = set()
        self.full = False

    def append(self, response: Response) -> Response:
        self.keep_draft(response)
        self.drafts.remove(response.id)
        self.responses.append(response)
        return response

    def keep_draft(self, response: Response) -> None:
        if self.full:
            raise ProblemError(STORAGE_FULL())
        self.drafts.add(response.id)


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
        if any(tag and hashed in tag.cases for tag in (counter.tag, *counter.queue)):
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


STEP = st.one_of(
    st.sampled_from(["scan", "scan", "full", "room", "visit"]),
    st.sampled_from([Touched(), NotNow(), Answered("result", 2), Forward(), WipeWanted()]),
    st.integers(1, 60),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_every_accepted_handover_leaves_exactly_one_response(steps: list[str | int | Event]) -> None:
    counter = Counter()
    for step in steps:
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
    counter.close()
    assert sorted(counter.rated) == sorted(counter.taken)
    assert (counter.terminal.counter.tag, counter.terminal.counter.queue) == (None, ())
    assert counter.shelf.drafts == set()
