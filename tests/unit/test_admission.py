"""Who may have a request under way, decided without a network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

import pytest

from sync.central.http.admission import Admission, Limits
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BODY_UNREADABLE

T = TypeVar("T")
LIMITS = Limits(admitted=8, per_device=3, patience_seconds=3600, grace_seconds=3600)


def number(call: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as found:
        call()
    return found.value.problem.number


def enter(stack: ExitStack, admission: Admission, device: str) -> Callable[[], object]:
    return lambda: stack.enter_context(admission.device(device))


def test_a_device_has_its_share_and_no_more() -> None:
    admission = Admission(LIMITS)
    with ExitStack() as stack:
        for _ in range(3):
            enter(stack, admission, "a")()
        assert number(enter(stack, admission, "a")) == "HL4015"
        enter(stack, admission, "b")()
    enter(ExitStack(), admission, "a")()


def test_who_has_none_under_way_goes_before_who_has() -> None:
    admission = Admission(LIMITS)
    with ExitStack() as stack:
        for device in "abcd":
            enter(stack, admission, device)()
        assert number(enter(stack, admission, "a")) == "HL4015"
        for device in "efgh":
            enter(stack, admission, device)()
        assert number(enter(stack, admission, "i")) == "HL4015"
        assert number(admission.glance) == "HL4015"
    admission.glance()


def fail(admission: Admission) -> None:
    assert admission.devices == 1
    raise ProblemError(BODY_UNREADABLE())


def test_what_is_over_leaves_no_line_in_the_table() -> None:
    admission = Admission(LIMITS)
    for at in range(1000):
        with pytest.raises(ProblemError), admission.device(f"device-{at}"):
            fail(admission)
    assert admission.devices == 0


def test_strangers_are_few_and_take_no_devices_place() -> None:
    admission = Admission(Limits(strangers=2, admitted=1))
    with admission.stranger(), admission.stranger(), admission.device("a"):
        assert number(lambda: admission.stranger().__enter__()) == "HL4015"
    admission.stranger().__enter__()


# --- bodies -------------------------------------------------------------------------------------------------


class Line:
    """A body that comes piece by piece, as the test says."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self.pieces.get():
            yield piece


def run(test: Callable[[], Awaitable[T]]) -> T:
    async def limited() -> T:
        return await asyncio.wait_for(test(), 60)

    return asyncio.run(limited())


async def came_to_hold(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.001)


def is_open(admission: Admission) -> bool:
    try:
        admission.glance()
    except ProblemError:
        return False
    return True


async def one(admission: Admission, device: str, line: Line, limit: int = 1000) -> bytes:
    with admission.device(device) as arrival:
        return await arrival.body(aiter(line), None, limit)


def test_a_late_body_gives_its_place_up_and_is_taken_when_it_is_whole() -> None:
    async def test() -> None:
        admission, line = Admission(Limits(admitted=1, patience_seconds=0.01)), Line()
        sending = asyncio.create_task(one(admission, "slow", line))
        await came_to_hold(lambda: admission.devices == 1)
        await came_to_hold(lambda: is_open(admission))
        with admission.device("honest"):
            for piece in (b"ab", b"cd", b""):
                line.pieces.put_nowait(piece)
        assert await sending == b"abcd"
        assert (admission.devices, is_open(admission)) == (0, True)

    run(test)


def test_control_without_that_a_body_that_never_comes_keeps_everybody_out() -> None:
    async def test() -> None:
        admission, line = Admission(Limits(admitted=1, patience_seconds=3600)), Line()
        sending = asyncio.create_task(one(admission, "slow", line))
        await came_to_hold(lambda: admission.devices == 1)
        assert number(lambda: admission.device("honest").__enter__()) == "HL4015"
        sending.cancel()

    run(test)


def problem_of(task: asyncio.Task[bytes]) -> str:
    error = task.exception()
    assert isinstance(error, ProblemError)
    return error.problem.number


def test_a_body_that_is_too_slow_or_has_too_many_beside_it_is_given_up() -> None:
    async def test() -> None:
        admission = Admission(Limits(patience_seconds=0.01, late=1, grace_seconds=3600))
        sending = [asyncio.create_task(one(admission, f"slow-{at}", Line())) for at in range(3)]
        await came_to_hold(lambda: admission.devices == 1)
        assert sorted(problem_of(each) for each in sending if each.done()) == ["HL4015", "HL4015"]
        (left,) = (each for each in sending if not each.done())
        left.cancel()
        admission = Admission(Limits(grace_seconds=0.01))
        slow = asyncio.create_task(one(admission, "slow", Line()))
        await asyncio.wait([slow])
        assert (problem_of(slow), admission.devices) == ("HL4036", 0)

    run(test)


def test_all_bodies_together_take_so_much_memory_and_no_more() -> None:
    async def test() -> None:
        admission, line, other = Admission(Limits(held_bytes=10)), Line(), Line()
        first = asyncio.create_task(one(admission, "a", line))
        second = asyncio.create_task(one(admission, "b", other))
        line.pieces.put_nowait(b"123456")
        await came_to_hold(lambda: line.pieces.empty())
        other.pieces.put_nowait(b"12345")
        await asyncio.wait([second])
        assert problem_of(second) == "HL4015"
        line.pieces.put_nowait(b"7890")
        line.pieces.put_nowait(b"")
        assert await first == b"1234567890"

    run(test)


class Works:
    """What is worked on once its body is there; stands still until `end`."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.most = 0
        self.end = asyncio.Event()

    async def take(self, admission: Admission, device: str, line: Line) -> str:
        with admission.device(device) as arrival:
            await arrival.body(aiter(line), None, 1000)
            self.now.append(device)
            self.most = max(self.most, len(self.now))
            await self.end.wait()
            self.now.remove(device)
        return device


async def five_late_ones(admission: Admission, works: Works) -> list[asyncio.Task[str]]:
    """Five devices whose bodies were late, and are whole now; two of them are worked on."""
    taking, lines = [], [Line() for _ in range(5)]
    for at, line in enumerate(lines):
        taking.append(asyncio.create_task(works.take(admission, f"slow-{at}", line)))
        await came_to_hold(lambda: admission.late == len(taking))
    for line in lines:
        line.pieces.put_nowait(b"whole")
        line.pieces.put_nowait(b"")
    await came_to_hold(lambda: admission.late == 3)
    return taking


def test_no_more_bodies_are_worked_on_than_there_are_places_however_many_were_late() -> None:
    async def test() -> None:
        admission, works = Admission(Limits(admitted=2, patience_seconds=0.01)), Works()
        taking = await five_late_ones(admission, works)
        assert number(lambda: admission.device("new").__enter__()) == "HL4015", "who waits goes first"
        works.end.set()
        assert await asyncio.gather(*taking) == [f"slow-{at}" for at in range(5)]
        assert works.most == 2
        assert (admission.devices, admission.late, is_open(admission)) == (0, 0, True)

    run(test)


def test_who_goes_away_while_it_waits_takes_no_place_with_it() -> None:
    async def test() -> None:
        admission, works = Admission(Limits(admitted=2, patience_seconds=0.01)), Works()
        taking = await five_late_ones(admission, works)
        waiting = [each for at, each in enumerate(taking) if f"slow-{at}" not in works.now]
        waiting[0].cancel()
        await asyncio.wait([waiting[0]])
        works.end.set()
        waiting[1].cancel()  # in the very moment in which it may have its turn
        await asyncio.wait(taking)
        assert sum(each.cancelled() for each in taking) == 2
        assert (admission.devices, admission.late) == (0, 0)
        with admission.device("a"), admission.device("b"):
            assert not is_open(admission)
        assert is_open(admission)

    run(test)
