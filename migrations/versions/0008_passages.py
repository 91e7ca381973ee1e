"""Passages of lessons, so that notes and bookmarks follow edits as threads do; notes and bookmarks on them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The rows of a table that is made anew, because its primary key changes.
ANCHOR = "language, block_id, block_kind, text, first_text, state"


def upgrade() -> None:
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
    )
    op.create_index("ix_passages_lesson_id", "passages", ["lesson_id"])
    op.execute(
        "INSERT INTO passages (id, lesson_id, created_at) "
        "SELECT id, lesson_id, created_at FROM threads WHERE kind = 'block'"
    )
    _count_on("passages")
    with op.batch_alter_table("threads") as threads:
        threads.add_column(sa.Column("passage_id", sa.Integer))
        threads.create_foreign_key("fk_threads_passage", "passages", ["passage_id"], ["id"])
    op.execute("UPDATE threads SET passage_id = id WHERE kind = 'block'")
    _anchors("passage_id", "passages")
    op.execute(f"INSERT INTO anchors (passage_id, {ANCHOR}) SELECT thread_id, {ANCHOR} FROM old_anchors")
    op.drop_table("old_anchors")
    for table, columns in NOTES.items():
        _remade(table, with_passage=True)
        op.execute(f"INSERT INTO {table} (passage_id, {columns}) SELECT 0, {columns} FROM old_{table}")
        op.drop_table(f"old_{table}")


def downgrade() -> None:
    for table, columns in NOTES.items():
        _remade(table, with_passage=False)
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM old_{table} WHERE passage_id = 0")
        op.drop_table(f"old_{table}")
    _anchors("thread_id", "threads")
    op.execute(
        f"INSERT INTO anchors (thread_id, {ANCHOR}) "
        "SELECT threads.id, old.language, old.block_id, old.block_kind, old.text, old.first_text, old.state "
        "FROM old_anchors AS old JOIN threads ON threads.passage_id = old.passage_id"
    )
    op.drop_table("old_anchors")
    with op.batch_alter_table("threads") as threads:
        threads.drop_constraint("fk_threads_passage", type_="foreignkey")
        threads.drop_column("passage_id")
    op.drop_index("ix_passages_lesson_id", "passages")
    op.drop_table("passages")


NOTES = {
    "lesson_notes": "learner_id, lesson_id, text, version, saved_at",
    "bookmarks": "learner_id, lesson_id, at",
}


def _anchors(key: str, owner: str) -> None:
    """An empty table of anchors beside the old one. Constraints have no names, so the old ones are no hindrance."""
    op.rename_table("anchors", "old_anchors")
    op.create_table(
        "anchors",
        sa.Column(key, sa.Integer, sa.ForeignKey(f"{owner}.id", ondelete="CASCADE"), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("block_id", sa.String(100), nullable=False),
        sa.Column("block_kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_text", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint(key, "language", name=_free_name(f"anchors_{owner}")),
    )


def _remade(table: str, with_passage: bool) -> None:
    op.rename_table(table, f"old_{table}")
    passage = [sa.Column("passage_id", sa.Integer, nullable=False)] if with_passage else []
    own = {
        "lesson_notes": [
            sa.Column("text", sa.Text, nullable=False),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("saved_at", sa.String(27), nullable=False),
        ],
        "bookmarks": [sa.Column("at", sa.String(27), nullable=False)],
    }
    op.create_table(
        table,
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        *passage,
        *own[table],
        sa.PrimaryKeyConstraint(
            "learner_id",
            "lesson_id",
            *(["passage_id"] if with_passage else []),
            name=_free_name(f"{table}_{'with' if with_passage else 'without'}_passage"),
        ),
    )


def _free_name(table: str) -> str | None:
    """PostgreSQL keeps the name of the old table's key: the new one needs another, and the way back a third."""
    return f"pk_{table}" if op.get_bind().dialect.name == "postgresql" else None


def _count_on(table: str) -> None:
    """PostgreSQL does not see that ids were given by hand."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) FROM {table}")
