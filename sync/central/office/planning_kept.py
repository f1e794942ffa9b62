"""The work on plans over a restore: drafts, tasks, obstacles, closings, notices, trainings, choices of
units, scores, and what others handed over.

Promises (each has a test of this name):
- a draft that was discarded after the backup does not come back, nor does a closing;
- a wording that was issued after the backup, which a restore can't put in force, comes back as a draft.

Names of trainings are removed here, some time after the end of their plan.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, func, insert, inspect, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.sample.emptying import KEPT_DAYS
from sync.central.store.handed_tables import form_sources, returned_tables
from sync.central.store.plan_tables import (
    plan_closings,
    plan_drafts,
    plan_notices,
    plan_obstacles,
    plan_scores,
    plan_tasks,
    plan_trainings,
    unit_choices,
)
from sync.central.store.schema import audit, plans
from sync.contract.plan import VIET_NAM

Rows = Sequence[Any]  # of the driver
_TABLES = (
    plan_drafts,
    plan_tasks,
    plan_obstacles,
    plan_closings,
    plan_scores,
    plan_notices,
    plan_trainings,
    unit_choices,
    form_sources,
    returned_tables,
)
_ACCOUNTS = (
    "account",
    "said_by",
    "answered_by",
    "closed_by",
    "received_account",
    "sent_by",
    "read_by",
    "taken_by",
)


class PlanningKept(Struct, frozen=True):
    """Rows of each table.

    removed: when a draft or closing was last removed, by the name of its table, and the plan. issued: the
    newest wording of each plan.
    """

    rows: tuple[Rows, ...]
    removed: Mapping[tuple[str, str], str]
    issued: Rows


def read_planning(connection: Connection) -> PlanningKept:
    """All of this database. A table that its version did not have yet is empty."""
    there = inspect(connection)
    return PlanningKept(
        tuple(
            connection.execute(select(table)).all() if there.has_table(table.name) else ()
            for table in _TABLES
        ),
        _removed(connection),
        _newest(connection),
    )


# What removes a row of a table, as the audit log names it.
_REMOVE = {"plan-discard": plan_drafts.name, "plan-reopen": plan_closings.name}


def _removed(connection: Connection) -> dict[tuple[str, str], str]:
    c = audit.c
    query = select(c.act, c.subject, func.max(c.at)).where(c.act.in_(_REMOVE)).group_by(c.act, c.subject)
    return {(_REMOVE[act], plan): at for act, plan, at in connection.execute(query)}


def _newest(connection: Connection) -> Rows:
    c = plans.c
    last = select(c.id, func.max(c.version).label("version")).group_by(c.id).subquery()
    query = select(plans).join(last, and_(c.id == last.c.id, c.version == last.c.version))
    return connection.execute(query.where(c.withdrawn_at.is_(None))).all()


def carry_planning(connection: Connection, kept: PlanningKept, numbers: Mapping[int, int]) -> int:
    """Add what is missing here, and what was changed later there; how many rows that were.

    numbers: of each account there, its number here.
    """
    count = 0
    for table, rows in zip(_TABLES, kept.rows, strict=True):
        key = tuple(column.name for column in table.primary_key)
        known = {_key(row, key): row.changed_at for row in connection.execute(select(table))}
        for row in rows:
            if known.get(_key(row, key), "") >= row.changed_at:
                continue
            values = dict(row._mapping)
            values |= {
                name: numbers.get(values[name], values[name]) for name in _ACCOUNTS if values.get(name)
            }
            same = (table.c[name] == value for name, value in zip(key, _key(row, key), strict=True))
            connection.execute(delete(table).where(and_(*same)))
            connection.execute(insert(table).values(values))
            count += 1
    return count + _remove_again(connection, kept) + _draft_again(connection, kept)


def _remove_again(connection: Connection, kept: PlanningKept) -> int:
    """Remove what was removed after the backup."""
    count = 0
    for table in (plan_drafts, plan_closings):
        for plan, changed_at in connection.execute(select(table.c.plan, table.c.changed_at)).all():
            if changed_at < kept.removed.get((table.name, plan), ""):
                connection.execute(delete(table).where(table.c.plan == plan))
                count += 1
    return count


def _draft_again(connection: Connection, kept: PlanningKept) -> int:
    """Let wordings that are not here be drafts, to be issued once more; later drafts stay."""
    c = plans.c
    query = select(c.id, func.max(c.version)).group_by(c.id)
    here: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    drafts = {row.plan: row.changed_at for row in connection.execute(select(plan_drafts))}
    count = 0
    for row in kept.issued:
        if row.version <= here.get(row.id, 0) or drafts.get(row.id, "") > row.issued_at:
            continue
        connection.execute(delete(plan_drafts).where(plan_drafts.c.plan == row.id))
        values = {"plan": row.id, "unit": row.unit, "body": row.body, "changed_at": row.issued_at}
        connection.execute(insert(plan_drafts).values(**values, changed_by="restore"))
        count += 1
    return count


def empty_trainings(act: Act, ended: Mapping[str, date]) -> int:
    """Remove the names of trainings whose plan ended more than KEPT_DAYS ago; of how many trainings.

    ended: the day on which each plan ended. Undoes the act if there was nothing to remove.
    """
    before = act.now.astimezone(VIET_NAM).date() - timedelta(days=KEPT_DAYS)
    over = [plan for plan, day in ended.items() if day < before]
    c = plan_trainings.c
    named = (c.plan.in_(over), c.people != "[]")
    values = {"people": "[]", "changed_at": act.now.isoformat()}
    count = int(act.connection.execute(update(plan_trainings).where(*named).values(values)).rowcount)
    if count:
        act.note("training-removed", "", str(count))
    else:
        act.undo()
    return count


def _key(row: Any, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)
