"""Where the threads of a lesson stand in its text, kept true through edits of the text.

Each block thread has an anchor for each language. When a file has changed since the anchors were last looked for, the
blocks of the old and the new text are matched (`anchoring`); what cannot be told for sure is detached, not guessed.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from stream.catalogue.model import Lesson, Translation
from stream.comments.anchoring import Piece, counterpart, find_again, follow
from stream.comments.models import anchors, snapshots, threads
from stream.db import insert_once
from stream.ledger.codec import instant_text
from stream.refusal import Refusal

WITHOUT_THREAD = frozenset({"heading", "rule"})  # one talks about what a heading stands over


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a thread stands in the text of one language; `state` is "same", "reworded" or "gone"."""

    thread_id: int
    language: str
    block_id: str
    block_kind: str
    text: str
    first_text: str
    state: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a lesson with the number of comments that everybody sees, and its anchors by language."""

    id: int
    kind: str
    shown: int
    anchors: dict[str, Anchor]


def pieces_of(text: Translation) -> tuple[Piece, ...]:
    """The blocks of a lesson's text as they are remembered."""
    return tuple(Piece(block.id, block.kind, block.text) for block in text.document.blocks)


def may_have_thread(text: Translation, block: str) -> bool:
    """Whether comments can be attached to this block."""
    return any(each.id == block and each.kind not in WITHOUT_THREAD for each in text.document.blocks)


def threads_of(connection: Connection, lesson_id: str) -> list[Thread]:
    """All threads of a lesson, oldest first. One query."""
    joined = threads.outerjoin(anchors, anchors.c.thread_id == threads.c.id)
    columns = (threads.c.id, threads.c.kind, threads.c.shown, *list(anchors.c)[1:])
    query = select(*columns).select_from(joined).where(threads.c.lesson_id == lesson_id).order_by(threads.c.id)
    found: dict[int, Thread] = {}
    for row in connection.execute(query):
        thread = found.setdefault(row.id, Thread(row.id, row.kind, row.shown, {}))
        if row.language is not None:
            anchor = Anchor(row.id, row.language, row.block_id, row.block_kind, row.text, row.first_text, row.state)
            thread.anchors[row.language] = anchor
    return list(found.values())


def revisions_of(connection: Connection, lesson_id: str) -> dict[str, str]:
    """Language -> revision of the text in which the anchors were last looked for."""
    query = select(snapshots.c.language, snapshots.c.revision).where(snapshots.c.lesson_id == lesson_id)
    return {row.language: row.revision for row in connection.execute(query)}


def needs_settling(lesson: Lesson, known: dict[str, str]) -> bool:
    """Whether a text of the lesson has changed since its anchors were last looked for."""
    return any(known.get(text.language) != text.revision for text in lesson.translations.values())


def settle(connection: Connection, lesson: Lesson) -> None:
    """Follow the anchors into the texts as they are now. Does nothing where nothing has changed."""
    found = [thread for thread in threads_of(connection, lesson.id) if thread.kind == "block"]
    known = revisions_of(connection, lesson.id)
    for text in lesson.translations.values():
        if known.get(text.language) == text.revision:
            continue
        old = _remembered(connection, lesson.id, text.language)
        for anchor in _followed(found, text.language, old, pieces_of(text)):
            _keep(connection, anchor)
        _remember(connection, lesson.id, text)
    _pair(connection, lesson)


def open_block_thread(connection: Connection, lesson: Lesson, language: str, block: str, at: datetime) -> int:
    """The thread at a block of the text in `language`; begun, with an anchor in each language, if there is none."""
    settle(connection, lesson)
    here = thread_at(threads_of(connection, lesson.id), language, block)
    if here:
        return here[0].id
    text = lesson.translations.get(language)
    if text is None or not may_have_thread(text, block):
        raise Refusal("unknown-block", 404)
    piece = next(piece for piece in pieces_of(text) if piece.id == block)
    thread_id = _begin(connection, lesson.id, "block", at)
    _keep(connection, Anchor(thread_id, language, piece.id, piece.kind, piece.text, piece.text, "same"))
    _pair(connection, lesson)
    return thread_id


def open_lesson_thread(connection: Connection, lesson_id: str, at: datetime) -> int:
    """The thread of the whole lesson, begun if there is none."""
    insert_once(connection, threads, lesson_id=lesson_id, kind="lesson", created_at=instant_text(at), shown=0)
    query = select(threads.c.id).where(threads.c.lesson_id == lesson_id, threads.c.kind == "lesson")
    thread_id: int = connection.execute(query).scalar_one()
    return thread_id


def thread_at(found: Iterable[Thread], language: str, block: str) -> list[Thread]:
    """The threads at a block: usually one, more where two blocks became one."""
    return [
        thread
        for thread in found
        if (anchor := thread.anchors.get(language)) and anchor.state != "gone" and anchor.block_id == block
    ]


def _followed(found: Iterable[Thread], language: str, old: Sequence[Piece], new: Sequence[Piece]) -> Iterable[Anchor]:
    """The anchors of one language that have changed."""
    places = follow(old, new)
    for thread in found:
        anchor = thread.anchors.get(language)
        if anchor is None:
            continue
        moved = _found_again(anchor, new) if anchor.state == "gone" else _followed_one(anchor, places)
        if moved != anchor:
            yield moved


def _followed_one(anchor: Anchor, places: Any) -> Anchor:
    place = places.get(anchor.block_id)
    return replace(anchor, state="gone") if place is None else _standing_at(anchor, place.piece)


def _found_again(anchor: Anchor, new: Sequence[Piece]) -> Anchor:
    for words in dict.fromkeys((anchor.text, anchor.first_text)):
        piece = find_again(Piece(anchor.block_id, anchor.block_kind, words), new)
        if piece is not None:
            return _standing_at(anchor, piece)
    return anchor


def _standing_at(anchor: Anchor, piece: Piece) -> Anchor:
    state = "same" if " ".join(piece.text.split()) == " ".join(anchor.first_text.split()) else "reworded"
    return replace(anchor, block_id=piece.id, block_kind=piece.kind, text=piece.text, state=state)


def _pair(connection: Connection, lesson: Lesson) -> None:
    """Give threads that have no anchor in a language one, through the block's position in the pair of texts."""
    texts = {language: pieces_of(text) for language, text in lesson.translations.items()}
    for thread in threads_of(connection, lesson.id):
        standing = [anchor for anchor in thread.anchors.values() if anchor.state != "gone" and anchor.language in texts]
        for language in texts.keys() - thread.anchors.keys():
            found = (counterpart(anchor.block_id, texts[anchor.language], texts[language]) for anchor in standing)
            piece = next((piece for piece in found if piece is not None), None)
            if piece is not None:
                _keep(connection, Anchor(thread.id, language, piece.id, piece.kind, piece.text, piece.text, "same"))
    for text in lesson.translations.values():
        _remember(connection, lesson.id, text)


def _begin(connection: Connection, lesson_id: str, kind: str, at: datetime) -> int:
    values = {"lesson_id": lesson_id, "kind": kind, "created_at": instant_text(at), "shown": 0}
    thread_id: int = connection.execute(insert(threads).values(values).returning(threads.c.id)).scalar_one()
    return thread_id


def _keep(connection: Connection, anchor: Anchor) -> None:
    values = {
        "block_id": anchor.block_id,
        "block_kind": anchor.block_kind,
        "text": anchor.text,
        "first_text": anchor.first_text,
        "state": anchor.state,
    }
    mine = (anchors.c.thread_id == anchor.thread_id) & (anchors.c.language == anchor.language)
    if connection.execute(update(anchors).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(anchors).values(thread_id=anchor.thread_id, language=anchor.language, **values))


def _remembered(connection: Connection, lesson_id: str, language: str) -> tuple[Piece, ...]:
    query = select(snapshots.c.pieces).where(snapshots.c.lesson_id == lesson_id, snapshots.c.language == language)
    stored = connection.execute(query).scalar_one_or_none()
    return tuple(Piece(*piece) for piece in json.loads(stored)) if stored else ()


def _remember(connection: Connection, lesson_id: str, text: Translation) -> None:
    mine = (snapshots.c.lesson_id == lesson_id) & (snapshots.c.language == text.language)
    known = connection.execute(select(snapshots.c.revision).where(mine)).scalar_one_or_none()
    if known == text.revision:
        return
    pieces = json.dumps([[piece.id, piece.kind, piece.text] for piece in pieces_of(text)], ensure_ascii=False)
    connection.execute(delete(snapshots).where(mine))
    connection.execute(
        insert(snapshots).values(lesson_id=lesson_id, language=text.language, revision=text.revision, pieces=pieces)
    )
