"""The first schema: members and sessions, the append-only ledger and its projection, exercise answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY_SQLITE = """
CREATE TRIGGER events_no_{name} BEFORE {verb} ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END
"""
APPEND_ONLY_POSTGRESQL = """
CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events is append-only'; END $$
"""


def upgrade() -> None:
    _accounts()
    _ledger()
    _append_only()
    _exercises()


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("username_key", sa.String(300), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("learner_id", sa.String(32), nullable=False, unique=True),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("language", sa.String(20)),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("created_at", sa.String(27), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=False),
        sa.Column("agent", sa.String(60), nullable=False),
        sa.Column("revoked_at", sa.String(27)),
    )
    op.create_table(
        "reset_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("used_at", sa.String(27)),
    )


def _ledger() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("xp", sa.Integer, nullable=False),
        sa.Column("occurred_at", sa.String(27), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.Column("local_day", sa.String(10), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("rulebook", sa.String(32), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("learner_id", "version", name="uq_events_learner_version"),
        sa.UniqueConstraint("learner_id", "event_id", name="uq_events_learner_event"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "standings",
        sa.Column("learner_id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )


def _append_only() -> None:
    """Triggers refuse to change or remove an event, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(name=verb.lower(), verb=verb))
        return
    op.execute(APPEND_ONLY_POSTGRESQL)
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        rows = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        op.execute(
            f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
            f"FOR EACH {rows} EXECUTE FUNCTION events_append_only()"
        )


def _exercises() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("exercise", sa.String(200), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.UniqueConstraint("learner_id", "event_id", name="uq_attempts_learner_event"),
    )
    op.create_table(
        "exercise_notes",
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("exercise", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "exercise"),
    )


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
