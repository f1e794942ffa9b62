"""Copying to a USB stick, as staff ask for it at the terminal: sync/host/usb_note.py says who does what."""

from datetime import datetime, timedelta
from pathlib import Path

from kiosk.facts import UsbCopy
from sync.contract.problem import Problem
from sync.contract.problem.scanning import USB_MISSING, USB_UNANSWERED
from sync.contract.problem.terminal import STORAGE_FAILED
from sync.host.usb_note import LABEL, UsbJob, job_wanted, read_usb_note, usb_wanted, want_usb

PATIENCE = timedelta(minutes=3)
"""What is asked for is answered within this time, or by nobody."""


def ask_for_copy(outbox: Path, now: datetime, job: UsbJob, stick: Path = LABEL) -> Problem | None:
    """Ask for a copy; returns what is in the way, if anything. stick: is there while one is plugged in."""
    if not stick.exists():
        return USB_MISSING()
    try:
        want_usb(outbox, now, job)
    except OSError as error:
        return STORAGE_FAILED(where=str(outbox), detail=error.strerror or "")
    return None


def last_copy(outbox: Path, agent: Path, now: datetime) -> UsbCopy | None:
    """What came of the last copy, or that it is under way; None where none was ever asked for."""
    wanted, note = usb_wanted(outbox), read_usb_note(agent)
    if wanted and (note is None or (note.wanted != wanted and note.stage != "working")):
        asked = datetime.fromtimestamp(wanted / 1e9, now.tzinfo)
        waits = abs(now - asked) < PATIENCE
        problem = "" if waits else USB_UNANSWERED.number
        return UsbCopy(at=asked, job=job_wanted(outbox), waits=waits, problem=problem)
    if note is None:
        return None
    if note.stage == "working":
        waits = abs(now - note.at) < PATIENCE
        problem = "" if waits else USB_UNANSWERED.number
        return UsbCopy(at=note.at, job=note.job, waits=waits, problem=problem)
    return UsbCopy(
        at=note.at,
        job=note.job,
        copied=note.copied,
        left=note.left,
        receipts=note.receipts,
        release=note.release,
        problem=note.problem.number if note.problem else "",
    )
