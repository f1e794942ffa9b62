"""Monday's message: what the page of the morning says, of the week that is over.

It is said on the first working day of a week, or the day after if the centre was off; in a week without a
working day, such as that of Tết, not at all. Where nothing happened nothing is sent.
"""

from datetime import date, timedelta

from sqlalchemy import Connection

from sync.central.duties.turns import Turn, at_morning, own_unit, recipients
from sync.central.figures.morning import Looking, Morning, read_morning
from sync.central.figures.said import in_words
from sync.central.figures.today import Sentence
from sync.central.office.corrections import naming
from sync.central.office.messages.identity import MONDAY, Content, Key, Link
from sync.central.office.messages.outbox import is_wanted, put
from sync.central.office.people.above import above
from sync.central.office.people.permissions import Person, covering, grants, may, may_anywhere
from sync.central.office.remarks.calendar import Calendar, read_calendars
from sync.central.office.remarks.listing import Asked as RemarksAsked
from sync.central.office.remarks.listing import RemarkCounts, counts_of, reader_of
from sync.central.presenting.days import days_words
from sync.central.presenting.language import capital

LATE = 1  # days after which it is not said any more
_DAY = timedelta(days=1)


def said_on(today: date, calendar: Calendar) -> date | None:
    """The day of this week on which the message is due; None in a week without a working day."""
    monday = today - _DAY * today.weekday()
    first = calendar.after(monday - _DAY, 1)
    return first if first < monday + _DAY * 7 else None


def say_monday(turn: Turn) -> int:
    """Make the messages that are due now; how many have something to say."""
    made, settings = 0, turn.settings()
    with turn.storage.reading() as connection:
        people = recipients(connection, settings, MONDAY)
        wanted = [
            (person, key)
            for person in people
            for unit in may_anywhere(person, "see-figures", turn.today)
            if (key := _due(connection, turn, person, unit)) is not None
        ]
    if wanted:
        turn.days.close()
    for person, key in wanted:
        with turn.storage.reading() as connection:
            content = monday_of(connection, turn, person, key.subject)
        with turn.storage.changing() as connection:
            new = put(
                connection,
                key,
                content,
                fell_due=at_morning(key.due),
                now=turn.now,
                webhook=settings.webhook is not None,
            )
        made += new and content is not None
    return made


def _due(connection: Connection, turn: Turn, person: Person, unit: str) -> Key | None:
    """The message that this person should have about this unit now, unless it was made or may not be."""
    shown = own_unit(connection, unit, turn.today)
    due = said_on(turn.today, read_calendars(connection, turn.today).of(shown))
    if due is None or not at_morning(due) <= turn.now or turn.today > due + _DAY * LATE:
        return None
    key = Key(kind=MONDAY, subject=shown, due=due, recipient=person.account)
    return key if is_wanted(connection, key, at_morning(due)) else None


def monday_of(connection: Connection, turn: Turn, person: Person, unit: str) -> Content | None:
    """What the page of this unit would say to this person; None if nothing happened."""
    higher = above(connection, unit, turn.today)
    roles = [held for held in covering(person, unit, turn.today, higher) if grants(held.role, "see-figures")]
    widest = min(roles, key=lambda held: (held.role != "admin", held.unit != ""))
    looking = Looking(
        unit=unit,
        scope=widest.unit or None,
        admin=widest.role == "admin",
        now=turn.now,
        window="last week",
    )
    names = turn.names.read(connection)
    remarks: dict[str, RemarkCounts] | None = None
    reader = (
        reader_of(person, turn.today, about=naming(connection, person.officer))
        if may(person, "see-remarks", unit, turn.today, higher)
        else None
    )
    if reader is not None:
        remarks = counts_of(connection, reader, RemarksAsked(unit=unit), now=turn.now)
    morning = read_morning(connection, looking, names, remarks)
    if not happened(morning):
        return None
    name = capital(names.units.get(unit, unit)) if unit else "Toàn bộ"
    period = days_words(morning.asked.first, morning.asked.last)
    return Content(
        f"{name}, tuần {period}",
        tuple(_line(sentence, turn) for sentence in morning.today.every),
        (Link("Xem số liệu", f"/don-vi/{unit}?ky=tuan" if unit else "/?ky=tuan"),),
        (unit,),
    )


def happened(morning: Morning) -> bool:
    """Whether somebody came or answered, something is due, or somebody has something to do."""
    visits = morning.reply.handovers
    return bool(visits.visits or visits.untagged or morning.today.calls or morning.today.due.n)


def _line(sentence: Sentence, turn: Turn) -> str:
    parts = (sentence.sentence, *sentence.figures)
    said = [in_words(part, "vi", turn.now) for part in parts]
    return said[0] if len(said) == 1 else f"{said[0]} {capital('; '.join(said[1:]))}."
