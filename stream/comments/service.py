"""What members may do in threads: write, edit, take back, find helpful, report, follow. Each commits once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from stream.accounts.queries import Mentioned, mentioned_in
from stream.catalogue.model import Lesson
from stream.clock import AHEAD
from stream.comments import tree
from stream.comments.announcing import announce
from stream.comments.models import comments, drafts, flags, follows, helpful
from stream.comments.threads import open_block_thread, open_lesson_thread
from stream.db import insert_once, write
from stream.ledger.codec import instant, instant_text
from stream.markdown.comments import VERSION, Comment, compile_comment, problem_with
from stream.notifications.service import MailRules, withdraw
from stream.refusal import Refusal
from stream.statements import run

NEW_FOR = timedelta(days=1)
TRUSTED_AFTER = 3  # comments that everybody sees
LINKS_OF_NEW = 2


class Unfit(Exception):
    """A text that cannot be taken as it is; `code` names why in the reader's language. Nothing was stored."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EditedMeanwhile(Exception):
    """Somebody's own comment, changed on another device since this form was opened; `body` is how it reads now."""

    def __init__(self, body: str, version: int) -> None:
        super().__init__("edited meanwhile")
        self.body, self.version = body, version


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever writes."""

    learner_id: str
    joined_at: datetime
    may_moderate: bool = False
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How this site holds talk. `moderation` is "none", "first" or "all"; for `edit_for` one may change one's own."""

    moderation: str = "none"
    edit_for: timedelta = timedelta(minutes=15)
    mail: MailRules | None = None


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


@dataclass(frozen=True, slots=True)
class _Text:
    """A body with what was made of it."""

    body: str
    made: Comment
    mentioned: tuple[Mentioned, ...] = field(default=())


def may_still_change(created_at: datetime, at: datetime, edit_for: timedelta) -> bool:
    """Whether a comment is as new as that. One that was written ahead of the clock is not."""
    return -AHEAD <= at - created_at <= edit_for


def post(writer: Writer, new: NewComment, rules: Rules, at: datetime) -> Posted:
    """Put a comment into its thread, once however often it is sent. Raises Unfit or Refusal, and then keeps nothing."""
    _check_writer(writer)
    text = _checked(new.body)

    def work(connection: Connection) -> Posted:
        known = _posted(connection, writer.learner_id, new.post_id)
        if known:
            return known
        _check_links(connection, writer, text.made.links, at)
        row = _placed(connection, new, at) | _written(text) | _state(connection, writer, text, rules)
        row |= {"learner_id": writer.learner_id, "post_id": new.post_id, "created_at": instant_text(at)}
        posted = _insert(connection, row)
        _forget_draft(connection, writer.learner_id, new)
        if posted.state == "shown":
            announce(connection, posted.id, text.mentioned, rules.mail, at)
        return posted

    return write(work)


def edit(writer: Writer, comment_id: int, body: str, version: int, rules: Rules, at: datetime) -> None:
    """Change one's own comment while that is allowed. Raises EditedMeanwhile when `version` is not the newest."""
    _check_writer(writer)
    text = _checked(body)

    def work(connection: Connection) -> None:
        row = own_comment(connection, writer, comment_id, rules, at)
        if row.version != version and row.body != body:
            raise EditedMeanwhile(row.body, row.version)
        if row.body == body:
            return
        _check_links(connection, writer, text.made.links, at)
        held = row.held_why or _held_again(connection, writer, text, rules)
        values = _written(text) | {"version": row.version + 1, "edited_at": instant_text(at)}
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


def find_helpful(writer: Writer, comment_id: int, is_helpful: bool) -> None:
    """Mark a comment as helpful, once for each member, or take that back. One's own cannot be marked."""
    if writer.is_blocked:
        raise Refusal("blocked", 403)

    def work(connection: Connection) -> None:
        row = shown_comment(connection, comment_id)
        if row.learner_id == writer.learner_id:
            raise Refusal("own-comment", 403)
        if is_helpful:
            insert_once(connection, helpful, comment_id=comment_id, learner_id=writer.learner_id)
        else:
            mine = (helpful.c.comment_id == comment_id) & (helpful.c.learner_id == writer.learner_id)
            connection.execute(delete(helpful).where(mine))

    write(work)


def flag(writer: Writer, comment_id: int, why: str, at: datetime) -> None:
    """Ask moderators to look at a comment. Once for each member; its writer never learns who asked."""
    _check_writer(writer)
    if not why.strip():
        raise Unfit("empty")

    def work(connection: Connection) -> None:
        if shown_comment(connection, comment_id).learner_id == writer.learner_id:
            raise Refusal("own-comment", 403)
        values = {"comment_id": comment_id, "learner_id": writer.learner_id, "why": why.strip()[:500]}
        insert_once(connection, flags, at=instant_text(at), **values)

    write(work)


def set_alerts(learner_id: str, lesson: Lesson, level: str, at: datetime) -> None:
    """Hear of "all" comments in the lesson's thread, of replies to oneself ("mine"), or of "none"."""
    write(lambda connection: _follow(connection, learner_id, open_lesson_thread(connection, lesson.id, at), level))


def set_thread_alerts(learner_id: str, thread_id: int, level: str) -> None:
    """The same for one thread on a block."""
    write(lambda connection: _follow(connection, learner_id, thread_id, level))


def _follow(connection: Connection, learner_id: str, thread_id: int, level: str) -> None:
    mine = (follows.c.learner_id == learner_id) & (follows.c.thread_id == thread_id)
    connection.execute(delete(follows).where(mine))
    if level in ("all", "none"):
        connection.execute(insert(follows).values(learner_id=learner_id, thread_id=thread_id, level=level))


def keep_draft(learner_id: str, place: str, body: str, at: datetime) -> None:
    """Keep a text that could not be sent, for the form it was meant for."""

    def work(connection: Connection) -> None:
        mine = (drafts.c.learner_id == learner_id) & (drafts.c.place == place)
        connection.execute(delete(drafts).where(mine))
        if body.strip():
            values = {"learner_id": learner_id, "place": place, "body": body, "saved_at": instant_text(at)}
            connection.execute(insert(drafts).values(values))

    write(work)


def place_of(lesson_id: str, block: str, parent: int | None) -> str:
    """What a draft was meant for."""
    return f"{lesson_id}|{block}|{parent or ''}"[:400]


def shown_comment(connection: Connection, comment_id: int) -> Any:
    """A comment that everybody sees."""
    row = connection.execute(select(comments).where(comments.c.id == comment_id, comments.c.state == "shown")).first()
    if row is None:
        raise Refusal("unknown-comment", 404)
    return row


def made_of(body: str) -> tuple[Comment, tuple[Mentioned, ...]]:
    """A text rendered, with the members it names."""
    made = compile_comment(body)
    runs = made.mentions[:MENTIONS]
    found = mentioned_in(runs) if runs else {}
    if not found:
        return made, ()
    made = compile_comment(body, known=lambda run: found[run].written if run in found else None)
    return made, tuple({each.learner_id: each for each in found.values()}.values())


MENTIONS = 10  # names looked up in one comment: calling everybody is no conversation


def _checked(body: str) -> _Text:
    problem = problem_with(body)
    if problem:
        raise Unfit(problem)
    made, mentioned = made_of(body)
    return _Text(body, made, mentioned)


def _check_writer(writer: Writer) -> None:
    if writer.is_blocked:
        raise Unfit("blocked")


def _posted(connection: Connection, learner_id: str, post_id: str) -> Posted | None:
    query = "SELECT id, thread_id, state FROM comments WHERE learner_id = :me AND post_id = :post"
    for row in run(connection, query, {"me": learner_id, "post": post_id}):
        return Posted(*row)
    return None


def _check_links(connection: Connection, writer: Writer, links: int, at: datetime) -> None:
    """Spam lives on links; whoever has been here for a while may put in as many as they like."""
    if writer.may_moderate or links <= LINKS_OF_NEW:
        return
    if at - writer.joined_at < NEW_FOR or _shown_of(connection, writer.learner_id) < TRUSTED_AFTER:
        raise Unfit("links")


def _shown_of(connection: Connection, learner_id: str) -> int:
    mine = (comments.c.learner_id == learner_id) & (comments.c.state == "shown")
    return connection.execute(select(func.count()).select_from(comments).where(mine)).scalar_one()


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


def _written(text: _Text) -> dict[str, Any]:
    return {"body": text.body, "html": text.made.html, "plain": text.made.plain, "renderer": VERSION}


def _state(connection: Connection, writer: Writer, text: _Text, rules: Rules) -> dict[str, Any]:
    held = _held_why(connection, writer, text, rules)
    return {"state": "held" if held else "shown", "held_why": held, "listed": not held, "version": 1}


def _held_why(connection: Connection, writer: Writer, text: _Text, rules: Rules) -> str | None:
    """Why a comment must wait for a moderator, or None."""
    if writer.may_moderate:
        return None
    if rules.moderation == "all":
        return "all"
    if _is_quarantined(connection, writer.learner_id):
        return "flood"
    if rules.moderation == "first" and _shown_of(connection, writer.learner_id) == 0:
        return "first"
    return "pattern" if _matches_pattern(connection, text.body) else None


def _held_again(connection: Connection, writer: Writer, text: _Text, rules: Rules) -> str | None:
    """An edit goes the way of a new comment: otherwise one could swap the text after it was let through."""
    held = _held_why(connection, writer, text, rules)
    if held is None and rules.moderation == "first" and not writer.may_moderate:
        return "first" if _shown_of(connection, writer.learner_id) <= 1 else None
    return held


def _is_quarantined(connection: Connection, learner_id: str) -> bool:
    query = "SELECT 1 FROM comments WHERE learner_id = :me AND state = 'held' AND held_why = 'flood' LIMIT 1"
    return bool(run(connection, query, {"me": learner_id}))


def _matches_pattern(connection: Connection, body: str) -> bool:
    words = folded(body)
    return any(folded(pattern) in words for (pattern,) in run(connection, "SELECT words FROM comment_patterns"))


def folded(text: str) -> str:
    """Text as patterns are compared: case and white space do not count."""
    return " ".join(text.casefold().split())


def _insert(connection: Connection, row: dict[str, Any]) -> Posted:
    names = ", ".join(row), ", ".join(f":{name}" for name in row)
    [(comment_id,)] = run(connection, "INSERT INTO comments ({}) VALUES ({}) RETURNING id".format(*names), row)
    if row["root_id"] is None:
        run(connection, "UPDATE comments SET root_id = id WHERE id = :id", {"id": comment_id})
    if row["state"] == "shown":
        run(connection, "UPDATE threads SET shown = shown + 1 WHERE id = :id", {"id": row["thread_id"]})
    return Posted(comment_id, row["thread_id"], row["state"])


def _forget_draft(connection: Connection, learner_id: str, new: NewComment) -> None:
    place = place_of(new.lesson.id, new.block, new.parent)
    query = "DELETE FROM comment_drafts WHERE learner_id = :me AND place = :place"
    run(connection, query, {"me": learner_id, "place": place})
