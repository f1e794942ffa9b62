"""The tables of lists of people, samples and those drawn, see office/sample/.

No column holds a name, telephone or address in clear. `code`: a keyed hash of one person, see one_person.py.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from sync.central.store.schema import Serial, metadata

# The column of each meaning in the lists of one software, remembered for a unit. body: JSON of `Columns`.
list_columns = Table(
    "list_columns",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("software", String(100), primary_key=True),
    Column("body", Text, nullable=False),
)

# What the draw of a plan's group rests on. stratum: the group. seed_digest, key_digest: published before any
# list comes, hex. seed: hex, "" until the sample is drawn. spare_percent: how many more are drawn, to replace
# people who can't be asked.
samples = Table(
    "samples",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("seed_digest", String(64), nullable=False),
    Column("key_digest", String(64), nullable=False),
    Column("published_at", String(40), nullable=False),
    Column("seed", String(64), nullable=False, server_default=""),
    Column("spare_percent", SmallInteger, nullable=False, server_default="0"),
    Column("drawn_at", String(40), nullable=False, server_default=""),
)

# One list of people. lines: of the file; people: after those named twice were put together. digest:
# SHA-256 of its file of codes, hex. source: who sent it. emptied_at: when its people were removed, "" while
# they are here.
frames = Table(
    "frames",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("taken_at", String(40), nullable=False),
    Column("emptied_at", String(40), nullable=False, server_default=""),
)

# The people of a list. field: in which they were served, "" where the list does not say; lines: how often
# they are on it. sealed_key, sealed_box: name, telephone, address and id, see sync/contract/sealing.py.
frame_people = Table(
    "frame_people",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("code", String(32), primary_key=True),
    Column("field", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("sealed_key", String(64), nullable=False),
    Column("sealed_box", Text, nullable=False),
    # All that a draw reads of a list: it need not read past the boxes.
    Index("ix_frame_people_drawing", "plan", "stratum", "unit", "code", "field", "lines"),
)

# Those drawn. place: in the order of the draw. code: "" after the list was emptied. spare: 1 for who
# was drawn to replace somebody, 2 for who was drawn later, for a top-up. state: see selecting.py.
# replaces: the place of the person who could not be asked, 0 for none.
drawn_people = Table(
    "drawn_people",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("code", String(32), nullable=False),
    Column("field", Text, nullable=False),
    Column("spare", SmallInteger, nullable=False),
    Column("state", String(8), nullable=False),
    Column("replaces", Integer, nullable=False, server_default="0"),
    Column("account", Integer),
    Column("response", String(36), nullable=False, server_default=""),
    Index("ix_drawn_people_account_state", "account", "state"),
    Index("ix_drawn_people_response", "response"),
)

# What was done about somebody drawn, in its order. place: 0 for staff who answered, see
# interviews/field_work.py, and for all of an interviewer. account: who did it; whose interview it was where
# it is asked again, see interviews/asked_again.py.
drawn_steps = Table(
    "drawn_steps",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("stratum", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("account", Integer, nullable=False),
    Column("step", String(8), nullable=False),
    Index("ix_drawn_steps_plan_account", "plan", "account"),
)

# Interviews that are checked by another person. place: of who was asked; account: who asked them. seed: with
# which they were drawn, after the forms were in, hex. checker: who checked, or is to check, see
# interviews/whose_rechecks.py. result: see interviews/again.py; "" until it is checked.
rechecks = Table(
    "rechecks",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("stratum", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("account", Integer, nullable=False),
    Column("seed", String(64), nullable=False),
    Column("drawn_at", String(40), nullable=False),
    Column("checker", Integer),
    Column("result", String(8), nullable=False, server_default=""),
    Column("checked_at", String(40), nullable=False, server_default=""),
)

# Addresses through which a unit without an account sends its list once, by the SHA-256 of their code.
list_links = Table(
    "list_links",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("stratum", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
