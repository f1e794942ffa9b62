"""The tables of paper forms, see office/paper/: what was printed, what came back, and what was keyed."""

from sqlalchemy import Column, Index, Integer, SmallInteger, String, Table, Text, UniqueConstraint

from sync.central.store.schema import metadata

# Forms that were printed together: numbers `first` to `last` of a release, handed to one person or office.
# plan, plan_group: "" for a form outside of any plan. Numbers are unique over unit and plan. given_out,
# returned: how many, NULL while nobody has counted. account: who printed them, 0 for a command.
print_runs = Table(
    "print_runs",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("plan_group", String(64), nullable=False),
    Column("survey", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("given_out", Integer),
    Column("returned", Integer),
    Column("account", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    UniqueConstraint("unit", "plan", "first"),
)

# Filled forms that came back together and were counted before anybody keyed them. way: "box" for an opening
# of the ballot box, by two people; "handed" for forms that one person handed to another. first, last: the
# lowest and the highest number among them. twice: percent of its valid forms that two people key; seed: 64
# random hex digits that they are drawn with, shown to nobody; "" for a lot of before there were seeds.
paper_lots = Table(
    "paper_lots",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("plan_group", String(64), nullable=False),
    Column("survey", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("way", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("first_person", Text, nullable=False),
    Column("second_person", Text, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("twice", SmallInteger, nullable=False, server_default="0"),
    Column("seed", String(64), nullable=False, server_default=""),
    Column("account", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("ix_paper_lots_unit_day", "unit", "day"),
)

# What became of each form of a lot. id: of the page that it was typed on, so that a page sent twice keys one
# form. number: on the form, 0 if nobody can read it; copy: 0 for the form that has this number, others have
# the same one again or none. response: what was stored of it; NULL for an invalid form, and for one that was
# forgotten. invalid: why it does not count, "" for a valid one. unlisted: procedure or officer in the words
# of the form, sealed, JSON of a contract Sealed; "" where the catalogue has both. account: who keyed it.
paper_forms = Table(
    "paper_forms",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("copy", SmallInteger, nullable=False, server_default="0"),
    Column("lot", String(12), nullable=False, index=True),
    Column("response", String(36), index=True),
    Column("invalid", String(12), nullable=False, server_default=""),
    Column("answered_on", String(10), nullable=False, server_default=""),
    Column("unlisted", Text, nullable=False, server_default=""),
    Column("account", Integer, nullable=False),
    Column("keyed_at", String(40), nullable=False),
    UniqueConstraint("unit", "plan", "number", "copy"),
)

# The second keying of a form, see office/paper/twice.py. first_account, account: who keyed it the first and
# the second time. body: what both say, JSON. fields: how many were compared; differing: of them; wrong: in
# which the first keying was found wrong. decided: 1 if nothing differs, or a third person has decided. words,
# unlisted: what the second keying has of these, sealed, JSON of a contract Sealed; "" for nothing.
paper_seconds = Table(
    "paper_seconds",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("plan", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("lot", String(12), nullable=False, index=True),
    Column("first_account", Integer, nullable=False),
    Column("account", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("differing", Integer, nullable=False),
    Column("wrong", Integer, nullable=False, server_default="0"),
    Column("decided", SmallInteger, nullable=False),
    Column("decider", Integer),
    Column("words", Text, nullable=False, server_default=""),
    Column("unlisted", Text, nullable=False, server_default=""),
    Column("changed_at", String(40), nullable=False),
)

# A lot that one person hands to another, see office/paper/handing.py. giver, receiver: accounts. counted: by
# the receiver, 0 before. state: offered, received, refused, withdrawn. answer: why it was refused.
paper_handovers = Table(
    "paper_handovers",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("lot", String(12), nullable=False, index=True),
    Column("giver", Integer, nullable=False),
    Column("receiver", Integer, nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("counted", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("offered_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
)
