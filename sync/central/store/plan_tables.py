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
# account: who does it. done_on, done_by, result: once it is done, else "". changes: how often it was changed.
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
    Column("changes", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("ix_plan_tasks_account", "account"),
)

# What somebody wrote keeps a plan from going on, and what the leader answered. said_by, answered_by:
# accounts, 0 for none. due: the last day to answer. closed_at: "" while it is open.
plan_obstacles = Table(
    "plan_obstacles",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("plan", String(64), nullable=False, index=True),
    Column("unit", String(64), nullable=False),
    Column("words", Text, nullable=False),
    Column("said_at", String(40), nullable=False),
    Column("said_by", Integer, nullable=False),
    Column("due", String(10), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", String(40), nullable=False),
    Column("answered_by", Integer, nullable=False),
    Column("closed_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# Plans that are closed. closed_by: an account. package: what was handed over, JSON of a Manifest, see
# pulling/handing_over.py; digest: its SHA-256, hex. received_by: who got it, in words, "" for nobody yet;
# received_account: who noted that.
plan_closings = Table(
    "plan_closings",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("closed_at", String(40), nullable=False),
    Column("closed_by", Integer, nullable=False),
    Column("package", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("received_by", Text, nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("received_account", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# Which units were given notice of a plan, and which have read it. version: of the plan's wording. read_at: ""
# until somebody of the unit has read it; sent_by, read_by: accounts, 0 for none.
plan_notices = Table(
    "plan_notices",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sent_at", String(40), nullable=False),
    Column("sent_by", Integer, nullable=False),
    Column("read_at", String(40), nullable=False),
    Column("read_by", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("ix_plan_notices_unit", "unit"),
)

# A training of those who hand forms out or ask people. people: JSON of those invited, see
# office/planning/trainings.py; "[]" some time after the end of the plan.
plan_trainings = Table(
    "plan_trainings",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("plan", String(64), nullable=False, index=True),
    Column("day", String(10), nullable=False),
    Column("place", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# How the units of a group were chosen, the last time. body: JSON, see office/planning/choosing_units.py.
# account: who did it.
unit_choices = Table(
    "unit_choices",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("account", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# How a body scores on the nine indicators of circular 01/2018, see office/planning/given_points.py: a row for
# each that somebody gave. zero, one, two: dossiers with that number of points. points: of the body, "" for an
# indicator by dossier. question: a rating of the plan's form that is taken for the dossiers, "" for none.
plan_scores = Table(
    "plan_scores",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("indicator", Integer, primary_key=True, autoincrement=False),
    Column("zero", Integer, nullable=False),
    Column("one", Integer, nullable=False),
    Column("two", Integer, nullable=False),
    Column("points", String(4), nullable=False),
    Column("question", String(64), nullable=False),
    Column("account", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
)
