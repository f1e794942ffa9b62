"""What was reported already, when a citizen has a response removed: each issued document notes it.

Promises:
- the figures of an issued document stay as they were read: they name nobody;
- its history gets a line and its number of revision grows, so that everybody sees that one response which it
  counts is no longer kept;
- the line says neither which response that was, nor its day, device or content.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, or_, select, update

from sync.central.office.plans import Issued, every_plan
from sync.central.store.issuing import report_steps, reports
from sync.central.store.membership import in_group, in_plan
from sync.central.store.schema import responses, unit_spans
from sync.contract.plan import VIET_NAM

FORGOTTEN = "forgotten"
_ISSUED = ("approved", "sent", "published")


def note_forgotten(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Note in each issued document that counts one of these responses that it was removed on request.

    Call it in the same write transaction, before they are deleted.
    """
    c, spans = reports.c, unit_spans.c
    r = responses.c
    below = exists().where(
        spans.root == c.unit, spans.unit == r.unit, spans.first_day <= r.day, r.day <= spans.last_day
    )
    query = (
        select(c.id, c.plan, c.plan_group, c.revision, c.figures_at)
        .distinct()
        .join(responses, r.day.between(c.first_day, c.last_day))
        .where(r.id.in_(ids), c.state.in_(_ISSUED), or_(c.unit == "", c.unit == r.unit, below))
        .order_by(c.id)
    )
    rows = connection.execute(query).all()
    # Only the day: the moment of a removal could be compared with other records.
    day = now.astimezone(VIET_NAM).date().isoformat()
    plans = every_plan(connection) if any(row.plan for row in rows) else {}
    for row in rows:
        counted = select(r.id).where(
            r.id.in_(ids), *_counted(row.figures_at, plans.get(row.plan), row.plan_group)
        )
        if connection.execute(counted).first() is None:
            continue
        revision = row.revision + 1
        connection.execute(update(reports).where(c.id == row.id).values(revision=revision))
        step = {"report": row.id, "step": FORGOTTEN, "who": "", "at": f"{day}T00:00:00+07:00"}
        connection.execute(insert(report_steps).values(**step, revision=revision, note=""))


def _counted(figures_at: str, issued: Issued | None, group: str) -> Iterator[ColumnElement[bool]]:
    """The conditions for a response of a report's unit and days to be in its figures.

    When these were read, it had arrived, and its day was over: see reports/kinds/sources.py.
    """
    read_at = datetime.fromisoformat(figures_at)
    yield responses.c.received_at <= int(read_at.timestamp() * 1000)
    yield responses.c.day < read_at.astimezone(VIET_NAM).date().isoformat()
    if issued is not None and group:
        yield from (in_group(issued.plan, each, responses) for each in issued.plan.groups if each.id == group)
    elif issued is not None:
        yield in_plan(issued.plan, responses)
