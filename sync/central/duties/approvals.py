"""Reports to people that a document waits for their approval: one message for all that do so.

Promises (each has a test of this name):
- a person is told once that a report waits, and again only after it was given back and written on, whatever
  the person was told of other reports meanwhile;
- nobody is told of a report that this person wrote, or may not approve;
- people of the report's own unit come first: those above are told where nobody there wants to be, or nobody
  any more;
- the program that the centre calls is no person, and is told of none;
- who begins a report has an hour for its words before anybody is asked to read them.

What a person was told is kept for each report, as a message of its own key: the first of those that a message
names has its text, the others have none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sync.central.duties.turns import Turn
from sync.central.office.messages.identity import APPROVAL, Content, Key, Link
from sync.central.office.messages.outbox import is_wanted, put
from sync.central.office.messages.subscribing import subscribers
from sync.central.office.people.above import above
from sync.central.office.people.permissions import Person, covering, may
from sync.central.presenting.days import full_day
from sync.central.presenting.language import capital
from sync.central.presenting.numbers import whole
from sync.central.reports.issuing.proposing import named, sent_by
from sync.central.reports.issuing.waiting import Waiting, awaiting_approval
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.store.database import one_at_a_time
from sync.contract.plan import VIET_NAM

PAUSE = timedelta(hours=1)
NAMED = 20
"""Reports that a message names one by one."""


def ask_for_approval(turn: Turn) -> int:
    """Make the messages about reports that wait; how many."""
    made = 0
    with turn.storage.reading() as connection:
        people = subscribers(connection, APPROVAL)
        if not people:
            return 0
        ripe = [each for each in awaiting_approval(connection, KINDS) if _ripe(each) <= turn.now]
        asked = [
            (person, own)
            for person, own in asked_of(connection, turn, people, ripe)
            if _untold(connection, person, own)
        ]
    for person, own in asked:
        with turn.storage.changing() as connection:
            one_at_a_time(connection)
            new = _untold(connection, person, own)
            content = _content(connection, turn, new) if new else None
            for each in new:
                put(connection, _key(person, each), content, fell_due=_ripe(each), now=turn.now)
                made += content is not None
                content = None
    return made


def asked_of(
    connection: Connection, turn: Turn, people: Sequence[Person], waiting: Iterable[Waiting]
) -> list[tuple[Person, list[Waiting]]]:
    """Each of the people with the reports that are for them to approve."""
    own: dict[int, list[Waiting]] = {person.account: [] for person in people}
    for report in waiting:
        unit = report.asked.unit
        higher = above(connection, unit, turn.today)
        able = [
            person
            for person in people
            if f"account {person.account}" not in report.writers
            and all(may(person, act, unit, turn.today, higher) for act in ("see-reports", "approve-report"))
        ]
        near = [
            person
            for person in able
            if any(held.unit == unit for held in covering(person, unit, turn.today, higher))
        ]
        for person in near or able:
            own[person.account].append(report)
    return [(person, own[person.account]) for person in people]


def _untold(connection: Connection, person: Person, own: Iterable[Waiting]) -> list[Waiting]:
    """Those that this person was not told of yet, the first first."""
    new = [each for each in own if is_wanted(connection, _key(person, each), _ripe(each))]
    return sorted(new, key=lambda each: (each.since, each.id))


def _ripe(report: Waiting) -> datetime:
    return report.since + PAUSE


def _key(person: Person, report: Waiting) -> Key:
    """Given back and written on, a report waits since another moment."""
    day = report.since.astimezone(VIET_NAM).date()
    subject = f"{report.id}:{report.since.isoformat()}"
    return Key(kind=APPROVAL, subject=subject, due=day, recipient=person.account)


def _content(connection: Connection, turn: Turn, reports: Sequence[Waiting]) -> Content:
    """What a message says."""
    names = turn.names.read(connection).units
    lines, units = [], dict.fromkeys(each.asked.unit for each in reports)
    for each in reports[:NAMED]:
        asked = each.asked
        due = sent_by(connection, asked, turn.today)
        line = named(connection, KINDS[asked.kind], asked)
        where = capital(names.get(asked.unit, asked.unit)) if asked.unit else "Toàn bộ"
        lines.append(f"{where}: {line}{f'; hạn gửi {full_day(due)}' if due else ''}.")
    if len(reports) > NAMED:
        lines.append(f"Và {whole(len(reports) - NAMED)} báo cáo khác.")
    one = len(reports) == 1
    title = "Một báo cáo chờ phê duyệt" if one else f"{whole(len(reports))} báo cáo chờ phê duyệt"
    link = Link("Đọc và phê duyệt", f"/bao-cao/{reports[0].id}" if one else "/viec")
    return Content(title, tuple(lines), (link,), tuple(units))
