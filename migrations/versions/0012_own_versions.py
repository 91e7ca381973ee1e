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
    "username",
    "role",
    "hides",
    "published_at",
    "publishes",
    "blocked_at",
    "blocked_why",
    "weekly_goal",
    "language",
    "time_zone",
    "mail",
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
        row = "OLD" if event == "DELETE" else "NEW"
        act = f"BEGIN {MOVE.format(row=row)}; END" if is_sqlite else "EXECUTE FUNCTION own_moves()"
        when = _when_changed(is_sqlite) if table == "users" else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} {act}")


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
    return [*of_members, ("own_users_update", f"UPDATE OF {', '.join(OF_USERS)}", "users")]


def _when_changed(is_sqlite: bool) -> str:
    before, after = (", ".join(f"{row}.{name}" for name in OF_USERS) for row in ("OLD", "NEW"))
    return f"WHEN (({before}) {'IS NOT' if is_sqlite else 'IS DISTINCT FROM'} ({after}))"
