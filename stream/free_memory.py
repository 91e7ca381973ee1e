"""Memory that is free goes back to the system: glibc by itself gives back only what lies at the end of its heap."""

import ctypes
from collections.abc import Callable

try:
    _trim: Callable[[int], int] | None = ctypes.CDLL(None).malloc_trim
except (AttributeError, OSError):  # another C library
    _trim = None


def give_back() -> None:
    """Give free pages in the middle of the heap back, too. Takes less than a millisecond; see malloc_trim(3)."""
    if _trim is not None:
        _trim(0)
