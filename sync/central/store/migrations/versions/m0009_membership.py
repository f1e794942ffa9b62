"""What decides which plan a response counts for: its respondent, and counts by respondent and channel."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Most responses name no respondent, for "citizen" is the default: those few that do are read.
_SQLITE = """
    UPDATE responses SET respondent = json_extract(CAST(body AS TEXT), '$.respondent')
    WHERE instr(body, CAST('"respondent":' AS BLOB))
        AND json_extract(CAST(body AS TEXT), '$.respondent') IS NOT NULL"""
_POSTGRES = """
    UPDATE responses SET respondent = convert_from(body, 'UTF8')::json ->> 'respondent'
    WHERE position('"respondent":'::bytea IN body) > 0
        AND convert_from(body, 'UTF8')::json ->> 'respondent' IS NOT NULL"""


def upgrade() -> None:
    """Read the respondents, and make the counts' table anew; `migrate` fills it."""
    op.add_column(
        "responses",
        sa.Column("respondent", sa.String(length=16), server_default="citizen", nullable=False),
    )
    op.execute(_POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE)
    op.execute("DELETE FROM facts WHERE name = 'rollups'")  # so that `migrate` counts
    op.drop_table("rollups")
    key = (
        *("grain", "period", "unit", "survey", "survey_version", "respondent", "channel"),
        *("procedure", "officer", "cell", "value"),
    )
    op.create_table(
        "rollups",
        sa.Column("grain", sa.String(length=4), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("survey_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("respondent", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_rollups")),
        sqlite_with_rowid=False,
    )
