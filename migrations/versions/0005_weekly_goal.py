"""How many lessons a week a member has set out to do."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("weekly_goal", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.drop_column("weekly_goal")
