"""A number per member that moves with whatever their pages show of their own, so that a kept page knows when it is old.

Kept by the database itself, as `talk_versions` is: no place that writes can forget it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OF_MEMBERS = (
    "standings",
    "attempts",
    "exercise_notes",
    "lesson_notes",
    "bookmarks",
    "notifications",
    "thread_follows",
    "comment_drafts",
)
OF_USERS = (
    "username, role, hides, published_at, publishes, blocked_at, blocked_why, weekly_goal, language, time_zone, mail"
)
VERBS = ("INSERT", "UPDATE", "DELETE")
MOVE = "UPDATE users SET own_version = own_version + 1 WHERE learner_id = {row}.learner_id"


def upgrade() -> None:
    op.add_column("users", sa.Column("own_version", sa.Integer, nullable=False, server_default="0"))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        move = MOVE.format(row="changed")
        op.execute(
            "CREATE FUNCTION own_moves() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed RECORD; BEGIN "
            f"IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; {move}; RETURN NULL; END $$"
        )
    for name, event, table in _triggers():
        act = (
            f"BEGIN {MOVE.format(row='OLD' if event == 'DELETE' else 'NEW')}; END"
            if is_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION own_moves()"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {act}")


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _, table in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        op.execute("DROP FUNCTION own_moves()")
    op.drop_column("users", "own_version")


def _triggers() -> list[tuple[str, str, str]]:
    """Name, event and table of each."""
    of_members = [(f"own_{table}_{verb.lower()}", verb, table) for table in OF_MEMBERS for verb in VERBS]
    return [*of_members, ("own_users_update", f"UPDATE OF {OF_USERS}", "users")]
