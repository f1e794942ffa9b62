"""The tables of plans as an office writes and carries them out, see office/planning/."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from sync.central.store.schema import metadata

# The next wording of a plan while it is written. unit: the plan's. body: JSON of a contract Plan.
plan_drafts = Table(
    "plan_drafts",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("changed_by", Text, nullable=False),
)

# What became of the tasks of plans; a task without a row was not begun. task: see office/planning/tasks.py.
# account: who does it. done_on, done_by, result: once it is done, else "".
plan_tasks = Table(
    "plan_tasks",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("task", String(12), primary_key=True),
    Column("account", Integer),
    Column("state", String(8), nullable=False),
    Column("result", Text, nullable=False),
    Column("done_on", String(10), nullable=False),
    Column("done_by", Text, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("ix_plan_tasks_account", "account"),
)
