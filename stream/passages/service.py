"""Where the passages of a lesson stand in its text, kept true through edits of the text.

Each passage has an anchor for each language. When a file has changed since the anchors were last looked for, the
blocks of the old and the new text are matched (`anchoring`); what cannot be told for sure is lost to its place, not
guessed.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from stream.catalogue.model import Lesson, Translation
from stream.db import reading
from stream.ledger.codec import instant_text
from stream.passages.anchoring import find_again, follow
from stream.passages.counterparts import counterpart
from stream.passages.models import anchors, passages, snapshots
from stream.passages.pieces import Piece
from stream.refusal import Refusal

NEVER_ONE = frozenset({"heading", "rule"})  # one talks about what a heading stands over


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a passage stands in the text of one language; `state` is "same", "reworded" or "gone"."""

    passage_id: int
    language: str
    block_id: str
    block_kind: str
    text: str
    first_text: str
    state: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with its anchors by language."""

    id: int
    anchors: dict[str, Anchor]

    def anchor_in(self, language: str) -> Anchor | None:
        """Its anchor in this language, where it stands in that text."""
        found = self.anchors.get(language)
        return found if found is not None and found.state != "gone" else None

    def last_anchor(self, language: str) -> Anchor:
        """Its anchor in this language, or else in another, gone or not: there is always one."""
        return self.anchors.get(language) or next(iter(self.anchors.values()))


def pieces_of(text: Translation) -> tuple[Piece, ...]:
    """The blocks of a lesson's text as they are remembered."""
    return tuple(Piece(block.id, block.kind, block.text) for block in text.document.blocks)


def may_be_passage(text: Translation, block: str) -> bool:
    """Whether something can be attached to this block."""
    return any(each.id == block and each.kind not in NEVER_ONE for each in text.document.blocks)


def passages_of(connection: Connection, lesson_id: str) -> list[Passage]:
    """All passages of a lesson, oldest first. One query."""
    joined = passages.join(anchors, anchors.c.passage_id == passages.c.id)
    query = select(*anchors.c).select_from(joined).where(passages.c.lesson_id == lesson_id).order_by(passages.c.id)
    found: dict[int, Passage] = {}
    for row in connection.execute(query):
        anchor = anchor_of(row)
        found.setdefault(anchor.passage_id, Passage(anchor.passage_id, {})).anchors[anchor.language] = anchor
    return list(found.values())


def anchor_of(row: Any) -> Anchor:
    """The anchor in a row that holds the columns of `anchors`."""
    return Anchor(row.passage_id, row.language, row.block_id, row.block_kind, row.text, row.first_text, row.state)


def unsettled(lesson: Lesson) -> bool:
    """Whether the lesson has passages, and a text that changed since they were last looked for."""
    with reading() as connection:
        if connection.execute(select(passages.c.id).where(passages.c.lesson_id == lesson.id).limit(1)).first() is None:
            return False
        known = _revisions_of(connection, lesson.id)
    return any(known.get(text.language) != text.revision for text in lesson.translations.values())


def settle(connection: Connection, lesson: Lesson) -> None:
    """Follow the anchors into the texts as they are now. Does nothing where nothing has changed."""
    found = passages_of(connection, lesson.id)
    known = _revisions_of(connection, lesson.id)
    for text in lesson.translations.values():
        if known.get(text.language) == text.revision:
            continue
        old = _remembered(connection, lesson.id, text.language)
        for anchor in _followed(found, text.language, old, pieces_of(text)):
            _keep(connection, anchor)
        _remember(connection, lesson.id, text)
    _pair(connection, lesson)


def open_passage(connection: Connection, lesson: Lesson, language: str, block: str, at: datetime) -> int:
    """The passage at a block of the text in `language`; begun, with an anchor in each language, if there is none."""
    settle(connection, lesson)
    here = at_block(passages_of(connection, lesson.id), language, block)
    if here:
        return here[0].id
    text = lesson.translations.get(language)
    if text is None or not may_be_passage(text, block):
        raise Refusal("unknown-block", 404)
    piece = next(piece for piece in pieces_of(text) if piece.id == block)
    values = {"lesson_id": lesson.id, "created_at": instant_text(at)}
    passage_id: int = connection.execute(insert(passages).values(values).returning(passages.c.id)).scalar_one()
    _keep(connection, Anchor(passage_id, language, piece.id, piece.kind, piece.text, piece.text, "same"))
    _pair(connection, lesson)
    return passage_id


def at_block(found: Iterable[Passage], language: str, block: str) -> list[Passage]:
    """The passages at a block: usually one, more where two blocks became one."""
    return [each for each in found if (anchor := each.anchor_in(language)) and anchor.block_id == block]


def _revisions_of(connection: Connection, lesson_id: str) -> dict[str, str]:
    """Language -> revision of the text in which the anchors were last looked for."""
    query = select(snapshots.c.language, snapshots.c.revision).where(snapshots.c.lesson_id == lesson_id)
    return {row.language: row.revision for row in connection.execute(query)}


def _followed(found: Iterable[Passage], language: str, old: Sequence[Piece], new: Sequence[Piece]) -> Iterable[Anchor]:
    """The anchors of one language that have changed."""
    places = follow(old, new)
    for passage in found:
        anchor = passage.anchors.get(language)
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
    """Give passages that have no anchor in a language one, through the block's position in the pair of texts."""
    texts = {language: pieces_of(text) for language, text in lesson.translations.items()}
    for passage in passages_of(connection, lesson.id):
        standing = [
            anchor for anchor in passage.anchors.values() if anchor.state != "gone" and anchor.language in texts
        ]
        for language in texts.keys() - passage.anchors.keys():
            found = (counterpart(anchor.block_id, texts[anchor.language], texts[language]) for anchor in standing)
            piece = next((piece for piece in found if piece is not None), None)
            if piece is not None:
                _keep(connection, Anchor(passage.id, language, piece.id, piece.kind, piece.text, piece.text, "same"))
    for text in lesson.translations.values():
        _remember(connection, lesson.id, text)


def _keep(connection: Connection, anchor: Anchor) -> None:
    values = {
        "block_id": anchor.block_id,
        "block_kind": anchor.block_kind,
        "text": anchor.text,
        "first_text": anchor.first_text,
        "state": anchor.state,
    }
    mine = (anchors.c.passage_id == anchor.passage_id) & (anchors.c.language == anchor.language)
    if connection.execute(update(anchors).where(mine).values(values)).rowcount == 0:
        connection.execute(insert(anchors).values(passage_id=anchor.passage_id, language=anchor.language, **values))


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
