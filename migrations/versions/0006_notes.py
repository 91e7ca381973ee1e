"""Private notes and bookmarks on lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_notes",
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "lesson_id"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "lesson_id"),
    )


def downgrade() -> None:
    op.drop_table("bookmarks")
    op.drop_table("lesson_notes")
