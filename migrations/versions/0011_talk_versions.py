"""A number per lesson that moves with whatever its threads show, so that a kept page knows when it is out of date.

Kept by the database itself: no place that writes a comment, a name or a standing can forget it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOVE = (
    "INSERT INTO talk_versions (lesson_id, version) {lessons} ON CONFLICT (lesson_id) DO UPDATE SET version = {old} + 1"
)
OF_WRITER = "SELECT DISTINCT lesson_id, 1 FROM comments WHERE learner_id = {row}.learner_id ORDER BY lesson_id"
LESSONS = {  # the lessons whose talk shows something of a row
    "comments": "SELECT {row}.lesson_id, 1 WHERE true",
    "threads": "SELECT {row}.lesson_id, 1 WHERE true",
    "helpful": "SELECT lesson_id, 1 FROM comments WHERE id = {row}.comment_id",
    "anchors": "SELECT lesson_id, 1 FROM passages WHERE id = {row}.passage_id",
    "standings": OF_WRITER,  # levels beside names
    "users": OF_WRITER,  # names, and what their owners show
}
SHOWN_OF_USERS = "username, role, hides, published_at, publishes, blocked_at"
VERBS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "talk_versions",
        sa.Column("lesson_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_helpful_learner", "helpful", ["learner_id"])
    make = _for_sqlite if op.get_bind().dialect.name == "sqlite" else _for_postgresql
    for table, lessons in LESSONS.items():
        make(table, lessons)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in LESSONS:
        for verb in VERBS:
            op.execute(f"DROP TRIGGER talk_{table}_{verb.lower()}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            op.execute(f"DROP FUNCTION talk_{table}()")
    op.drop_index("ix_helpful_learner", "helpful")
    op.drop_table("talk_versions")


def _for_sqlite(table: str, lessons: str) -> None:
    for verb in VERBS:
        row = "OLD" if verb == "DELETE" else "NEW"
        move = MOVE.format(lessons=lessons.format(row=row), old="version")
        op.execute(
            f"CREATE TRIGGER talk_{table}_{verb.lower()} AFTER {_when(table, verb)} ON {table} BEGIN {move}; END"
        )


def _for_postgresql(table: str, lessons: str) -> None:
    move = MOVE.format(lessons=lessons.format(row="changed"), old="talk_versions.version")
    op.execute(
        f"CREATE FUNCTION talk_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed RECORD; BEGIN "
        f"IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; {move}; RETURN NULL; END $$"
    )
    for verb in VERBS:
        op.execute(
            f"CREATE TRIGGER talk_{table}_{verb.lower()} AFTER {_when(table, verb)} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION talk_{table}()"
        )


def _when(table: str, verb: str) -> str:
    return f"UPDATE OF {SHOWN_OF_USERS}" if (table, verb) == ("users", "UPDATE") else verb
