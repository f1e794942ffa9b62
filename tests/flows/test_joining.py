"""The first-start screen as a state machine: a code is typed or scanned, handed over, and answered."""

import pytest

from kiosk.events import Back, Forward, LanguageChosen, Touched, Writing
from kiosk.joining import (
    LONGEST,
    SILENT_MS,
    Joining,
    failed,
    first_start_view,
    handed_over,
    scanned,
    touched,
)
from kiosk.view import FirstStartView
from sync.contract.codes import Refusal
from sync.contract.enrolment import Enrolled, Invitation, make_code
from sync.contract.problem.agent import CENTRE_UNREACHABLE
from sync.contract.problem.terminal import STORAGE_FULL
from sync.contract.problem.wire import ENROLMENT_CODE_INVALID
from sync.host.first_start import Progress

TEXT = str(Invitation(make_code(bytes(range(8)), bytes(32)), "https://hailong.example.vn"))


def typed(text: str) -> Joining:
    state = Joining()
    for letter in text:
        state = touched(state, Writing("", state.typed + letter))
    return state


def seen(
    state: Joining, progress: Progress | None = None, enrolled: Enrolled | None = None, now_ms: int = 0
) -> FirstStartView:
    return first_start_view(state, progress, enrolled, now_ms=now_ms, camera=False)


def number(view: FirstStartView) -> str:
    return view.problem.number if view.problem else ""


def test_a_typed_code_is_spelled_as_it_is_printed_and_handed_over() -> None:
    state = typed(TEXT.replace("-", "").upper())
    assert state.typed == TEXT
    assert seen(state).stage == "form"
    assert touched(state, Forward()).sent == TEXT


def test_a_scanned_code_is_handed_over_at_once() -> None:
    assert scanned(typed("K3Q"), f" {TEXT}\n").sent == TEXT


@pytest.mark.parametrize("text", ["000.00.12.H29-260302-0004", "K3QF", TEXT[:-30]])
def test_another_code_is_refused_here_and_stays_to_be_corrected(text: str) -> None:
    state = touched(typed(text), Forward())
    assert (state.sent, number(seen(state))) == ("", "HL2029")
    assert state.typed
    assert number(seen(scanned(Joining(), text))) == "HL2029"
    assert number(seen(touched(state, Writing("", state.typed[:-1])))) == ""


def test_an_address_that_is_none_is_named() -> None:
    assert number(seen(scanned(Joining(), TEXT + "/v1"))) == "HL4116"


def test_what_the_scanner_could_not_read_is_said() -> None:
    assert number(seen(scanned(Joining(), Refusal.HALF))) == "HL2028"


def test_what_is_typed_has_an_end() -> None:
    assert len(touched(Joining(), Writing("", TEXT + "x" * 1000)).typed) == LONGEST


def test_the_answer_to_an_earlier_code_is_not_shown_for_this_one() -> None:
    state = handed_over(scanned(Joining(), TEXT), 7, now_ms=0)
    refused = Progress(stage="refused", mark=6, problem=ENROLMENT_CODE_INVALID())
    assert (seen(state, refused).stage, number(seen(state, refused))) == ("working", "")
    own = Progress(stage="refused", mark=7, problem=ENROLMENT_CODE_INVALID())
    assert (seen(state, own).stage, number(seen(state, own))) == ("refused", "HL4021")


def test_what_will_pass_is_shown_while_it_is_tried_again() -> None:
    state = handed_over(scanned(Joining(), TEXT), 7, now_ms=0)
    trying = Progress(stage="working", mark=7, problem=CENTRE_UNREACHABLE(), network="down")
    view = seen(state, trying)
    assert (view.stage, number(view), view.network) == ("working", "HL4102", "down")


def test_an_agent_that_never_answers_is_named() -> None:
    state = handed_over(scanned(Joining(), TEXT), 7, now_ms=1000)
    assert number(seen(state, None, now_ms=1000 + SILENT_MS)) == ""
    view = seen(state, None, now_ms=1001 + SILENT_MS)
    assert (view.stage, number(view)) == ("refused", "HL2027")


def test_another_code_can_be_entered_after_one_was_refused_or_while_one_is_tried() -> None:
    state = touched(handed_over(scanned(Joining(), TEXT), 7, now_ms=0), Back())
    assert state == Joining()
    assert scanned(state, TEXT).sent == TEXT


def test_after_one_was_refused_the_next_scan_is_taken_at_once() -> None:
    state = handed_over(scanned(Joining(), TEXT), 7, now_ms=0)
    again = scanned(state, TEXT, refused=True)
    assert (again.sent, handed_over(again, 8, now_ms=0).mark) == (TEXT, 8)
    other = scanned(state, "000.00.12.H29-260302-0004", refused=True)
    assert (seen(other).stage, number(seen(other))) == ("form", "HL2029")


def test_while_a_code_is_tried_no_other_one_is_taken() -> None:
    state = handed_over(scanned(Joining(), TEXT), 7, now_ms=0)
    assert scanned(state, TEXT) == state
    assert touched(touched(state, Writing("", "K")), Forward()) == state


def test_a_disk_that_takes_no_code_is_named() -> None:
    state = failed(scanned(Joining(), TEXT), STORAGE_FULL())
    assert (seen(state).stage, number(seen(state))) == ("form", "HL2002")


def test_the_language_changes_at_any_time_and_a_touch_alone_does_nothing() -> None:
    state = typed("K3QF")
    assert touched(state, Touched()) == state
    assert touched(state, LanguageChosen("en")).language == "en"


def test_success_names_the_terminal_and_the_office() -> None:
    enrolled = Enrolled("may-01", "phuong-mau", {"vi": "UBND phường Mẫu", "en": "Mẫu Ward"})
    view = seen(Joining(language="en"), Progress(), enrolled)
    assert (view.stage, view.device, view.office) == ("enrolled", "may-01", "Mẫu Ward")
    assert seen(Joining(), None, Enrolled("may-01", "phuong-mau")).office == ""
