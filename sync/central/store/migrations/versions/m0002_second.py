"""What the tables have since the first release; each area has a function of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables, and convert their rows."""
    _change_first_answers()
    _change_paper()
    _add_plan_notices()
    _add_handed_over()
    _prepare_field_work()
    _hand_over_paper()
    _score_plans()
    _name_drafts()
    _lock_forms()


def _change_first_answers() -> None:
    """A case has a row for each day on which it counts as answered: that of its answer and seven more."""
    op.execute("CREATE TABLE first_answers_before AS SELECT key, response, answered, day FROM first_answers")
    op.drop_table("first_answers")
    op.create_table(
        "first_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("response", sa.String(36), nullable=False),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name=op.f("pk_first_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_first_answers_response"), "first_answers", ["response"])
    into = "INSERT INTO first_answers (key, day, response, answered)"
    op.execute(f"{into} SELECT key, day, response, answered FROM first_answers_before WHERE day = ''")
    later = "to_char(CAST(day AS date) + {0}, 'YYYY-MM-DD')"
    if op.get_bind().dialect.name == "sqlite":
        later = "date(day, '+{0} days')"
    for days in range(8):
        on = later.format(days)
        op.execute(f"{into} SELECT key, {on}, response, answered FROM first_answers_before WHERE day <> ''")
    op.drop_table("first_answers_before")


def _change_paper() -> None:
    """A lot has the seed that its share to key twice is drawn with; a second keying keeps what is sealed."""
    op.add_column("paper_lots", sa.Column("seed", sa.String(64), nullable=False, server_default=""))
    for name in ("words", "unlisted"):
        op.add_column("paper_seconds", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def _add_plan_notices() -> None:
    op.create_table(
        "plan_notices",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.String(40), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.String(40), nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", "unit", name=op.f("pk_plan_notices")),
    )
    op.create_index("ix_plan_notices_unit", "plan_notices", ["unit"])


def _add_handed_over() -> None:
    op.create_table(
        "form_sources",
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("survey", "version", name=op.f("pk_form_sources")),
    )
    op.create_table(
        "returned_tables",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_returned_tables")),
    )


def _prepare_field_work() -> None:
    op.create_table(
        "plan_trainings",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_trainings")),
    )
    op.create_index(op.f("ix_plan_trainings_plan"), "plan_trainings", ["plan"])
    op.create_table(
        "unit_choices",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", "stratum", name=op.f("pk_unit_choices")),
    )


def _hand_over_paper() -> None:
    op.create_table(
        "paper_handovers",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("lot", sa.String(12), nullable=False),
        sa.Column("giver", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_handovers")),
    )
    op.create_index(op.f("ix_paper_handovers_lot"), "paper_handovers", ["lot"])
    op.create_index(op.f("ix_paper_handovers_receiver"), "paper_handovers", ["receiver"])


def _score_plans() -> None:
    op.create_table(
        "plan_scores",
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("indicator", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zero", sa.Integer(), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("two", sa.Integer(), nullable=False),
        sa.Column("points", sa.String(4), nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("plan", "indicator", name=op.f("pk_plan_scores")),
    )


def _name_drafts() -> None:
    op.add_column("letters", sa.Column("drafts", sa.Text(), server_default="", nullable=False))


def _lock_forms() -> None:
    op.create_table(
        "form_lineage",
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("locked", sa.SmallInteger(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("survey", name=op.f("pk_form_lineage")),
    )
