"""The tables, the same on SQLite and PostgreSQL.

A response is stored as the exact bytes the device wrote (`body`), next to the columns that pulls filter by.
A column can always be computed again from `body`; `body` is never changed.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# SQLite numbers rows by itself only if the type of the key is exactly INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")

# Facts of the centre about itself. epoch: raised with every restore from a backup.
facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

# Every release of every form, never changed: a response is judged and printed by its own version.
surveys = Table(
    "surveys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("released_at", String(40), nullable=False, server_default=""),
)

# The next release of a form while it is written; unit: who writes it.
survey_drafts = Table(
    "survey_drafts",
    metadata,
    Column("survey", String(64), primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("changed_by", Text, nullable=False),
)

# What an office decides, and what its terminals get from it, see office/configuration/. unit: what is decided
# holds there and in the units below it; "": the whole centre. Names are JSON, language -> text.
procedures = Table(
    "procedures",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("field", Text, nullable=False, server_default=""),
)
officers = Table(
    "officers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("unit", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
)
counters = Table(
    "counters",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
)

# body: JSON of an OfficeRow, see office/configuration/rows.py.
offices = Table(
    "offices",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

# Forms that terminals of a unit have although no assignment names them: a kiosk.toml may.
offered_forms = Table(
    "offered_forms",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("survey", String(64), primary_key=True),
)

# Every wording of every plan that was ever issued; the highest version is in force unless it was withdrawn.
# unit: the plan's own. body: JSON of a contract Plan.
plans = Table(
    "plans",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("unit", String(64), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("issued_at", String(40), nullable=False),
    Column("withdrawn_at", String(40)),
)

# body: JSON of a contract Assignment.
assignments = Table(
    "assignments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("unit", String(64), nullable=False, index=True),
    Column("body", Text, nullable=False),
)

# Serials of badges and cards that are no longer valid.
revoked_serials = Table(
    "revoked_serials",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("serial", String(64), primary_key=True),
)

# When the configuration of a unit last changed, see office/units/revisions.py. revision: numbered
# over the whole centre.
configuration_revisions = Table(
    "configuration_revisions",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# The configurations that terminals of a unit were given. version: numbered over the whole centre. basis: the
# revisions it was composed from. files: a JSON object path -> text; digest: their SHA-256, hex.
bundles = Table(
    "bundles",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("unit", String(64), nullable=False),
    Column("issued_at", String(40), nullable=False),
    Column("basis", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("files", Text, nullable=False),
    Index("ix_bundles_unit_version", "unit", "version"),
)

# Sources of responses. held: the ranges of `seq` that are stored here, JSON [[first, last], …].
# made: the highest `seq` the device has reported. seen_at: when its last batch or heartbeat arrived.
# heartbeat: its last one, JSON; heartbeat_at: when that arrived.
# erased: the number of the last tombstone up to which the device reports everything as erased.
# bundle: the version of the configuration it last reported; lags_since: since when that has been an older one
# than its unit's newest. replaces: the device whose place it took.
devices = Table(
    "devices",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("counter", String(64), nullable=False),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("public_key", LargeBinary),
    Column("enrolled_at", String(40)),
    Column("revoked_at", String(40)),
    Column("revoked_reason", Text),
    Column("seen_at", String(40)),
    Column("made", BigInteger, nullable=False, server_default="0"),
    Column("held", Text, nullable=False, server_default="[]"),
    Column("cloned", SmallInteger, nullable=False, server_default="0"),
    Column("heartbeat", Text),
    Column("heartbeat_at", String(40)),
    Column("erased", BigInteger, nullable=False, server_default="0"),
    Column("bundle", BigInteger, nullable=False, server_default="0"),
    Column("lags_since", String(40)),
    Column("replaces", String(64)),
    Index("ix_devices_unit", "unit"),
)

# Where a device was before: in `unit` until an instant, in milliseconds since 1970.
device_moves = Table(
    "device_moves",
    metadata,
    Column("device", String(64), primary_key=True),
    Column("until", BigInteger, primary_key=True, autoincrement=False),
    Column("unit", String(64), nullable=False),
)

# People who sign in, see office/people/. login: in small letters. officer: the officer that this person is;
# null for none. approver: may approve reports. password: an argon2 hash. factor: the secret of the second
# factor, factor_proposed: of the next one, both sealed; factor_step: the last time step whose code was used.
# secrets_at: when any of these was last set or taken away. confidential_at: when an interviewer promised
# confidentiality, "" before.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("officer", String(64)),
    Column("approver", SmallInteger, nullable=False, server_default="0"),
    Column("password", Text),
    Column("factor", Text),
    Column("factor_proposed", Text),
    Column("factor_step", BigInteger, nullable=False, server_default="0"),
    Column("secrets_at", String(40), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("ended_at", String(40)),
    Column("confidential_at", String(40), nullable=False, server_default=""),
)

# Roles of people. unit: the role is held there and below; "": in the whole centre. first_day, last_day:
# between these days, "" for no limit. taken_at: null while it is held.
roles = Table(
    "roles",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("account", BigInteger, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("given_at", String(40), nullable=False),
    Column("taken_at", String(40)),
)

# Open browser sessions, by the SHA-256 of their cookies. how: by which way it was opened. passed: 0 while the
# second factor is due. address, browser: for the owner to recognise it. Times are seconds since 1970; seen_at
# may be a minute old.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("account", BigInteger, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("how", String(16), nullable=False),
    Column("passed", SmallInteger, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("stepped_at", BigInteger),
    Column("address", String(64), nullable=False),
    Column("browser", Text, nullable=False),
    # The number of a session that has ended is never given to another one.
    sqlite_autoincrement=True,
)

# Codes that take the place of the second factor, once each, by their SHA-256.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", BigInteger, ForeignKey("accounts.id"), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("used_at", String(40)),
)

# Tries to sign in that were not right, by the SHA-256 of the account or address that they count against.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", LargeBinary(32), nullable=False),
    Column("tried_at", BigInteger, nullable=False),
    Index("ix_sign_in_tries_subject_tried_at", "subject", "tried_at"),
)

# Addresses that open a session once, by the SHA-256 of their code. kind: what the session is for.
one_time_links = Table(
    "one_time_links",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("account", BigInteger, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

# Bearer tokens by their SHA-256; they hold 256 random bits, so no slow hash is needed. account: whose it is;
# a token never does more than its person. Null for a device's, and for one that belongs to nobody.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("device", String(64), ForeignKey("devices.id")),
    Column("unit", String(64)),
    Column("label", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40)),
    Column("revoked_at", String(40)),
    Column("account", BigInteger, ForeignKey("accounts.id")),
)

# One-time codes for enrolment, by their SHA-256.
enrolments = Table(
    "enrolments",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("device", String(64), ForeignKey("devices.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

# Values that must not be accepted twice within their time window (seconds since 1970).
nonces = Table(
    "nonces",
    metadata,
    Column("nonce", String(96), primary_key=True),
    Column("seen_at", BigInteger, nullable=False, index=True),
)

# position, xid: the order of arrival, see arrival.py; xid is the writing transaction on PostgreSQL, else 0.
# day: the day in Viet Nam under which figures count it; clock_offset: seconds that were added to finished_at
# for it because the tablet's clock was wrong, see intake/moment.py.
# cells: the answers as CSV cells in the order of the survey's questions. Times are texts with the offset of
# the place. voids: the id of the earlier response that this one takes back, which may not have arrived.
# plan: what the terminal was set to; which plan a response counts for is decided by
# membership.py. received_at: milliseconds since 1970. On PostgreSQL it has partitions,
# see partitions.py. A constraint over all partitions must include the id, so there position has an index
# instead of being the key, and (device, seq) is unique in each partition, and over all by the ledger of
# ingest.py.
_SEALED = text("sealed_box IS NOT NULL")
_VOIDING = text("voids IS NOT NULL")
responses = Table(
    "responses",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("device", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("survey", String(64), nullable=False),
    Column("survey_version", Integer, nullable=False),
    Column("plan", String(64)),
    Column("unit", String(64), nullable=False),
    Column("tagged", SmallInteger, nullable=False),
    Column("counter", String(64), nullable=False),
    Column("procedure", String(40)),
    Column("officer", String(64)),
    Column("channel", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("finished_at", String(40), nullable=False),
    Column("cells", Text, nullable=False),
    Column("sealed_key", String(64)),
    Column("sealed_box", Text),
    Column("body", LargeBinary, nullable=False),
    Column("xid", BigInteger, FetchedValue(), nullable=False),
    Column("respondent", String(16), nullable=False, server_default="citizen"),
    Column("clock_offset", BigInteger, nullable=False, server_default="0"),
    Column("voids", String(36)),
    UniqueConstraint("id"),
    UniqueConstraint("device", "seq").ddl_if("sqlite"),
    Index("ix_responses_unit_position", "unit", "position").ddl_if("sqlite"),
    Index("ix_responses_unit_xid_position", "unit", "xid", "position").ddl_if("postgresql"),
    Index("ix_responses_day", "day").ddl_if("sqlite"),
    Index("ix_responses_day_xid_position", "day", "xid", "position").ddl_if("postgresql"),
    Index("ix_responses_voids", "voids", sqlite_where=_VOIDING, postgresql_where=_VOIDING),
    Index("ix_responses_sealed_key", "sealed_key", sqlite_where=_SEALED, postgresql_where=_SEALED),
    Index("ix_responses_position", "position").ddl_if("postgresql"),
    Index("ix_responses_xid_position", "xid", "position").ddl_if("postgresql"),
    # A position is never reused, also after rows were deleted: a cursor would skip the new row.
    sqlite_autoincrement=True,
)

# Responses whose days are over, in the order in which others than administrators get them, and those that
# wait for it; see days_over.py. counter: "" if too few came there on that day.
_Id = String(36).with_variant(String(36, collation="C"), "postgresql")  # as in `responses`
published = Table(
    "published",
    metadata,
    Column("place", Serial, primary_key=True),
    Column("id", _Id, nullable=False, unique=True),
    Column("position", BigInteger, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("counter", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Index("ix_published_unit_place", "unit", "place"),
    Index("ix_published_day_place", "day", "place"),
    # As for responses: a place is never reused.
    sqlite_autoincrement=True,
)
waiting = Table(
    "waiting",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("counter", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    sqlite_with_rowid=False,
)

# What citizens wrote, as work of the office, see office/remarks/: a row for each response with sealed words,
# without the words. day, unit, procedure, officer: of the response; "" for none. since: the day after which
# its working days count. called, questions: whether contact details were left, and which questions have words
# (a JSON list); NULL until the box was opened once. owner: an account.
_NOT_CLOSED = text("state <> 'closed'")
_UNOPENED = text("called IS NULL")
remarks = Table(
    "remarks",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("since", String(10), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("procedure", String(40), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("called", SmallInteger),
    Column("questions", Text),
    Column("state", String(8), nullable=False, server_default="new"),
    Column("owner", Integer),
    Column("result", String(16), nullable=False, server_default=""),
    Index("ix_remarks_day_id", "day", "id"),
    Index("ix_remarks_unit_day_id", "unit", "day", "id"),
    Index(
        "ix_remarks_open",
        *("unit", "day", "since", "called", "officer", "state"),
        sqlite_where=_NOT_CLOSED,
        postgresql_where=_NOT_CLOSED,
    ),
    Index("ix_remarks_unopened", "id", sqlite_where=_UNOPENED, postgresql_where=_UNOPENED),
    sqlite_with_rowid=False,
)

# What was done about a remark, in its order. note: an administrator's text.
remark_steps = Table(
    "remark_steps",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("remark", _Id, nullable=False, index=True),
    Column("at", String(40), nullable=False),
    Column("account", Integer, nullable=False),
    Column("step", String(8), nullable=False),
    Column("result", String(16), nullable=False),
    Column("note", Text, nullable=False),
)

# Counts kept while responses arrive, see rollups.py.
_OPEN = text("closes <> ''")
_OF_DAYS = text("grain = 'D'")
_OF_GROUP = ("survey", "respondent", "channel", "period")
rollups = Table(
    "rollups",
    metadata,
    Column("grain", String(4), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("survey", String(64), primary_key=True),
    Column("survey_version", Integer, primary_key=True, autoincrement=False),
    Column("respondent", String(16), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("procedure", String(40), primary_key=True),
    Column("officer", String(64), primary_key=True),
    Column("cell", SmallInteger, primary_key=True, autoincrement=False),
    Column("closes", String(10), primary_key=True),
    Column("value", String(64), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Index("ix_rollups_closes", "closes", sqlite_where=_OPEN, postgresql_where=_OPEN),
    # The columns that a plan's group filters by. With n in the index, SQLite need not read the table;
    # PostgreSQL updates a row in place (HOT) only if no index holds the changed column.
    Index("ix_rollups_group", *_OF_GROUP, "n", sqlite_where=_OF_DAYS).ddl_if("sqlite"),
    Index("ix_rollups_of_group", *_OF_GROUP, postgresql_where=_OF_DAYS).ddl_if("postgresql"),
    sqlite_with_rowid=False,
)

# Answered forms that name a plan, by all that decides whether they count for it, see rollups.py.
forms_by_plan = Table(
    "forms_by_plan",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("survey", String(64), primary_key=True),
    Column("respondent", String(16), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Results returned to citizens, from the lists of the one-stop software, see returned.py: counts, no cases.
# procedure, officer: "" if a list names none.
returned = Table(
    "returned",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("procedure", String(40), primary_key=True),
    Column("officer", String(64), primary_key=True),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The days of a unit for which a list was imported: for other days it is unknown what was returned.
returned_days = Table(
    "returned_days",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    sqlite_with_rowid=False,
)

# Responses that a later one voided; that one may arrive before them. closes: see rollups.py; the earliest if
# several void it. day: the response's own, "" until it has arrived.
voided = Table(
    "voided",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("closes", String(10), nullable=False, server_default=""),
    Column("day", String(10), nullable=False, server_default=""),
    Index("ix_voided_day", "day"),
)

# Responses that were removed permanently, on request or after retention, and are refused when sent again.
# digest: of the id, see response_digest.py. day: on which it was removed.
gone = Table(
    "gone",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("reason", String(16), nullable=False),
    Column("day", String(10), nullable=False),
)

# What devices are asked to erase, numbered in the order of the requests. device: the source of the response;
# null if that is unknown because it has not arrived: every device is asked then. id: null once it is not
# needed any more; then `device` is null too, `at` is a day, and done, wanted hold how many had erased it and
# were asked. See office/erasure_list.py.
tombstones = Table(
    "tombstones",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("id", String(36)),
    Column("device", String(64)),
    Column("at", String(40), nullable=False),
    Column("withdrawn_at", String(40)),
    Column("done", Integer),
    Column("wanted", Integer),
)

# Units as a dated tree, see office/units/tree.py: one row per period; "" for no first or last day. name:
# JSON, language -> text. source: "list" for an imported list, "bundle" if only a bundle has named the unit.
units = Table(
    "units",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("valid_from", String(10), primary_key=True),
    Column("valid_to", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent", String(64)),
    Column("source", String(8), nullable=False),
)

# Which units belonged to the subtree of `root`, from the first to the last of these days: computed from
# `units`, for fast queries.
unit_spans = Table(
    "unit_spans",
    metadata,
    Column("root", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("first_day", String(10), primary_key=True),
    Column("last_day", String(10), nullable=False),
)

# Officers and procedures that a configuration has ever named, see known_ids.py. unit: of an officer.
# name: its last one, in Vietnamese; "" if only a case list has named it.
known_ids = Table(
    "known_ids",
    metadata,
    Column("kind", String(9), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("unit", String(64), primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

# Set aside for a person to review: conflicts, refusals, and what revoked devices sent. Never deleted.
set_aside = Table(
    "set_aside",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("device", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("problem", String(8), nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("device", "id", "digest"),
)

# Administrative acts; each line's digest covers the previous one, so a changed or removed line is detected.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_audit_subject_number", "subject", "number"),
)
