"""The tables of alerts and remedies, see office/alerts/ and office/remedies/."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, Text, text

from sync.central.store.schema import Serial, metadata

# What somebody must know. id: the digest of what it is about and when, so that nothing is raised twice.
# subject: a device, a unit, a response, or a plan. since: when it began. officers: those whom it
# may concern (a JSON list). n: how many visits or devices it is about. name: of a deadline. shown_at: when it
# became visible to those who may read it. state, owner, result: as in office/alerts/stages.py.
_NOT_CLOSED = text("state <> 'closed'")
_NOT_SHOWN = text("shown_at IS NULL")
alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("since", String(40), nullable=False),
    Column("officers", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("raised_at", String(40), nullable=False),
    Column("shown_at", String(40)),
    Column("state", String(8), nullable=False, server_default="new"),
    Column("owner", Integer),
    Column("result", String(16), nullable=False, server_default=""),
    Index("ix_alerts_day_id", "day", "id"),
    Index("ix_alerts_subject", "subject"),
    Index("ix_alerts_open", "unit", "kind", sqlite_where=_NOT_CLOSED, postgresql_where=_NOT_CLOSED),
    Index("ix_alerts_not_shown", "id", sqlite_where=_NOT_SHOWN, postgresql_where=_NOT_SHOWN),
)

# What was done about an alert, in its order. account: 0 for the centre itself. note: an administrator's text.
alert_steps = Table(
    "alert_steps",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("alert", String(32), nullable=False, index=True),
    Column("at", String(40), nullable=False),
    Column("account", Integer, nullable=False),
    Column("step", String(8), nullable=False),
    Column("result", String(16), nullable=False),
    Column("note", Text, nullable=False),
)

# The thresholds that a unit decided, for itself and the units below it. since: milliseconds since 1970; the
# threshold counts for what arrives from then on. used: 0 if the unit wants none of these alerts.
alert_rules = Table(
    "alert_rules",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("used", SmallInteger, nullable=False),
    Column("bound", Integer, nullable=False),
)

# What an office puts right. figure: the one that showed the problem, with its n; after: the same one later.
# question: of a form, "" for none. first_day, last_day: the period of the figure, "" for none. source: the
# alert or report that it comes from, such as "alert 1f…"; "" for none. account: who has to do it; person: the
# same in words, for an office or a title. due: the last day. finished_on: when it was done or given up.
remedies = Table(
    "remedies",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("problem", Text, nullable=False),
    Column("figure", Text, nullable=False),
    Column("question", String(64), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("source", String(64), nullable=False),
    Column("measure", Text, nullable=False),
    Column("account", Integer),
    Column("person", Text, nullable=False),
    Column("due", String(10), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("state", String(8), nullable=False, server_default="open"),
    Column("result", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    Column("finished_on", String(10), nullable=False, server_default=""),
    Index("ix_remedies_unit_due", "unit", "due"),
    Index("ix_remedies_source", "source"),
)

# What was done about a remedy, in its order.
remedy_steps = Table(
    "remedy_steps",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("remedy", String(12), nullable=False, index=True),
    Column("at", String(40), nullable=False),
    Column("account", Integer, nullable=False),
    Column("step", String(8), nullable=False),
    Column("note", Text, nullable=False),
    Column("after", Text, nullable=False),
)
