"""The days on which devices were silent, in the copy of a report that stays in the office."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from sync.central.office.configuration.office_settings import put_office
from sync.central.office.configuration.rows import OfficeRow
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.downtime import Downtime
from sync.central.reports.kinds.monthly import MONTHLY, PeriodicFigures
from sync.central.reports.model import Table, blocks_of, for_outside
from sync.central.store.database import reading, writing
from sync.contract.plan import VIET_NAM
from tests.contract.test_alerts import WEEK, enrolled, looked
from tests.support.wire import NOW, CentreUnderTest

MARCH = Asked(kind=MONTHLY.name, unit="phuong-mot", first=date(2026, 3, 1), last=date(2026, 3, 31))
THURSDAY = datetime(2026, 3, 5, 10, tzinfo=VIET_NAM)


def figures_on(central: CentreUnderTest, now: datetime, asked: Asked = MARCH) -> PeriodicFigures:
    with reading(central.engine) as connection:
        return MONTHLY.read(connection, asked, now)


def test_the_days_on_which_a_device_was_silent_are_counted_and_stay_in_the_office(
    central: CentreUnderTest,
) -> None:
    with writing(central.engine) as connection:
        put_office(connection, "phuong-mot", OfficeRow(opening=WEEK))
    here = NOW + timedelta(hours=1)
    enrolled(central, {"kiosk-1": NOW - timedelta(hours=1), "kiosk-2": here})
    assert len(looked(central, here).raised) == 1  # on Monday 2/3
    # Heard again on Thursday; silent once more over the weekend, and still so.
    enrolled(central, {"kiosk-1": THURSDAY, "kiosk-2": THURSDAY})
    assert looked(central, THURSDAY).closed == 1
    friday = THURSDAY + timedelta(days=1)
    enrolled(central, {"kiosk-2": friday})
    assert len(looked(central, friday).raised) == 1
    (line,) = figures_on(central, datetime(2026, 3, 10, 8, tzinfo=VIET_NAM)).downtime
    assert (line.times, line.days) == (2, 6)  # Monday to Thursday, Friday, and Monday 9/3
    assert "kiosk-1" in line.place
    assert figures_on(central, friday).downtime == (replace(line, times=1, days=4),)  # days that are over
    april = replace(MARCH, first=date(2026, 4, 1), last=date(2026, 4, 30))
    assert figures_on(central, datetime(2026, 4, 2, 8, tzinfo=VIET_NAM), april).downtime == (
        replace(line, times=1, days=1),
    )
    document = MONTHLY.build(figures_on(central, friday), {})
    inside, outside = (
        [block.id for block in blocks_of(copy) if isinstance(block, Table)]
        for copy in (document, for_outside(document))
    )
    assert ("bang-may" in inside, "bang-may" in outside) == (True, False)


def test_a_whole_unit_is_one_line_and_a_night_is_no_day_of_silence(central: CentreUnderTest) -> None:
    evening, morning = NOW + timedelta(hours=2), datetime(2026, 3, 3, 8, 30, tzinfo=VIET_NAM)
    enrolled(central, {"kiosk-1": evening, "kiosk-2": evening})
    assert [alarm.kind for alarm in looked(central, morning).raised] == ["silent-unit"]
    enrolled(central, {"kiosk-1": morning, "kiosk-2": morning})
    looked(central, morning + timedelta(minutes=5))
    assert figures_on(central, THURSDAY).downtime == (
        Downtime(place="Phường Một, cả đơn vị", times=1, days=1),
    )
