"""What people are told about alerts that have just become visible: one message for each person.

Promises (each has a test of this name):
- of each alert everybody who asked for it is told once, over kills, several workers and a restore;
- a turn makes one message for a person, however many alerts there are;
- nobody is told of an alert about oneself as an officer, nor of one that this person may not see;
- a message has counts and units, no officer and no word of a citizen.

A message is made in the transaction that makes its alerts visible. The program that the centre calls is no
person with an officer's id, so it is told of devices and deadlines alone, which a viewer sees as well.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection

from sync.central.duties.turns import Turn, readers_of
from sync.central.office.alerts.alarms import OF_VISITS, AlertKind, Shown
from sync.central.office.alerts.listing import alert_reader, visible_among
from sync.central.office.corrections import naming
from sync.central.office.messages.identity import ALERTS, CENTRE_ITSELF, Content, Key, Link
from sync.central.office.messages.outbox import put, restored_at
from sync.central.office.people.permissions import Person, may_anywhere
from sync.central.office.remarks.calendar import SHOWN_FROM, read_calendars
from sync.central.presenting.days import short_day
from sync.central.presenting.language import capital
from sync.central.presenting.numbers import whole
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError

NAMED = 20
"""Units that a message names one by one."""
_SAID: Mapping[AlertKind, str] = {
    "low": "{n} lượt chưa hài lòng và có viết",
    "burst": "{n} lần nhiều lượt trong vài phút ở một máy",
    "streak": "{n} lần nhiều lượt liền nhau trả lời giống hệt",
    "after-hours": "{n} lần có lượt ngoài giờ làm việc",
    "silent": "{n} máy im lặng",
    "silent-unit": "cả {n} máy im lặng",
}


def announcer(turn: Turn) -> Callable[[Connection, Sequence[Shown]], None]:
    """What makes the messages of a turn; see `watching.watch`."""
    webhook = _has_webhook(turn)

    def announce(connection: Connection, shown: Sequence[Shown]) -> None:
        alerts = _not_told_before(connection, shown, turn.now)
        if not alerts:
            return
        names = turn.names.read(connection).units
        for person in readers_of(connection, ALERTS, webhook=webhook):
            told = _for(connection, person, alerts, turn.today)
            if told:
                put(
                    connection,
                    Key(kind=ALERTS, subject=_subject(told), due=turn.today, recipient=person.account),
                    content_of(told, names, _units_of(person, turn.today)),
                    fell_due=turn.now,
                    now=turn.now,
                    webhook=webhook,
                )

    return announce


def content_of(alerts: Sequence[Shown], names: Mapping[str, str], units: tuple[str, ...]) -> Content:
    """What a message says. names: of units. units: where its reader must still be permitted to see it."""
    by_unit: defaultdict[str, list[Shown]] = defaultdict(list)
    for alert in alerts:
        by_unit[alert.unit].append(alert)
    named = sorted(by_unit, key=lambda unit: names.get(unit, unit))
    where = f", {capital(names.get(named[0], named[0]))}" if len(named) == 1 else ""
    lines = [
        f"{capital(names.get(unit, unit))}: {'; '.join(_counted(by_unit[unit]))}." for unit in named[:NAMED]
    ]
    if len(named) > NAMED:
        lines.append(f"Và {whole(len(named) - NAMED)} đơn vị khác.")
    title = f"{whole(len(alerts))} cảnh báo mới{where}"
    return Content(title, tuple(lines), (Link("Xem cảnh báo", "/canh-bao"),), units)


def _counted(alerts: Iterable[Shown]) -> list[str]:
    """How many of each kind; deadlines by their names."""
    counts, due = Counter[AlertKind](), list[str]()
    for alert in alerts:
        if alert.kind == "deadline":
            due.append(f"đến hạn {short_day(alert.day)}: {alert.name}")
        else:
            counts[alert.kind] += alert.n if alert.kind == "silent-unit" else 1
    return [*(_SAID[kind].format(n=whole(counts[kind])) for kind in _SAID if counts[kind]), *due]


def _for(connection: Connection, person: Person, alerts: Sequence[Shown], today: date) -> list[Shown]:
    """Those of the alerts that are told to this person."""
    if person.account == CENTRE_ITSELF:
        return [alert for alert in alerts if alert.kind not in OF_VISITS]
    reader = alert_reader(person, today, "see-alerts", naming(connection, person.officer))
    if reader is None:
        return []
    visible = visible_among(connection, reader, [alert.id for alert in alerts])
    return [alert for alert in alerts if alert.id in visible]


def _units_of(person: Person, today: date) -> tuple[str, ...]:
    return () if person.account == CENTRE_ITSELF else may_anywhere(person, "see-alerts", today)


def _not_told_before(connection: Connection, shown: Sequence[Shown], now: datetime) -> list[Shown]:
    """Without those that were told of before a restore, as far as this can be known.

    What is raised again after a restore may have been told of already: alerts about visits at the morning on
    which they became visible, deadlines on their day. A device that is silent is silent still.
    """
    since = restored_at(connection)
    if since is None:
        return list(shown)
    calendars = read_calendars(connection, now.astimezone(VIET_NAM).date())

    def told_at(alert: Shown) -> datetime:
        if alert.kind == "deadline":
            return datetime.combine(now.astimezone(VIET_NAM), time(0), VIET_NAM)
        if alert.kind not in OF_VISITS:
            return now
        morning = datetime.combine(calendars.of(alert.unit).after(alert.day, 1), SHOWN_FROM, VIET_NAM)
        # What is visible earlier is so from its visit on: somebody asked to be called.
        return morning if morning <= now else alert.since

    return [alert for alert in shown if told_at(alert) >= since]


def _subject(alerts: Iterable[Shown]) -> str:
    return hashlib.sha256("\n".join(sorted(alert.id for alert in alerts)).encode()).hexdigest()[:32]


def _has_webhook(turn: Turn) -> bool:
    try:
        return turn.settings().webhook is not None
    except ProblemError:
        return False  # the duty that sends says what is wrong with them; alerts are raised all the same
