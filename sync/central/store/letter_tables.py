"""The table of letters that ask organisations to answer, see office/post/.

No column holds a name, an address or a link in clear.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from sync.central.store.schema import metadata

# One letter, by the number of the form that comes with it. run: its print run, which says what is asked.
# link: SHA-256 of the code of its one-use link; NULL once its organisation was removed. sealed_key,
# sealed_box: name and address of the organisation, and the code; "" once they were removed. number,
# signed_on, postal_code: of the letter, "" until the office has them. …_on: the day of each thing that
# happened to it, "" for not yet; post/letters.py says what state they make. drafts: of legal documents that
# the organisation is asked about, one a line. account: who did the last of
# them, 0 for none.
letters = Table(
    "letters",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("plan", String(64), primary_key=True),
    Column("form", Integer, primary_key=True, autoincrement=False),
    Column("run", String(12), nullable=False),
    Column("link", LargeBinary(32), unique=True),
    Column("sealed_key", String(64), nullable=False),
    Column("sealed_box", Text, nullable=False),
    Column("number", String(40), nullable=False, server_default=""),
    Column("signed_on", String(10), nullable=False, server_default=""),
    Column("postal_code", String(40), nullable=False, server_default=""),
    Column("sent_on", String(10), nullable=False, server_default=""),
    Column("reminded_on", String(10), nullable=False, server_default=""),
    Column("returned_on", String(10), nullable=False, server_default=""),
    Column("answered_on", String(10), nullable=False, server_default=""),
    Column("undelivered_on", String(10), nullable=False, server_default=""),
    Column("lost_on", String(10), nullable=False, server_default=""),
    Column("drafts", Text, nullable=False, server_default=""),
    Column("account", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("ix_letters_plan", "plan"),
    Index("ix_letters_run", "run"),
)
