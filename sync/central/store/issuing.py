"""The tables of official documents, from their draft to their publication: see reports/issuing/."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from sync.central.store.schema import Serial, metadata

# A document of one period. unit: "" for the whole centre. plan_group: of its plan, "" for all. revision: how
# often the document of this period was revised before. revises: the one that it takes the place of. why: the
# reason for that. figures: what its kind read at `figures_at`, as canonical JSON; never changed once
# `digest`, their SHA-256, is set. words: what an official wrote, JSON, by id. drafted_by: as the audit log
# names people. sent_number, sent_day: of the signed paper, "" until it was sent. withheld: rows that copies
# for others don't say, said: what they say and hide of the others, JSON, see reports/issuing/small_cells.py.
reports = Table(
    "reports",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("plan_group", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("revises", BigInteger),
    Column("why", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("figures", Text, nullable=False),
    Column("figures_at", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("sent_number", Text, nullable=False),
    Column("sent_day", String(10), nullable=False),
    Column("withheld", Text, nullable=False, server_default="[]"),
    Column("said", Text, nullable=False, server_default="[]"),
    Index("ix_reports_unit_last_day", "unit", "last_day"),
)

# What was done with a document, in its order. who: "" for what happened by itself. revision: of the document
# after this step. note: what the person wrote.
report_steps = Table(
    "report_steps",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("report", BigInteger, nullable=False, index=True),
    Column("step", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("note", Text, nullable=False),
)

# Who has seen a document that an office distributes within.
notice_reads = Table(
    "notice_reads",
    metadata,
    Column("report", BigInteger, primary_key=True, autoincrement=False),
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
)
