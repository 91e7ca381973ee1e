"""What views say about keeping their answers, and what is taken of an answer that may be kept."""

from datetime import UTC, datetime

from flask import Response, has_request_context, request, session

from stream import clock
from stream.catalogue.model import Catalogue
from stream.web.compression import KEPT
from stream.web.kept_answers import Still, Truth
from stream.web.spliced import CUT_BYTES, HOLE_BYTES, filled

ASKED = "stream.keep"
LAST = datetime.max.replace(tzinfo=UTC)


class Asked:
    """On its way through Flask: whether the answer may be kept, and what it is made of."""

    def __init__(self, own: int | None) -> None:
        self.own = own
        self.still: Still | None = None
        self.value: object = None
        self.until = LAST

    def truth(self, catalogue: Catalogue) -> Truth:
        """What the answer was made of; only where it may be kept."""
        assert self.still is not None
        at = clock.now()  # a clock that jumps back may stand before what the page shows
        until = min(self.until, catalogue.next_change(at) or LAST)
        return Truth(catalogue, self.still, self.value, self.own, at, until)


def keep(still: Still, *, for_members: bool = False) -> None:
    """Let the answer to this request be kept while `still()` gives an equal value; a member's own only where the view
    says so. Call it before reading what the answer shows.
    """
    asked: Asked | None = request.environ.get(ASKED)
    if asked is not None and (asked.own is None or for_members):
        asked.still, asked.value = still, still()


def keep_until(at: datetime) -> None:
    """From then on the answer to this request is another one by itself."""
    asked: Asked | None = request.environ.get(ASKED)
    if asked is not None:
        asked.until = min(asked.until, at)


def may_hold_ids() -> bool:
    """Whether ids in this answer may be holes: it passes `note`, which fills them."""
    return has_request_context() and ASKED in request.environ


def may_have_cuts() -> bool:
    """Whether this answer may say what it has in common with those of others: a member's own, which `note` passes."""
    asked: Asked | None = request.environ.get(ASKED) if has_request_context() else None
    return asked is not None and asked.own is not None


def note(response: Response) -> None:
    """Take the answer as it is before compression, if it may be kept and no other could get it; else fill its holes."""
    asked: Asked | None = request.environ.get(ASKED)
    if asked is None or response.direct_passthrough or response.is_streamed:
        return
    if asked.still is not None and response.status_code == 200 and _is_for(response, asked):
        tag, _ = response.get_etag()
        request.environ[KEPT] = (response.get_data(), list(response.headers), tag or "")
        return  # its holes are filled each time it is sent
    if response.mimetype == "text/html" and (
        (plain := response.get_data()).find(HOLE_BYTES) >= 0 or CUT_BYTES in plain
    ):
        response.set_data(filled(plain))


def _is_for(response: Response, asked: Asked) -> bool:
    """Whether it is everybody's where a visitor asked, and changes no cookie where a member did."""
    if asked.own is None:
        return bool(response.cache_control.public) or request.method == "POST"
    return response.mimetype == "text/html" and not session.modified
