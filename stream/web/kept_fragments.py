"""Pieces of pages that many readers get alike: rendered once, and joined into each one's own page.

In a template: `{% call kept("thread", key) %}...{% endcall %}`, where `key` is everything the piece depends on besides
the language of the page, or None for a piece that is somebody's own. A form in it gets the token of whoever asks, and
ids that are new each time.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import generate_csrf

from stream.web.keeping import may_have_cuts, may_hold_ids
from stream.web.spliced import CUT, HOLE, new_id
from stream.web.tokens import tokens

MOST_BYTES = 1_500_000
BESIDE = 1_000  # bytes of a piece's key and what that holds; many pieces are smaller
TOKEN = "\ufdd0token\ufdd1"  # noncharacters: no text of ours or of anybody's holds them
Key = tuple[Hashable, ...]
T = TypeVar("T")


class Same(Generic[T]):
    """Part of a key: the very same object, however large, and not one that is merely equal."""

    __slots__ = ("object",)

    def __init__(self, what: T) -> None:
        self.object = what

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.object is other.object

    def __hash__(self) -> int:
        return id(self.object)


class KeptFragments:
    """Rendered pieces, the ones asked for last; threads may share it. In memory, text with a single Korean letter in it
    takes two bytes for each letter: here it is UTF-8.
    """

    def __init__(self) -> None:
        self._pieces: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def forget(self) -> None:
        """Keep nothing of what was kept."""
        with self._lock:
            self._pieces.clear()
            self._bytes = 0

    def pieces(self, keys: Iterable[Key | None]) -> list[str | None]:
        """The pieces that are known for these keys."""
        found: list[str | None] = []
        with self._lock:
            for key in keys:
                piece = None if key is None else self._pieces.get(key)
                if piece is not None:
                    self._pieces.move_to_end(key)  # type: ignore[arg-type]
                found.append(None if piece is None else piece.decode())
        return found

    def piece(self, key: Key, render: Callable[[], str]) -> str:
        """The piece for this key, rendered if it is not known."""
        with self._lock:
            if (found := self._pieces.get(key)) is not None:
                self._pieces.move_to_end(key)
        if found is not None:
            return found.decode()
        made = str(render())
        kept = made.encode()
        with self._lock:
            self._forget(self._pieces.pop(key, None))
            self._pieces[key] = kept
            self._bytes += BESIDE + len(kept)
            while self._bytes > MOST_BYTES:
                self._forget(self._pieces.popitem(last=False)[1])
        return made

    def _forget(self, piece: bytes | None) -> None:
        self._bytes -= 0 if piece is None else BESIDE + len(piece)


def init_app(app: Flask) -> None:
    """Give templates `kept`, and a `csrf_token` that kept pieces can hold the place of."""
    app.extensions["stream.fragments"] = KeptFragments()
    app.jinja_env.globals.update(kept=kept, csrf_token=csrf_token)  # macros know only what is global
    app.context_processor(lambda: {"csrf_token": csrf_token})


def kept(name: str, key: Key | None, caller: Callable[[], str], *, packed_once: bool = False) -> str:
    """What `caller` renders, from what is kept where it may be. Jinja writes what a call block gives as it is.

    A piece may have pieces in it: when it is made anew, they need not be. One that is most of a page is packed once for
    all members who get it.
    """
    return for_page(kept_piece(name, key, caller), packed_once=packed_once and key is not None)


def kept_piece(name: str, key: Key | None, caller: Callable[[], str]) -> str:
    """The same, as it is kept."""
    fragments: KeptFragments = current_app.extensions["stream.fragments"]
    return _made(fragments, None if key is None else (name, *_page(), *key), caller)


def for_page(piece: str, *, packed_once: bool = False) -> str:
    """A piece as it goes into this page."""
    if is_keeping():  # it is part of a piece that is being made; that one's reader fills it
        return piece
    if packed_once and TOKEN not in piece and HOLE not in piece and may_have_cuts():
        return f"{CUT}{piece}{CUT}"
    return filled(piece)


def kept_pieces(keyed: Sequence[tuple[Any, Key]], caller: Callable[[Any], str]) -> list[str]:
    """What `caller` renders of each thing, as it goes into an answer. Each key begins with the name of its piece."""
    page = _page()
    return [filled(piece) for piece in _pieces([(thing, (key[0], *page, *key[1:])) for thing, key in keyed], caller)]


def _pieces(keyed: Sequence[tuple[Any, Key | None]], caller: Callable[[Any], str]) -> list[str]:
    """The pieces, not filled. All are looked for at once; only what is not known needs to be rendered."""
    fragments: KeptFragments = current_app.extensions["stream.fragments"]
    known = fragments.pieces([key for _, key in keyed])
    return [
        piece if piece is not None else _made(fragments, key, partial(caller, thing))
        for piece, (thing, key) in zip(known, keyed, strict=True)
    ]


def _page() -> Key:
    """What all pieces of a page depend on: its language, and the path that the site has."""
    return g.get("language"), request.script_root


def _made(fragments: KeptFragments, key: Key | None, caller: Callable[[], str]) -> str:
    return rendered(caller) if key is None else fragments.piece(key, lambda: rendered(caller))


def is_keeping() -> bool:
    """Whether a piece is being made for many; then each one's reader fills it."""
    return bool(g.get("is_keeping"))


def filled(piece: str) -> str:
    """With the token of whoever asks, and new ids."""
    if TOKEN in piece:
        piece = piece.replace(TOKEN, _token())
    if HOLE in piece and not may_hold_ids():
        first, *others = piece.split(HOLE)
        piece = "".join([first, *(part for other in others for part in (new_id().decode(), other))])
    return piece


def csrf_token() -> str:
    """The token of this session, or what holds its place."""
    return TOKEN if is_keeping() else _token()


def _token() -> str:
    """A token that the session has, and else a new one."""
    token: str | None = g.get("csrf_token")
    if token is None:
        known = session.get("csrf_token")
        token = g.csrf_token = str(generate_csrf()) if known is None else tokens().signed(known)
    return token


def rendered(caller: Callable[[], str]) -> str:
    """What `caller` renders for many."""
    was_keeping = g.get("is_keeping", False)
    g.is_keeping = True
    try:
        made = str(caller())
    finally:
        g.is_keeping = was_keeping
    if (own := g.get("csrf_token")) and own in made:
        raise RuntimeError("a piece that others get holds the token of whoever asked first")
    return made
