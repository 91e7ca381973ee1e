"""Who does not want reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("without_review", sa.Column("learner_id", sa.String(32), primary_key=True))


def downgrade() -> None:
    op.drop_table("without_review")
