"""Threads on lessons and on their blocks, the comments in them, and what members and moderators do with those.

`threads.shown` and `comments.listed` are projections of the comments' states, made anew in every transaction that
changes a state; so a lesson with thousands of comments shows as fast as one with ten.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from stream.db import Base

threads = Table(
    "threads",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("lesson_id", String(200), nullable=False, index=True),  # never an address: those change
    Column("kind", String(10), nullable=False),  # "lesson" or "block"
    Column("passage_id", Integer, ForeignKey("passages.id")),  # of a block thread
    Column("created_at", String(27), nullable=False),
    Column("shown", Integer, nullable=False, default=0),  # comments that everybody sees
    Index(
        "ux_threads_lesson",
        "lesson_id",
        unique=True,
        sqlite_where=text("kind = 'lesson'"),  # PostgreSQL's stands in the migration: naming it loads 2.3 MB of dialect
    ),
)

comments = Table(
    "comments",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", Integer, ForeignKey("threads.id"), nullable=False),
    Column("lesson_id", String(200), nullable=False),
    Column("root_id", Integer),  # the comment that began this exchange; its own id, set right after inserting
    Column("parent_id", Integer, ForeignKey("comments.id")),
    Column("learner_id", String(32), nullable=False),
    Column("post_id", String(64), nullable=False),  # made with the form: sent twice, kept once
    Column("language", String(20), nullable=False),
    Column("revision", String(12), nullable=False),  # of the lesson, as it was read
    Column("body", Text, nullable=False),  # as typed
    Column("html", Text, nullable=False),  # made of it at saving
    Column("plain", String(400), nullable=False),  # its beginning, for notifications and feeds
    Column("renderer", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # counts edits, so that a stale one is noticed
    Column("state", String(10), nullable=False),  # "shown", "held", "hidden", "deleted"
    Column("held_why", String(40)),
    Column("created_at", String(27), nullable=False),
    Column("edited_at", String(27)),
    Column("listed", Boolean, nullable=False),  # takes a place in everybody's list: shown, or a tombstone
    Column("unpinned", Integer, nullable=False),  # 0 for everything in a pinned exchange: sorts first
    Column("answer_id", Integer),  # on a root: the reply that answers it
    UniqueConstraint("learner_id", "post_id", name="uq_comments_learner_post"),
    Index("ix_comments_oldest", "thread_id", "listed", "unpinned", "root_id", "id"),
    Index("ix_comments_learner", "learner_id", "lesson_id", "state"),
    Index("ix_comments_state", "state", "id"),
    Index("ix_comments_parent", "parent_id"),
    Index("ix_comments_root", "root_id"),
    Index("ix_comments_lesson", "lesson_id", "state", "id"),
    sqlite_autoincrement=True,  # an address of a comment never means another one
)

Index(
    "ix_comments_newest",
    comments.c.thread_id,
    comments.c.listed,
    comments.c.unpinned,
    comments.c.root_id.desc(),
    comments.c.id,
)

helpful = Table(
    "helpful",
    Base.metadata,
    Column("comment_id", Integer, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("learner_id", String(32), nullable=False),
    PrimaryKeyConstraint("comment_id", "learner_id"),
    Index("ix_helpful_learner", "learner_id"),
)

flags = Table(
    "comment_flags",
    Base.metadata,
    Column("comment_id", Integer, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False),
    Column("learner_id", String(32), nullable=False),  # told to moderators, never to the writer
    Column("why", String(500), nullable=False),
    Column("at", String(27), nullable=False),
    Column("settled_at", String(27)),
    PrimaryKeyConstraint("comment_id", "learner_id"),
)

patterns = Table(
    "comment_patterns",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("words", String(200), nullable=False, unique=True),
    Column("created_at", String(27), nullable=False),
)

follows = Table(
    "thread_follows",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("thread_id", Integer, ForeignKey("threads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("level", String(10), nullable=False),  # "all" or "none"; no row: replies to me
    PrimaryKeyConstraint("learner_id", "thread_id"),
)

drafts = Table(
    "comment_drafts",
    Base.metadata,
    Column("learner_id", String(32), nullable=False),
    Column("place", String(400), nullable=False),  # lesson, block and parent the text was meant for
    Column("body", Text, nullable=False),
    Column("saved_at", String(27), nullable=False),
    PrimaryKeyConstraint("learner_id", "place"),
)

talk_versions = Table(
    "talk_versions",
    Base.metadata,
    Column("lesson_id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),  # moved by triggers: see migration 0011
)
