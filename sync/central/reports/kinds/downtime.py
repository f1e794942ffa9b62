"""On how many days devices were silent, as far as the centre knows it: by the alerts that were raised of it.

A silence counts from the day on which it was raised: a device that was last heard in the evening and is
missing in the morning was not silent on the day before. It ends when the device is heard again, or when its
alert is closed.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, func, select, true

from sync.central.office.alerts.alarms import SILENCE
from sync.central.office.remarks.calendar import read_calendars
from sync.central.office.units.stored import units_below
from sync.central.presenting.language import capital
from sync.central.reports.kinds.cells import count
from sync.central.reports.kinds.sources import Source
from sync.central.reports.model import Column, Table
from sync.central.reports.model import Row as TableRow
from sync.central.store.alert_tables import alert_steps, alerts
from sync.central.store.schema import devices
from sync.contract.plan import VIET_NAM

_DAY = timedelta(days=1)


class Downtime(Struct, frozen=True, kw_only=True):
    """The silences of one device, or of all of a unit at once. place: its counter or unit.

    times: how many there were; days: working days of the period on which it was silent.
    """

    place: str
    times: int
    days: int


def read_downtime(source: Source) -> tuple[Downtime, ...]:
    """The silences in the days of the report that are over, most days first."""
    asked = source.asked
    calendars = read_calendars(source.connection, source.today)
    found: defaultdict[str, list[set[date]]] = defaultdict(list)
    for row in _silences(source):
        first, last = _day(row.raised_at), _day(row.ended_at) if row.ended_at else source.until
        first, last = max(first, asked.first), min(last, source.until)
        works = calendars.of(row.unit).works
        days = {day for day in _days(first, last) if works(day)}
        if days:
            found[_place(source, row)].append(days)
    lines = (
        Downtime(place=place, times=len(silences), days=len(set().union(*silences)))
        for place, silences in found.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.days, -line.times, line.place)))


def downtime_table(lines: tuple[Downtime, ...]) -> Table:
    """A line a device; it stays in the office."""
    return Table(
        id="bang-may",
        caption="Bảng 1a. Máy im lặng trong giờ làm việc",
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Quầy, máy", width=3),
            Column(title="Số lần im lặng", number=True),
            Column(title="Số ngày làm việc có im lặng", number=True),
        ),
        rows=tuple(
            TableRow(cells=(str(number), line.place, count(line.times), count(line.days)))
            for number, line in enumerate(lines, 1)
        ),
        note="Theo cảnh báo máy im lặng quá ngưỡng của đơn vị. Bảng này không có trong bản gửi ra ngoài.",
        empty="Trong kỳ không có cảnh báo nào về máy im lặng.",
        internal=True,
    )


def _silences(source: Source) -> list[Row[Any]]:
    a, s = alerts.c, alert_steps.c
    ended = select(func.min(s.at)).where(s.alert == a.id, s.step.in_(("recover", "close"))).scalar_subquery()
    unit = source.asked.unit
    below = a.unit.in_(units_below(source.connection, unit, source.until)) if unit else true()
    query = (
        select(a.kind, a.subject, a.unit, a.raised_at, a.n, ended.label("ended_at"), devices.c.counter)
        .outerjoin(devices, devices.c.id == a.subject)
        .where(
            a.kind.in_(SILENCE),
            below,
            a.day <= source.until.isoformat(),
        )
        .order_by(a.day, a.id)
    )
    return list(source.connection.execute(query))


def _place(source: Source, row: Row[Any]) -> str:
    names = source.names
    unit = capital(names.units.get(row.unit, row.unit))
    if row.kind == "silent-unit":
        return f"{unit}, cả đơn vị"
    counter = names.counters.get((row.unit, row.counter or ""))
    own = f"{counter} ({row.subject})" if counter else row.subject
    return own if row.unit == source.asked.unit else f"{unit}, {own}"


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(VIET_NAM).date()


def _days(first: date, last: date) -> list[date]:
    return [first + _DAY * number for number in range((last - first).days + 1)]
