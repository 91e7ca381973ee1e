"""An address as a QR code: as shapes for a page, or as blocks for a terminal."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

QUIET = 4  # modules of white around it, as ISO/IEC 18004 asks


@dataclass(frozen=True, slots=True)
class QrCode:
    """`path` draws the dark squares in a box of `size` by `size`."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code as one SVG path; each run of dark squares in a row is one rectangle."""
    rows = [bytes(row) for row in _made(text).matrix]
    runs = [run for y, row in enumerate(rows) for run in _runs(row, y)]
    return QrCode(len(rows) + 2 * QUIET, "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for x, y, n in runs))


def _runs(row: bytes, y: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if found and found[-1][0] + found[-1][2] == x:
            found[-1] = (found[-1][0], y, found[-1][2] + 1)
        else:
            found.append((x, y, 1))
    return found


def in_terminal(text: str) -> str:
    """The code for a terminal."""
    out = io.StringIO()
    _made(text).terminal(out, compact=True)
    return out.getvalue()


def _made(text: str) -> "QRCode":
    import segno  # not above: half a megabyte, for who pairs a device or invites

    return segno.make(text, error="m", micro=False)
