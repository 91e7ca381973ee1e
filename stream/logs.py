"""How the log is written: one line for each record, with nothing in it that a terminal would obey."""

import logging
import sys
import time
from copy import copy
from types import TracebackType
from typing import TypeAlias

Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)  # as logging gives it


class OneLine(logging.Formatter):
    """Times in UTC. Lines of a traceback are marked, so that no text in an exception passes for a record."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """The record, written anew whatever another handler made of it."""
        mine = copy(record)
        mine.exc_text = None
        return super().format(mine)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The record's own line."""
        return plain(super().formatMessage(record))

    def formatException(self, ei: Raised) -> str:
        """The traceback below it."""
        return "\n".join(f"  | {plain(line)}" for line in super().formatException(ei).splitlines())


def begin() -> None:
    """Write warnings of every part, and what the site has to tell, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler])
    logging.getLogger("stream").setLevel(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait a moment is no news


def plain(text: str) -> str:
    """`text` with signs that are not shown written out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
