"""Which comments are refused for their links, and which must wait for a moderator."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from stream.comments.models import comments
from stream.comments.texts import Text
from stream.comments.writers import Rules, Unfit, Writer
from stream.statements import run

NEW_FOR = timedelta(days=1)
TRUSTED_AFTER = 3  # comments that everybody sees
LINKS_OF_NEW = 2


def check_links(connection: Connection, writer: Writer, links: int, at: datetime) -> None:
    """Spam lives on links; whoever has been here for a while may put in as many as they like."""
    if writer.may_moderate or links <= LINKS_OF_NEW:
        return
    if at - writer.joined_at < NEW_FOR or _shown_of(connection, writer.learner_id) < TRUSTED_AFTER:
        raise Unfit("links")


def held_why(connection: Connection, writer: Writer, text: Text, rules: Rules) -> str | None:
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


def held_again(connection: Connection, writer: Writer, text: Text, rules: Rules) -> str | None:
    """An edit goes the way of a new comment: otherwise one could swap the text after it was let through."""
    held = held_why(connection, writer, text, rules)
    if held is None and rules.moderation == "first" and not writer.may_moderate:
        return "first" if _shown_of(connection, writer.learner_id) <= 1 else None
    return held


def _shown_of(connection: Connection, learner_id: str) -> int:
    mine = (comments.c.learner_id == learner_id) & (comments.c.state == "shown")
    return connection.execute(select(func.count()).select_from(comments).where(mine)).scalar_one()


def _is_quarantined(connection: Connection, learner_id: str) -> bool:
    query = "SELECT 1 FROM comments WHERE learner_id = :me AND state = 'held' AND held_why = 'flood' LIMIT 1"
    return bool(run(connection, query, {"me": learner_id}))


def _matches_pattern(connection: Connection, body: str) -> bool:
    words = folded(body)
    return any(folded(pattern) in words for (pattern,) in run(connection, "SELECT words FROM comment_patterns"))


def folded(text: str) -> str:
    """Text as patterns are compared: case and white space do not count."""
    return " ".join(text.casefold().split())
