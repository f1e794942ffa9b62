"""Which silence a closed office explains."""

from datetime import datetime, time, timedelta

import pytest

from sync.central.office.devices import SILENT
from sync.central.office.hours import Duty, Spot
from sync.contract.assignment import OfficeHours
from sync.contract.opening import Opening
from sync.contract.plan import VIET_NAM

MONDAY = datetime(2026, 3, 2, tzinfo=VIET_NAM)
DUTY = Duty(OfficeHours((Opening(("mon",), time(7, 30), time(17)),)))


@pytest.mark.parametrize(
    ("at", "heard", "rests"),
    [
        (MONDAY.replace(hour=20), MONDAY.replace(hour=17), True),
        (MONDAY.replace(hour=20), MONDAY.replace(hour=16, minute=5), True),
        (MONDAY.replace(hour=20), MONDAY.replace(hour=15, minute=55), False),
        (MONDAY.replace(hour=7, minute=35), MONDAY - timedelta(days=6, hours=1), True),
        (MONDAY.replace(hour=7, minute=35), MONDAY - timedelta(days=10), False),
        (MONDAY.replace(hour=9), MONDAY - timedelta(days=1), False),
        (MONDAY.replace(hour=20), None, False),
    ],
    ids=["closed", "switched off early", "silent before", "just opened", "dead for days", "open", "never"],
)
def test_a_closed_office_explains_no_silence_that_began_while_it_was_open(
    at: datetime, heard: datetime | None, rests: bool
) -> None:
    assert DUTY.rests("kiosk-1", Spot("phuong-mot", "1", heard), at, SILENT) == rests
