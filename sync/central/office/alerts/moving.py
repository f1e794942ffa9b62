"""Alerts over a correction, a removal and a restore, and whether a backup has all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, exists, insert, select, update

from sync.central.office.alerts.alarms import CENTRE_ITSELF
from sync.central.office.alerts.stages import COURSE
from sync.central.office.work.owned import stage_in
from sync.central.store.alert_tables import alert_rules, alert_steps, alerts, remedies
from sync.central.store.response_digest import digest_of

Rows = Sequence[Any]  # of the driver
_MANY = 500  # ids of a query
_STEP = tuple(column.name for column in alert_steps.c if column.name != "position")


class Raised(Struct, frozen=True):
    """Rows of all alerts, of what was done about them in its order, and of the thresholds."""

    alerts: Rows
    steps: Rows
    rules: Rows


def follow(connection: Connection, before: str, after: str) -> None:
    """Let the alert about a response that was corrected be about the response that counts now."""
    connection.execute(update(alerts).where(alerts.c.subject == before).values(subject=after))


def remove_alerts(connection: Connection, ids: Collection[str]) -> None:
    """Remove the alerts about these responses, and what was done about them."""
    about = select(alerts.c.id).where(alerts.c.subject.in_(ids))
    _remove(connection, connection.execute(about).scalars().all())


def remove_old(connection: Connection, before: date) -> int:
    """Remove closed alerts of days before this one; how many."""
    old = select(alerts.c.id).where(alerts.c.day < before.isoformat(), alerts.c.state == "closed")
    removed = list(connection.execute(old).scalars())
    _remove(connection, removed)
    return len(removed)


def _remove(connection: Connection, ids: Sequence[str]) -> None:
    for first in range(0, len(ids), _MANY):
        some = ids[first : first + _MANY]
        connection.execute(delete(alert_steps).where(alert_steps.c.alert.in_(some)))
        connection.execute(delete(alerts).where(alerts.c.id.in_(some)))
        # What is put right because of it goes on without it.
        sources = [f"alert {id}" for id in some]
        connection.execute(update(remedies).where(remedies.c.source.in_(sources)).values(source=""))


def read_raised(connection: Connection) -> Raised:
    """All alerts of this database."""
    steps = select(alert_steps).order_by(alert_steps.c.position)
    return Raised(
        connection.execute(select(alerts)).all(),
        connection.execute(steps).all(),
        connection.execute(select(alert_rules)).all(),
    )


def carry_raised(
    connection: Connection, raised: Raised, numbers: Mapping[int, int], gone: Collection[str]
) -> int:
    """Add here what is missing; how many alerts that was about.

    numbers: of each account there, its number here. gone: digests of responses that were forgotten.
    An alert whose response is not here yet is kept, so that it is not raised again when that comes.
    """
    here = read_raised(connection)
    known = {row.id: row for row in here.alerts}
    there, done = _by_alert(raised.steps), _by_alert(here.steps)
    count = 0
    for row in raised.alerts:
        if row.kind == "low" and digest_of(row.subject) in gone:
            continue
        values = dict(row._mapping)
        if row.owner is not None:
            values["owner"] = numbers.get(row.owner, row.owner)
        missing = there[row.id][len(done[row.id]) :]
        if row.id not in known:
            connection.execute(insert(alerts).values(values))
        elif missing or (row.shown_at, row.subject) != (known[row.id].shown_at, known[row.id].subject):
            connection.execute(update(alerts).where(alerts.c.id == row.id).values(values))
        else:
            continue
        if missing:
            connection.execute(insert(alert_steps), [_renumbered(step, numbers) for step in missing])
        count += 1
    decided = {(row.unit, row.kind, row.since) for row in here.rules}
    rules = [dict(row._mapping) for row in raised.rules if (row.unit, row.kind, row.since) not in decided]
    if rules:
        connection.execute(insert(alert_rules), rules)
    return count


def alert_fault(connection: Connection) -> str:
    """What is wrong with the stored alerts, "" for nothing: for the check of a backup."""
    nobodys = select(alert_steps.c.alert).where(~exists().where(alerts.c.id == alert_steps.c.alert))
    if connection.execute(nobodys.limit(1)).first():
        return "a step of no alert"
    raised = read_raised(connection)
    done = _by_alert(raised.steps)
    wrong = any(COURSE.reached(done[row.id]) != stage_in(row) for row in raised.alerts)
    return "an alert that is not where its steps lead" if wrong else ""


def _renumbered(step: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in _STEP}
    own = step.account == CENTRE_ITSELF
    return values | {"account": step.account if own else numbers.get(step.account, step.account)}


def _by_alert(steps: Iterable[Any]) -> defaultdict[str, list[Any]]:
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in steps:
        rows[row.alert].append(row)
    return rows
