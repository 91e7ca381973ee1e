"""Profiles that members publish: since when, and which parts of the game they show."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("published_at", sa.String(27)))
        users.add_column(sa.Column("publishes", sa.String(60), nullable=False, server_default="xp achievements"))


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.drop_column("publishes")
        users.drop_column("published_at")
