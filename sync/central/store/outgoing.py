"""The tables of messages: what was said to whom, how it gets there, who wants what. See office/messages/."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sync.central.store.schema import Serial, metadata

# recipient: an account; 0 for the centre's own webhook. subject: what the message is about, such as a unit.
# due: the day on which it fell due. body: JSON of a `Content`; "" where there was nothing to report. made_at:
# milliseconds since 1970.
messages = Table(
    "messages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("due", String(10), nullable=False),
    Column("recipient", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    UniqueConstraint("kind", "subject", "due", "recipient"),
    Index("ix_messages_recipient_id", "recipient", "id"),
)

# state: see office/messages/retries.py. next_at: when it may be claimed; of a claim, when that is given up.
# claim: random, of the process that carries it now. Times are milliseconds since 1970.
_OPEN = text("state IN ('waiting', 'claimed', 'handing')")
deliveries = Table(
    "deliveries",
    metadata,
    Column("message", BigInteger, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("channel", String(8), primary_key=True),
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("next_at", BigInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("claim", String(32), nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_deliveries_open", "next_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

# Who wants which kinds (a JSON list), since when. address: confirmed; proposed: until its code is typed, that
# was sent at code_at. feed: the SHA-256 of the token in the address of one's own feed.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("account", BigInteger, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("kinds", Text, nullable=False, server_default="[]"),
    Column("since", BigInteger, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("proposed", Text, nullable=False, server_default=""),
    Column("code_at", BigInteger, nullable=False, server_default="0"),
    Column("code_tries", SmallInteger, nullable=False, server_default="0"),
    Column("feed", LargeBinary(32), unique=True),
)
