"""Reminders three working days before a plan asks for something: a report, a task, the end of a window.

The days are counted back from the day itself, which may be a day off: of what is due on Sunday 20/9/2020
people are reminded on Wednesday 16/9. What a plan asks for that is issued later is said at once, while it is
still ahead.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from sync.central.duties.turns import Turn, at_morning, own_unit, recipients
from sync.central.figures.morning import read_due
from sync.central.figures.said import value_in_words
from sync.central.figures.today import Due
from sync.central.office.messages.identity import REMINDER, Content, Key, Link
from sync.central.office.messages.outbox import is_wanted, put
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remarks.calendar import Calendar, read_calendars
from sync.central.presenting.days import full_day
from sync.central.presenting.language import capital
from sync.central.store.schema import plans
from sync.contract.assignment import OfficeHours

AHEAD = 3  # working days


def reminded_on(day: date, calendar: Calendar) -> date:
    """The working day on which people are reminded of what is due on `day`."""
    return calendar.before(day, AHEAD)


def remind(turn: Turn) -> int:
    """Make the reminders that are due now; how many."""
    made, settings = 0, turn.settings()
    with turn.storage.reading() as connection:
        wanted = _wanted(connection, turn, recipients(connection, settings, REMINDER))
    for key, (content, fell_due) in wanted.items():
        with turn.storage.changing() as connection:
            made += put(
                connection,
                key,
                content,
                fell_due=fell_due,
                now=turn.now,
                webhook=settings.webhook is not None,
            )
    return made


def _wanted(
    connection: Connection, turn: Turn, people: Iterable[Person]
) -> dict[Key, tuple[Content, datetime]]:
    """What is to be said now and was not yet, and since when."""
    wanted: dict[Key, tuple[Content, datetime]] = {}
    for person in people:
        for held in may_anywhere(person, "see-figures", turn.today):
            unit = own_unit(connection, held, turn.today)
            calendar = read_calendars(connection, turn.today).of(unit)
            hours = OfficeHours(calendar.opening, calendar.special_days)
            for due in read_due(connection, unit, turn.today, hours) or ():
                if due.sent or due.day < turn.today:
                    continue
                since = reminded_on(due.day, calendar)
                key = Key(kind=REMINDER, subject=_subject(due, turn), due=due.day, recipient=person.account)
                if turn.now < at_morning(since) or key in wanted:
                    continue
                # What a plan asks for falls due when the plan is there, however late that is.
                fell_due = max(at_morning(since), _issued_at(connection, due.plan))
                if is_wanted(connection, key, fell_due):
                    wanted[key] = content_of(due, turn, calendar, unit), fell_due
    return wanted


def _issued_at(connection: Connection, plan: str) -> datetime:
    """When the newest wording of a plan was issued."""
    query = select(plans.c.issued_at).where(plans.c.id == plan).order_by(plans.c.version.desc()).limit(1)
    return datetime.fromisoformat(connection.execute(query).scalar_one())


def content_of(due: Due, turn: Turn, calendar: Calendar, unit: str) -> Content:
    """What a reminder says. unit: on whose page it is due."""
    name = capital(_name(due, turn))
    left = sum(
        calendar.works(turn.today + timedelta(days=number)) for number in range((due.day - turn.today).days)
    )
    lines = [f"{name}: hạn {full_day(due.day)}."]
    if due.working < due.day:
        lines.append(f"Hạn rơi vào ngày nghỉ: ngày làm việc trước đó là {full_day(due.working)}.")
    lines.append(_time_left(left, today=due.day == turn.today))
    return Content(f"Nhắc việc: {name}", tuple(lines), (Link("Việc đến hạn", "/"),), (unit,))


def _time_left(working_days: int, *, today: bool) -> str:
    if today:
        return "Hạn là hôm nay."
    return f"Còn {working_days} ngày làm việc." if working_days else "Trước hạn không còn ngày làm việc nào."


def _name(due: Due, turn: Turn) -> str:
    return value_in_words(due.name, "vi", turn.now)


def _subject(due: Due, turn: Turn) -> str:
    """The plan, and which of its lines: a later wording of the plan may number them otherwise."""
    return f"{due.plan}:{hashlib.sha256(_name(due, turn).encode()).hexdigest()[:12]}"
