"""A copy to a USB stick is asked for at the screen, and what came of it is seen there."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.events import Now
from kiosk.facts import UsbCopy
from kiosk.staff_desk import Desk, Did, Do, step
from kiosk.usb import PATIENCE, ask_for_copy, last_copy
from sync.contract.problem.offline import USB_UNUSABLE
from sync.host.usb_note import UsbNote, job_wanted, usb_wanted, write_usb_note


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    (tmp_path / "outbox").mkdir()
    return tmp_path / "outbox"


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    (tmp_path / "agent").mkdir()
    return tmp_path / "agent"


@pytest.fixture
def now() -> datetime:
    return datetime.now().astimezone()


def test_without_a_stick_nothing_is_asked_for(outbox: Path, agent: Path, now: datetime) -> None:
    obstacle = ask_for_copy(outbox, now, "copy", outbox / "no-stick")
    assert obstacle is not None
    assert obstacle.number == "HL3050"
    assert last_copy(outbox, agent, now) is None


def test_what_is_asked_for_waits_until_the_agent_answers(outbox: Path, agent: Path, now: datetime) -> None:
    assert ask_for_copy(outbox, now, "copy", outbox) is None
    copy = last_copy(outbox, agent, now)
    assert copy is not None
    assert copy.waits
    wanted = usb_wanted(outbox)
    write_usb_note(agent, UsbNote(at=now, stage="working", wanted=wanted))
    assert last_copy(outbox, agent, now) == UsbCopy(at=now, waits=True)
    write_usb_note(agent, UsbNote(at=now, stage="done", wanted=wanted, copied=7, receipts=3))
    assert last_copy(outbox, agent, now) == UsbCopy(at=now, copied=7, receipts=3)
    failed = UsbNote(at=now, stage="failed", wanted=wanted, problem=USB_UNUSABLE(where="/run/hailongusb"))
    write_usb_note(agent, failed)
    assert last_copy(outbox, agent, now) == UsbCopy(at=now, problem="HL4221")


def test_what_nobody_answers_is_named(outbox: Path, agent: Path, now: datetime) -> None:
    ask_for_copy(outbox, now, "copy", outbox)
    late = last_copy(outbox, agent, now + PATIENCE + timedelta(seconds=1))
    assert late is not None
    assert (late.waits, late.problem) == (False, "HL3051")


def test_an_answer_to_an_earlier_request_is_none_to_this_one(
    outbox: Path, agent: Path, now: datetime
) -> None:
    write_usb_note(agent, UsbNote(at=now, stage="done", wanted=1, copied=7))
    ask_for_copy(outbox, now, "copy", outbox)
    copy = last_copy(outbox, agent, now)
    assert copy is not None
    assert (copy.waits, copy.copied) == (True, 0)


def test_one_touch_asks_for_it_and_staff_stay_where_they_are() -> None:
    for what in ("usb", "logs"):
        desk, effects = step(Desk(page="tools"), Did(what), Now(datetime.now().astimezone(), 0, b""), 60)
        assert desk.page == "tools"
        assert Do(what) in effects


def test_logs_are_asked_for_and_answered_like_responses(outbox: Path, agent: Path, now: datetime) -> None:
    assert ask_for_copy(outbox, now, "logs", outbox) is None
    assert job_wanted(outbox) == "logs"
    copy = last_copy(outbox, agent, now)
    assert copy is not None
    assert (copy.job, copy.waits) == ("logs", True)
    write_usb_note(agent, UsbNote(at=now, stage="done", wanted=usb_wanted(outbox), job="logs"))
    assert last_copy(outbox, agent, now) == UsbCopy(at=now, job="logs")
    assert ask_for_copy(outbox, now, "copy", outbox) is None
    assert job_wanted(outbox) == "copy"
