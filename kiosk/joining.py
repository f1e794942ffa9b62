"""How a terminal that is not enrolled gets its code, as a pure state machine.

    form ──a code that can be one──► working ──► enrolled
     ▲                                  │
     └── "Nhập mã khác", another scan ◄─┴──► refused, with what to do

A code that can't be one is refused here at once; what the centre thinks of it comes from the agent.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.devices.scanner import Scan
from kiosk.events import Back, Event, Forward, LanguageChosen, Writing
from kiosk.staff_desk import DeskEvent
from kiosk.view import FirstStartView
from sync.contract.codes import Refusal
from sync.contract.enrolment import Enrolled, read_invitation, spelled_invitation
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import AGENT_SILENT, CODE_UNREADABLE, NO_ENROLMENT_CODE
from sync.contract.problem.wire import ENROLMENT_CODE_INVALID
from sync.host.first_start import Progress

LONGEST = 160  # characters: a code and an address
SILENT_MS = 20_000
"""After this time without an answer the agent is not running."""


class Joining(Struct, frozen=True, kw_only=True):
    """What the terminal knows.

    language: that it is shown in. typed: so far. problem: why that is no code. sent: the text to hand to the
    agent, "" none. mark: of the one that was handed over, 0 none; since_ms: when.
    """

    language: str = "vi"
    typed: str = ""
    problem: Problem | None = None
    sent: str = ""
    mark: int = 0
    since_ms: int = 0


def touched(state: Joining, event: Event | DeskEvent) -> Joining:
    """The state after a touch; events that mean nothing here change nothing."""
    match event:
        case LanguageChosen(language):
            return replace(state, language=language)
        case Writing(text=text) if not state.mark:
            return replace(state, typed=spelled_invitation(text)[:LONGEST], problem=None)
        case Forward() if state.typed and not state.mark:
            return _tried(state, state.typed)
        case Back():
            return replace(state, problem=None, sent="", mark=0)
        case _:
            return state


def scanned(state: Joining, scan: Scan, *, refused: bool = False) -> Joining:
    """The state after a scan; one at a time is worked on. refused: the one before was, and is still shown."""
    if state.mark and not refused:
        return state
    state = replace(state, mark=0)
    if isinstance(scan, Refusal):
        return replace(state, problem=CODE_UNREADABLE())
    return _tried(state, scan)


def handed_over(state: Joining, mark: int, now_ms: int) -> Joining:
    """The text that was to be sent is with the agent."""
    return replace(state, sent="", typed="", mark=mark, since_ms=now_ms)


def failed(state: Joining, problem: Problem) -> Joining:
    """It could not be handed over."""
    return replace(state, sent="", mark=0, problem=problem)


def first_start_view(
    state: Joining,
    progress: Progress | None,
    enrolled: Enrolled | None,
    *,
    now_ms: int,
    camera: bool,
    wifi: bool = False,
) -> FirstStartView:
    """What is to be seen.

    progress: what the agent says. camera: whether there is one to scan with. wifi: whether this machine can
    be connected to Wi-Fi here.
    """
    said = progress or Progress()
    stage: Literal["form", "working", "refused", "enrolled"] = "form"
    problem = state.problem
    if enrolled is not None:
        stage, problem = "enrolled", None
    elif state.mark and said.mark == state.mark:
        stage, problem = "refused" if said.stage == "refused" else "working", said.problem
    elif state.mark:
        silent = now_ms - state.since_ms > SILENT_MS
        stage, problem = ("refused", AGENT_SILENT()) if silent else ("working", None)
    return FirstStartView(
        stage=stage,
        typed=state.typed,
        problem=problem,
        network=said.network,
        address=said.address,
        device=enrolled.device if enrolled else "",
        office=enrolled.office.get(state.language, enrolled.office.get("vi", "")) if enrolled else "",
        camera=camera,
        wifi=wifi,
    )


def _tried(state: Joining, text: str) -> Joining:
    try:
        read_invitation(text)
    except ProblemError as error:
        problem = error.problem
        if problem.kind is ENROLMENT_CODE_INVALID:  # the centre's word for a code that it does not know
            problem = NO_ENROLMENT_CODE()
        return replace(state, problem=problem)
    return replace(state, problem=None, sent=text.strip())
