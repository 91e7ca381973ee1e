"""Talk: comments, notifications, mail and problem reports; roles, mail addresses and blocks of members."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "reports",
    "mail_log",
    "mails",
    "notification_preferences",
    "notifications",
    "comment_drafts",
    "thread_follows",
    "comment_patterns",
    "comment_flags",
    "helpful",
    "comments",
    "lesson_snapshots",
    "anchors",
    "threads",
    "admin_acts",
)  # each after those that point to it


def upgrade() -> None:
    _members()
    _record()
    _comments()
    _notifications()
    _mail()
    _reports()


def _members() -> None:
    """Admins become members with the role "admin"."""
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("role", sa.String(20), nullable=False, server_default="member"))
        users.add_column(sa.Column("mail", sa.String(320)))
        users.add_column(sa.Column("mail_confirmed_at", sa.String(27)))
        users.add_column(sa.Column("blocked_at", sa.String(27)))
        users.add_column(sa.Column("blocked_why", sa.String(500)))
    op.execute(sa.text("UPDATE users SET role = 'admin' WHERE is_admin"))
    with op.batch_alter_table("users") as users:
        users.drop_column("is_admin")
        users.alter_column("role", server_default=None)


def _record() -> None:
    op.create_table(
        "admin_acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
    )
    op.create_index("ix_admin_acts_subject", "admin_acts", ["subject"])


def _comments() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
    )
    op.create_index("ix_threads_lesson_id", "threads", ["lesson_id"])
    op.create_index(
        "ux_threads_lesson",
        "threads",
        ["lesson_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'lesson'"),
        postgresql_where=sa.text("kind = 'lesson'"),
    )
    op.create_table(
        "anchors",
        sa.Column("thread_id", sa.Integer, sa.ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("block_id", sa.String(100), nullable=False),
        sa.Column("block_kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("first_text", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("thread_id", "language"),
    )
    op.create_table(
        "lesson_snapshots",
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("revision", sa.String(12), nullable=False),
        sa.Column("pieces", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", "language"),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("thread_id", sa.Integer, sa.ForeignKey("threads.id"), nullable=False),
        sa.Column("lesson_id", sa.String(200), nullable=False),
        sa.Column("root_id", sa.Integer),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("comments.id")),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("post_id", sa.String(64), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("revision", sa.String(12), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("plain", sa.String(400), nullable=False),
        sa.Column("renderer", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("held_why", sa.String(40)),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("edited_at", sa.String(27)),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("unpinned", sa.Integer, nullable=False),
        sa.Column("answer_id", sa.Integer),
        sa.UniqueConstraint("learner_id", "post_id", name="uq_comments_learner_post"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_comments_learner", "comments", ["learner_id", "lesson_id", "state"])
    op.create_index("ix_comments_lesson", "comments", ["lesson_id", "state", "id"])
    op.create_index(
        "ix_comments_newest", "comments", ["thread_id", "listed", "unpinned", sa.text("root_id DESC"), "id"]
    )
    op.create_index("ix_comments_oldest", "comments", ["thread_id", "listed", "unpinned", "root_id", "id"])
    op.create_index("ix_comments_parent", "comments", ["parent_id"])
    op.create_index("ix_comments_root", "comments", ["root_id"])
    op.create_index("ix_comments_state", "comments", ["state", "id"])
    op.create_table(
        "helpful",
        sa.Column("comment_id", sa.Integer, sa.ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "learner_id"),
    )
    op.create_table(
        "comment_flags",
        sa.Column("comment_id", sa.Integer, sa.ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("settled_at", sa.String(27)),
        sa.PrimaryKeyConstraint("comment_id", "learner_id"),
    )
    op.create_table(
        "comment_patterns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.UniqueConstraint("words"),
    )
    op.create_table(
        "thread_follows",
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("thread_id", sa.Integer, sa.ForeignKey("threads.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "thread_id"),
    )
    op.create_index("ix_thread_follows_thread_id", "thread_follows", ["thread_id"])
    op.create_table(
        "comment_drafts",
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("place", sa.String(400), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("learner_id", "place"),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("read_at", sa.String(27)),
        sa.Column("mail_key", sa.String(200)),
        sa.UniqueConstraint("learner_id", "subject", name="uq_notifications_learner_subject"),
    )
    op.create_index("ix_notifications_mail", "notifications", ["mail_key"])
    op.create_index("ix_notifications_subject", "notifications", ["subject"])
    op.create_index("ix_notifications_unread", "notifications", ["learner_id", "read_at"])
    op.create_table(
        "notification_preferences",
        sa.Column("learner_id", sa.String(32), primary_key=True),
        sa.Column("replies", sa.Boolean, nullable=False),
        sa.Column("mentions", sa.Boolean, nullable=False),
        sa.Column("mail", sa.String(10), nullable=False),
    )


def _mail() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("sent_at", sa.String(27)),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_mails_recipient", "mails", ["recipient"])
    op.create_index("ix_mails_state_due", "mails", ["state", "due_at"])
    op.create_table(
        "mail_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mail_id", sa.Integer, sa.ForeignKey("mails.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_mail_log_mail_id", "mail_log", ["mail_id"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("post_id", sa.String(64), nullable=False),
        sa.Column("learner_id", sa.String(32)),
        sa.Column("lesson_id", sa.String(200)),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("revision", sa.String(12), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("contact", sa.String(320), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("settled_at", sa.String(27)),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("post_id", name="uq_reports_post"),
    )
    op.create_index("ix_reports_learner", "reports", ["learner_id"])
    op.create_index("ix_reports_state", "reports", ["state", "id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE users SET is_admin = true WHERE role = 'admin'"))
    with op.batch_alter_table("users") as users:
        for column in ("role", "mail", "mail_confirmed_at", "blocked_at", "blocked_why"):
            users.drop_column(column)
        users.alter_column("is_admin", server_default=None)
