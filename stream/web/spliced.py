"""A page packed once and for all, with holes for what is new each time it is sent: an id of the act that a form offers.

gzip (RFC 1952) allows it: what stands between the holes is packed by itself (RFC 1951, ending at a byte), what fills
them is put in unpacked, and the checksum of the whole follows from that of the page with zeros in its holes. A part may
point back to what stands before it, past holes but not into them: fillings have one width, and none is known.
Packing a lesson takes fifty times longer than filling it.
"""

import uuid
import zlib
from itertools import accumulate

HOLE = "\ufdd0id\ufdd1"  # noncharacters: no text of ours or of anybody's holds them
HOLE_BYTES = HOLE.encode()
WIDTH = 36  # bytes of an id

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
STORED = b"\x00" + WIDTH.to_bytes(2, "little") + (WIDTH ^ 0xFFFF).to_bytes(2, "little")
END = b"\x01\x00\x00\xff\xff"  # a last block, empty
ZEROS = bytes(WIDTH)
CRC_OF_ZEROS = zlib.crc32(ZEROS)
POLYNOMIAL = 0xEDB88320  # of CRC-32, the lowest power in the highest bit
ONE = 0x80000000
WINDOW = 32_768  # bytes that gzip looks back
QUALITY = 5  # a lesson with fifty comments in 1 ms


def new_id() -> bytes:
    """What fills a hole."""
    return str(uuid.uuid4()).encode()


def filled(plain: bytes) -> bytes:
    """The page with an id in each hole."""
    first, *others = plain.split(HOLE_BYTES)
    return b"".join([first, *(part for other in others for part in (new_id(), other))])


class Spliced:
    """A packed page. Threads may share it."""

    __slots__ = ("_crc", "_parts", "_shifts", "_size")

    def __init__(self, plain: bytes) -> None:
        parts = plain.split(HOLE_BYTES)
        whole = ZEROS.join(parts)
        self._parts = _all_packed(parts)
        self._size = len(whole) & 0xFFFFFFFF
        self._crc = zlib.crc32(whole)
        behind = list(accumulate((len(part) + WIDTH for part in reversed(parts[1:-1])), initial=len(parts[-1])))
        self._shifts = [_power(length) for length in reversed(behind)] if len(parts) > 1 else []

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def packed(self) -> bytes:
        """The page as gzip, with new ids."""
        crc, pieces = self._crc, [HEAD, self._parts[0]]
        for part, shift in zip(self._parts[1:], self._shifts, strict=True):
            filling = new_id()
            crc ^= _product(zlib.crc32(filling) ^ CRC_OF_ZEROS, shift)
            pieces += (STORED, filling, part)
        return b"".join((*pieces, END, crc.to_bytes(4, "little"), self._size.to_bytes(4, "little")))

    def with_holes(self) -> bytes:
        """The page as it was given."""
        marked = HOLE_BYTES.ljust(WIDTH)
        return zlib.decompress((STORED + marked).join(self._parts) + END, wbits=-15).replace(marked, HOLE_BYTES)

    def plain(self) -> bytes:
        """The page as it is, with new ids."""
        return zlib.decompress(self.packed(), wbits=31)


def _all_packed(parts: list[bytes]) -> list[bytes]:
    """Each by itself, with what stands before it in mind: in its holes a byte that is nowhere else, so that nothing is
    found there. (UTF-8 has no 255.)
    """
    text = b"".join(parts)
    nowhere = next((byte for byte in range(255, -1, -1) if byte not in text), None)
    if nowhere is None:
        return [_packed(part, b"") for part in parts]
    whole = (bytes([nowhere]) * WIDTH).join(parts)
    begins = accumulate((len(part) + WIDTH for part in parts[:-1]), initial=0)
    return [_packed(part, whole[max(0, begin - WINDOW) : begin]) for part, begin in zip(parts, begins, strict=True)]


def _packed(part: bytes, before: bytes) -> bytes:
    packer = zlib.compressobj(QUALITY, wbits=-15, zdict=before)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


def _power(length: int) -> int:
    """What so many bytes behind a piece do to its share of the checksum, as a polynomial to multiply by."""
    return zlib.crc32(bytes(length), ONE ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _product(a: int, b: int) -> int:
    """Of two polynomials over GF(2), modulo that of CRC-32 (as zlib's crc32_combine has it)."""
    found = 0
    while a:
        if a & ONE:
            found ^= b
        a = (a << 1) & 0xFFFFFFFF
        b = (b >> 1) ^ (POLYNOMIAL if b & 1 else 0)
    return found
