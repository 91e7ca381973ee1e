"""What members may do with comments of their own: write, edit, take back. Each commits once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from stream.catalogue.model import Lesson
from stream.comments import tree
from stream.comments.announcing import announce
from stream.comments.comment import Comment, comment_within
from stream.comments.drafts import forget_draft, place_of
from stream.comments.holding import check_links, held_again, held_why
from stream.comments.models import comments
from stream.comments.texts import Text, checked, written
from stream.comments.threads import open_block_thread, open_lesson_thread
from stream.comments.versions import version_within
from stream.comments.writers import Rules, Unfit, Writer, check_writer, may_still_change
from stream.db import write
from stream.ledger.codec import instant, instant_text
from stream.notifications.service import withdraw
from stream.refusal import Refusal
from stream.statements import run


class EditedMeanwhile(Exception):
    """Somebody's own comment, changed on another device since this form was opened; `body` is how it reads now."""

    def __init__(self, body: str, version: int) -> None:
        super().__init__("edited meanwhile")
        self.body, self.version = body, version


@dataclass(frozen=True, slots=True)
class NewComment:
    """What somebody sends. `block` and `parent` say where it belongs; `post_id` came with the form."""

    lesson: Lesson
    language: str
    body: str
    post_id: str
    block: str = ""
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of it: its number, and whether everybody sees it ("shown") or it waits ("held")."""

    id: int
    thread_id: int
    state: str
    grown: "Grown | None" = None


@dataclass(frozen=True, slots=True)
class Grown:
    """All that has changed in the talk about a lesson from one version of it to another: a new comment on the lesson,
    as any visitor sees it.
    """

    lesson_id: str
    before: int
    after: int
    comment: Comment


def post(writer: Writer, new: NewComment, rules: Rules, at: datetime) -> Posted:
    """Put a comment into its thread, once however often it is sent. Raises Unfit or Refusal, and then keeps nothing."""
    check_writer(writer)
    text = checked(new.body)

    def work(connection: Connection) -> Posted:
        known = _posted(connection, writer.learner_id, new.post_id)
        if known:
            return known
        before = version_within(connection, new.lesson.id)
        check_links(connection, writer, text.made.links, at)
        row = _placed(connection, new, at) | written(text) | _state(connection, writer, text, rules)
        row |= {"learner_id": writer.learner_id, "post_id": new.post_id, "created_at": instant_text(at)}
        posted = _insert(connection, row)
        forget_draft(connection, writer.learner_id, place_of(new.lesson.id, new.block, new.parent))
        if posted.state == "shown":
            announce(connection, posted.id, text.mentioned, rules.mail, at)
        return replace(posted, grown=_grown(connection, new, posted, before))

    return write(work)


def _grown(connection: Connection, new: NewComment, posted: Posted, before: int) -> Grown | None:
    """What it did to the talk, where that is all: SQLite lets one write at a time, other databases do not."""
    if posted.state != "shown" or new.block or new.parent is not None or connection.dialect.name != "sqlite":
        return None
    after, comment = version_within(connection, new.lesson.id), comment_within(connection, posted.id)
    return Grown(new.lesson.id, before, after, comment)


def edit(writer: Writer, comment_id: int, body: str, version: int, rules: Rules, at: datetime) -> None:
    """Change one's own comment while that is allowed. Raises EditedMeanwhile when `version` is not the newest."""
    check_writer(writer)
    text = checked(body)

    def work(connection: Connection) -> None:
        row = own_comment(connection, writer, comment_id, rules, at)
        if row.version != version and row.body != body:
            raise EditedMeanwhile(row.body, row.version)
        if row.body == body:
            return
        check_links(connection, writer, text.made.links, at)
        held = row.held_why or held_again(connection, writer, text, rules)
        values = written(text) | {"version": row.version + 1, "edited_at": instant_text(at)}
        values |= {"state": "held" if held else "shown", "held_why": held}
        connection.execute(update(comments).where(comments.c.id == comment_id).values(values))
        tree.settle(connection, row.root_id)
        if held:
            withdraw(connection, f"comment:{comment_id}")
        else:
            announce(connection, comment_id, text.mentioned, rules.mail, at)

    write(work)


def remove(writer: Writer, comment_id: int, rules: Rules, at: datetime) -> None:
    """Take one's own comment back while that is allowed. Where replies remain, a line says that it was here."""

    def work(connection: Connection) -> None:
        row = own_comment(connection, writer, comment_id, rules, at)
        gone = {"state": "deleted", "held_why": None, "body": "", "html": "", "plain": ""}
        connection.execute(update(comments).where(comments.c.id == comment_id).values(gone))
        tree.settle(connection, row.root_id)
        withdraw(connection, f"comment:{comment_id}")

    write(work)


def own_comment(connection: Connection, writer: Writer, comment_id: int, rules: Rules, at: datetime) -> Any:
    """The writer's comment, if it may still be changed. Somebody else's looks like none."""
    row = connection.execute(select(comments).where(comments.c.id == comment_id)).first()
    if row is None or row.learner_id != writer.learner_id or row.state not in ("shown", "held"):
        raise Refusal("unknown-comment", 404)
    if not may_still_change(instant(row.created_at), at, rules.edit_for):
        raise Refusal("too-late-to-edit", 403)
    return row


def _posted(connection: Connection, learner_id: str, post_id: str) -> Posted | None:
    query = "SELECT id, thread_id, state FROM comments WHERE learner_id = :me AND post_id = :post"
    for row in run(connection, query, {"me": learner_id, "post": post_id}):
        return Posted(*row)
    return None


def _placed(connection: Connection, new: NewComment, at: datetime) -> dict[str, Any]:
    """Thread, root and parent of a new comment."""
    place = {
        "lesson_id": new.lesson.id,
        "language": new.language,
        "revision": new.lesson.translation(new.language).revision,
    }
    if new.parent is not None:
        parent = connection.execute(select(comments).where(comments.c.id == new.parent)).first()
        if parent is None or parent.state != "shown" or parent.lesson_id != new.lesson.id:
            raise Unfit("parent-gone")
        return {**place, "thread_id": parent.thread_id, "parent_id": parent.id, "root_id": parent.root_id,
                "unpinned": parent.unpinned}  # fmt: skip
    if new.block:
        text = new.lesson.translation(new.language)
        try:
            thread_id = open_block_thread(connection, new.lesson, text.language, new.block, at)
        except Refusal:
            raise Unfit("block-gone") from None
    else:
        thread_id = open_lesson_thread(connection, new.lesson.id, at)
    return {**place, "thread_id": thread_id, "parent_id": None, "root_id": None, "unpinned": 1}


def _state(connection: Connection, writer: Writer, text: Text, rules: Rules) -> dict[str, Any]:
    held = held_why(connection, writer, text, rules)
    return {"state": "held" if held else "shown", "held_why": held, "listed": not held, "version": 1}


def _insert(connection: Connection, row: dict[str, Any]) -> Posted:
    names = ", ".join(row), ", ".join(f":{name}" for name in row)
    [(comment_id,)] = run(connection, "INSERT INTO comments ({}) VALUES ({}) RETURNING id".format(*names), row)
    if row["root_id"] is None:
        run(connection, "UPDATE comments SET root_id = id WHERE id = :id", {"id": comment_id})
    if row["state"] == "shown":
        run(connection, "UPDATE threads SET shown = shown + 1 WHERE id = :id", {"id": row["thread_id"]})
    return Posted(comment_id, row["thread_id"], row["state"])
