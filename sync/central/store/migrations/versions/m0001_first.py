"""The tables of the first release, on SQLite and PostgreSQL.

Released databases have these tables, so this file and all later migrations are never changed or deleted.
Every later change is a migration of its own with the next number, and also converts the existing rows.

PostgreSQL keeps `responses` in partitions, one per month of `id`; partitions.py explains why and makes them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only if the type of the key is exactly INTEGER.
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# PostgreSQL compares ids by their bytes, like the bounds of its partitions.
_ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def upgrade() -> None:
    """Make all tables."""
    _make_configuration()
    _make_people()
    _make_devices()
    _make_responses()
    _make_published()
    _make_remarks()
    _make_issuing()
    _make_alerts()
    _make_remedies()
    _make_samples()
    _make_counts()
    _make_removed()
    _make_units()
    _make_letterheads()
    _make_messages()
    _make_software()
    _make_paper()
    _make_letters()
    _make_planning()
    _make_first_answers()
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject_number"), "audit", ["subject", "number"])


def _make_configuration() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("released_at", sa.String(40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_surveys")),
    )
    op.create_table(
        "survey_drafts",
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_survey_drafts")),
    )
    _make_decided()
    op.create_table(
        "configuration_revisions",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_configuration_revisions")),
    )
    op.create_table(
        "bundles",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.String(40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_unit_version"), "bundles", ["unit", "version"])


def _make_decided() -> None:
    """What an office decides."""
    op.create_table(
        "procedures",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("unit", "code", name=op.f("pk_procedures")),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
    )
    op.create_index(op.f("ix_officers_unit"), "officers", ["unit"])
    op.create_table(
        "counters",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "id", name=op.f("pk_counters")),
    )
    op.create_table(
        "offices",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_offices")),
    )
    op.create_table(
        "offered_forms",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("unit", "survey", name=op.f("pk_offered_forms")),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(40), nullable=False),
        sa.Column("withdrawn_at", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_unit"), "plans", ["unit"])
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_unit"), "assignments", ["unit"])
    op.create_table(
        "revoked_serials",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("unit", "serial", name=op.f("pk_revoked_serials")),
    )


def _make_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("counter", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), server_default="active", nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("enrolled_at", sa.String(40), nullable=True),
        sa.Column("revoked_at", sa.String(40), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.String(40), nullable=True),
        sa.Column("made", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.Text(), server_default="[]", nullable=False),
        sa.Column("cloned", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("heartbeat", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", sa.String(40), nullable=True),
        sa.Column("erased", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bundle", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lags_since", sa.String(40), nullable=True),
        sa.Column("replaces", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_unit"), "devices", ["unit"])
    op.create_table(
        "device_moves",
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("device", "until", name=op.f("pk_device_moves")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("device", sa.String(64), nullable=True),
        sa.Column("unit", sa.String(64), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.String(40), nullable=True),
        sa.Column("revoked_at", sa.String(40), nullable=True),
        sa.Column("account", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_tokens_device")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_tokens_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_table(
        "enrolments",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_enrolments_device")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_enrolments")),
    )
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.String(96), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_nonces")),
    )
    op.create_index(op.f("ix_nonces_seen_at"), "nonces", ["seen_at"])


def _make_people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("officer", sa.String(64), nullable=True),
        sa.Column("approver", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("factor", sa.Text(), nullable=True),
        sa.Column("factor_proposed", sa.Text(), nullable=True),
        sa.Column("factor_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("secrets_at", sa.String(40), nullable=False),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("ended_at", sa.String(40), nullable=True),
        sa.Column("confidential_at", sa.String(40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "roles",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("given_at", sa.String(40), nullable=False),
        sa.Column("taken_at", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_roles_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(op.f("ix_roles_account"), "roles", ["account"])
    op.create_table(
        "sessions",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("passed", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("stepped_at", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sessions_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"])
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_recovery_codes_account")),
        sa.PrimaryKeyConstraint("account", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("subject", sa.LargeBinary(32), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_subject_tried_at", "sign_in_tries", ["subject", "tried_at"])
    op.create_table(
        "one_time_links",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_one_time_links_account")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_links")),
    )
    op.create_index(op.f("ix_one_time_links_account"), "one_time_links", ["account"])


def _make_responses() -> None:
    columns = (
        sa.Column("id", _ID, nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("survey_version", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(64), nullable=True),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("tagged", sa.SmallInteger(), nullable=False),
        sa.Column("counter", sa.String(64), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=True),
        sa.Column("officer", sa.String(64), nullable=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("finished_at", sa.String(40), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.String(64), nullable=True),
        sa.Column("sealed_box", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    later = (
        sa.Column("respondent", sa.String(16), server_default="citizen", nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("voids", sa.String(36), nullable=True),
        sa.UniqueConstraint("id", name=op.f("uq_responses_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE responses_position_seq")
        number = sa.text("nextval('responses_position_seq')")
        transaction = sa.text("pg_current_xact_id()::text::bigint")
        op.create_table(
            "responses",
            sa.Column("position", sa.BigInteger(), server_default=number, nullable=False),
            *columns,
            sa.Column("xid", sa.BigInteger(), server_default=transaction, nullable=False),
            *later,
            postgresql_partition_by="RANGE (id)",
        )
        op.execute("ALTER SEQUENCE responses_position_seq OWNED BY responses.position")
        for key in (
            ["position"],
            ["xid", "position"],
            ["unit", "xid", "position"],
            ["day", "xid", "position"],
        ):
            op.create_index(f"ix_responses_{'_'.join(key)}", "responses", key)
        op.execute("CREATE TABLE responses_elsewhere PARTITION OF responses DEFAULT")
        op.execute("CREATE UNIQUE INDEX responses_elsewhere_device_seq ON responses_elsewhere (device, seq)")
    else:
        op.create_table(
            "responses",
            sa.Column("position", sa.Integer(), nullable=False),
            *columns,
            sa.Column("xid", sa.BigInteger(), server_default="0", nullable=False),
            *later,
            sa.PrimaryKeyConstraint("position", name=op.f("pk_responses")),
            sa.UniqueConstraint("device", "seq", name=op.f("uq_responses_device_seq")),
            sqlite_autoincrement=True,
        )
        op.create_index("ix_responses_unit_position", "responses", ["unit", "position"])
        op.create_index("ix_responses_day", "responses", ["day"])
    voiding = sa.text("voids IS NOT NULL")
    words = sa.text("sealed_box IS NOT NULL")
    op.create_index(
        "ix_responses_sealed_key", "responses", ["sealed_key"], sqlite_where=words, postgresql_where=words
    )
    op.create_index(
        "ix_responses_voids", "responses", ["voids"], sqlite_where=voiding, postgresql_where=voiding
    )
    op.create_table(
        "set_aside",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("problem", sa.String(8), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_set_aside")),
        sa.UniqueConstraint("device", "id", "digest", name=op.f("uq_set_aside_device_id_digest")),
    )


def _make_published() -> None:
    op.create_table(
        "published",
        sa.Column("place", _SERIAL, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("counter", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_published")),
        sa.UniqueConstraint("id", name=op.f("uq_published_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_published_unit_place", "published", ["unit", "place"])
    op.create_index("ix_published_day_place", "published", ["day", "place"])
    op.create_table(
        "waiting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("counter", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )


def _make_remarks() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("called", sa.SmallInteger(), nullable=True),
        sa.Column("questions", sa.Text(), nullable=True),
        sa.Column("state", sa.String(8), server_default="new", nullable=False),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(16), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_remarks_day_id", "remarks", ["day", "id"])
    op.create_index("ix_remarks_unit_day_id", "remarks", ["unit", "day", "id"])
    not_closed = sa.text("state <> 'closed'")
    op.create_index(
        "ix_remarks_open",
        "remarks",
        ["unit", "day", "since", "called", "officer", "state"],
        sqlite_where=not_closed,
        postgresql_where=not_closed,
    )
    unopened = sa.text("called IS NULL")
    op.create_index(
        "ix_remarks_unopened", "remarks", ["id"], sqlite_where=unopened, postgresql_where=unopened
    )
    op.create_table(
        "remark_steps",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("remark", _ID, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_remark_steps")),
    )
    op.create_index(op.f("ix_remark_steps_remark"), "remark_steps", ["remark"])


def _make_issuing() -> None:
    op.create_table(
        "reports",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("plan_group", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("revises", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("figures_at", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("sent_number", sa.Text(), nullable=False),
        sa.Column("sent_day", sa.String(10), nullable=False),
        sa.Column("withheld", sa.Text(), server_default="[]", nullable=False),
        sa.Column("said", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_unit_last_day", "reports", ["unit", "last_day"])
    op.create_table(
        "report_steps",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("report", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_report_steps")),
    )
    op.create_index(op.f("ix_report_steps_report"), "report_steps", ["report"])
    op.create_table(
        "notice_reads",
        sa.Column("report", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("report", "account", name=op.f("pk_notice_reads")),
    )


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("officers", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.String(40), nullable=False),
        sa.Column("shown_at", sa.String(40), nullable=True),
        sa.Column("state", sa.String(8), server_default="new", nullable=False),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(16), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_day_id", "alerts", ["day", "id"])
    op.create_index("ix_alerts_subject", "alerts", ["subject"])
    not_closed, not_shown = sa.text("state <> 'closed'"), sa.text("shown_at IS NULL")
    op.create_index(
        "ix_alerts_open",
        "alerts",
        ["unit", "kind"],
        sqlite_where=not_closed,
        postgresql_where=not_closed,
    )
    op.create_index(
        "ix_alerts_not_shown", "alerts", ["id"], sqlite_where=not_shown, postgresql_where=not_shown
    )
    op.create_table(
        "alert_steps",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("alert", sa.String(32), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_alert_steps")),
    )
    op.create_index(op.f("ix_alert_steps_alert"), "alert_steps", ["alert"])
    op.create_table(
        "alert_rules",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.SmallInteger(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "kind", "since", name=op.f("pk_alert_rules")),
    )


def _make_remedies() -> None:
    op.create_table(
        "remedies",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("state", sa.String(8), server_default="open", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_on", sa.String(10), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedies")),
    )
    op.create_index("ix_remedies_unit_due", "remedies", ["unit", "due"])
    op.create_index("ix_remedies_source", "remedies", ["source"])
    op.create_table(
        "remedy_steps",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("remedy", sa.String(12), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_remedy_steps")),
    )
    op.create_index(op.f("ix_remedy_steps_remedy"), "remedy_steps", ["remedy"])


def _make_samples() -> None:
    op.create_table(
        "list_columns",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("software", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "software", name=op.f("pk_list_columns")),
    )
    op.create_table(
        "samples",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("seed_digest", sa.String(64), nullable=False),
        sa.Column("key_digest", sa.String(64), nullable=False),
        sa.Column("published_at", sa.String(40), nullable=False),
        sa.Column("seed", sa.String(64), server_default="", nullable=False),
        sa.Column("spare_percent", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("drawn_at", sa.String(40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", name=op.f("pk_samples")),
    )
    op.create_table(
        "frames",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.String(40), nullable=False),
        sa.Column("emptied_at", sa.String(40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", "unit", name=op.f("pk_frames")),
    )
    op.create_table(
        "frame_people",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("sealed_key", sa.String(64), nullable=False),
        sa.Column("sealed_box", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", "unit", "code", name=op.f("pk_frame_people")),
    )
    drawn_by = ["plan", "stratum", "unit", "code", "field", "lines"]
    op.create_index("ix_frame_people_drawing", "frame_people", drawn_by)
    op.create_table(
        "drawn_people",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("spare", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("replaces", sa.Integer(), server_default="0", nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("response", sa.String(36), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", "unit", "place", name=op.f("pk_drawn_people")),
    )
    op.create_index("ix_drawn_people_account_state", "drawn_people", ["account", "state"])
    op.create_index("ix_drawn_people_response", "drawn_people", ["response"])
    op.create_table(
        "drawn_steps",
        sa.Column("position", _SERIAL, nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_drawn_steps")),
    )
    op.create_index("ix_drawn_steps_plan_account", "drawn_steps", ["plan", "account"])
    op.create_table(
        "rechecks",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.String(40), nullable=False),
        sa.Column("checker", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(8), server_default="", nullable=False),
        sa.Column("checked_at", sa.String(40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", "unit", "place", name=op.f("pk_rechecks")),
    )
    op.create_table(
        "list_links",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_list_links")),
    )


def _make_counts() -> None:
    key = (
        *("grain", "period", "unit", "survey", "survey_version", "respondent", "channel"),
        *("procedure", "officer", "cell", "closes", "value"),
    )
    op.create_table(
        "rollups",
        sa.Column("grain", sa.String(4), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("survey_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("respondent", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("cell", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("closes", sa.String(10), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_rollups")),
        sqlite_with_rowid=False,
    )
    still_open = sa.text("closes <> ''")
    op.create_index(
        "ix_rollups_closes", "rollups", ["closes"], sqlite_where=still_open, postgresql_where=still_open
    )
    of_days = sa.text("grain = 'D'")
    group = ["survey", "respondent", "channel", "period"]
    on_postgres = op.get_bind().dialect.name == "postgresql"
    op.create_index(
        "ix_rollups_of_group" if on_postgres else "ix_rollups_group",
        "rollups",
        group if on_postgres else [*group, "n"],
        sqlite_where=of_days,
        postgresql_where=of_days,
    )
    op.create_table(
        "forms_by_plan",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("respondent", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("plan", "unit", "survey", "respondent", "channel", "day"), name=op.f("pk_forms_by_plan")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "returned",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", "procedure", "officer", name=op.f("pk_returned")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "returned_days",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", name=op.f("pk_returned_days")),
        sqlite_with_rowid=False,
    )


def _make_removed() -> None:
    op.create_table(
        "voided",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("closes", sa.String(10), server_default="", nullable=False),
        sa.Column("day", sa.String(10), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided")),
    )
    op.create_index("ix_voided_day", "voided", ["day"])
    op.create_table(
        "gone",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_gone")),
    )
    op.create_table(
        "tombstones",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("id", sa.String(36), nullable=True),
        sa.Column("device", sa.String(64), nullable=True),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("withdrawn_at", sa.String(40), nullable=True),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("digest", name=op.f("uq_tombstones_digest")),
    )


def _make_units() -> None:
    op.create_table(
        "units",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("valid_to", sa.String(10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(64), nullable=True),
        sa.Column("source", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_units")),
    )
    op.create_table(
        "unit_spans",
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("root", "unit", "first_day", name=op.f("pk_unit_spans")),
    )
    op.create_table(
        "known_ids",
        sa.Column("kind", sa.String(9), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "unit", name=op.f("pk_known_ids")),
        sqlite_with_rowid=False,
    )


def _make_letterheads() -> None:
    op.create_table(
        "letterheads",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_letterheads")),
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            *("kind", "subject", "due", "recipient"), name=op.f("uq_messages_kind_subject_due_recipient")
        ),
    )
    op.create_index("ix_messages_recipient_id", "messages", ["recipient", "id"])
    op.create_table(
        "deliveries",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), server_default="waiting", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claim", sa.String(32), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_deliveries_message_messages")),
        sa.PrimaryKeyConstraint("message", "channel", name=op.f("pk_deliveries")),
    )
    still_open = sa.text("state IN ('waiting', 'claimed', 'handing')")
    op.create_index(
        "ix_deliveries_open", "deliveries", ["next_at"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "subscriptions",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kinds", sa.Text(), server_default="[]", nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed", sa.Text(), server_default="", nullable=False),
        sa.Column("code_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("code_tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("feed", sa.LargeBinary(32), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_subscriptions_account_accounts")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("feed", name=op.f("uq_subscriptions_feed")),
    )


def _make_software() -> None:
    op.create_table(
        "software",
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("arch", sa.String(20), nullable=False),
        sa.Column("python", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(10), server_default="none", nullable=False),
        sa.Column("device", sa.String(64), server_default="", nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", "arch", "python", name=op.f("pk_software")),
        sa.UniqueConstraint("sha256", name=op.f("uq_software_sha256")),
    )


def _make_paper() -> None:
    op.create_table(
        "print_runs",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("plan_group", sa.String(64), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.String(10), nullable=False),
        sa.Column("given_out", sa.Integer(), nullable=True),
        sa.Column("returned", sa.Integer(), nullable=True),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_runs")),
        sa.UniqueConstraint("unit", "plan", "first", name=op.f("uq_print_runs_unit_plan_first")),
    )
    op.create_table(
        "paper_lots",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("plan_group", sa.String(64), nullable=False),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("first_person", sa.Text(), nullable=False),
        sa.Column("second_person", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("twice", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_lots")),
    )
    op.create_index("ix_paper_lots_unit_day", "paper_lots", ["unit", "day"])
    op.create_table(
        "paper_forms",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("copy", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("lot", sa.String(12), nullable=False),
        sa.Column("response", sa.String(36), nullable=True),
        sa.Column("invalid", sa.String(12), server_default="", nullable=False),
        sa.Column("answered_on", sa.String(10), server_default="", nullable=False),
        sa.Column("unlisted", sa.Text(), server_default="", nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("keyed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_forms")),
        sa.UniqueConstraint(
            *("unit", "plan", "number", "copy"), name=op.f("uq_paper_forms_unit_plan_number_copy")
        ),
    )
    op.create_index(op.f("ix_paper_forms_lot"), "paper_forms", ["lot"])
    op.create_index(op.f("ix_paper_forms_response"), "paper_forms", ["response"])
    op.create_table(
        "paper_seconds",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.String(12), nullable=False),
        sa.Column("first_account", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fields", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decided", sa.SmallInteger(), nullable=False),
        sa.Column("decider", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("unit", "plan", "number", name=op.f("pk_paper_seconds")),
    )
    op.create_index(op.f("ix_paper_seconds_lot"), "paper_seconds", ["lot"])


def _make_letters() -> None:
    days = ("sent_on", "reminded_on", "returned_on", "answered_on", "undelivered_on", "lost_on")
    op.create_table(
        "letters",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("form", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.String(12), nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=True),
        sa.Column("sealed_key", sa.String(64), nullable=False),
        sa.Column("sealed_box", sa.Text(), nullable=False),
        sa.Column("number", sa.String(40), server_default="", nullable=False),
        sa.Column("signed_on", sa.String(10), server_default="", nullable=False),
        sa.Column("postal_code", sa.String(40), server_default="", nullable=False),
        *(sa.Column(name, sa.String(10), server_default="", nullable=False) for name in days),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("unit", "plan", "form", name=op.f("pk_letters")),
        sa.UniqueConstraint("link", name=op.f("uq_letters_link")),
    )
    op.create_index("ix_letters_plan", "letters", ["plan"])
    op.create_index("ix_letters_run", "letters", ["run"])


def _make_planning() -> None:
    op.create_table(
        "plan_drafts",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_plan_drafts")),
    )
    op.create_table(
        "plan_tasks",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("task", sa.String(12), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("done_on", sa.String(10), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", "task", name=op.f("pk_plan_tasks")),
    )
    op.create_index("ix_plan_tasks_account", "plan_tasks", ["account"])
    op.create_table(
        "plan_obstacles",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sa.String(40), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.String(40), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_obstacles")),
    )
    op.create_index(op.f("ix_plan_obstacles_plan"), "plan_obstacles", ["plan"])
    op.create_table(
        "plan_closings",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("closed_at", sa.String(40), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(40), nullable=False),
        sa.Column("received_account", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_plan_closings")),
    )


def _make_first_answers() -> None:
    op.create_table(
        "first_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("response", sa.String(36), nullable=False),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_first_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_first_answers_response"), "first_answers", ["response"])
