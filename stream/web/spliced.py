"""A page packed once and for all, with holes for what is new each time it is sent: an id of the act that a form offers.

gzip (RFC 1952) allows it: what stands between the holes is packed by itself (RFC 1951, ending at a byte), what fills
them is put in unpacked, and the checksum of the whole follows from that of the page with zeros in its holes. A part may
point back to what stands before it, past holes but not into them: fillings have one width, and none is known.
Packing a lesson takes fifty times longer than filling it. What many pages have alike stands between two cuts: it is
packed by itself, once for all of them, and kept as long as one of them is.
"""

import uuid
import zlib
from hashlib import blake2b
from itertools import accumulate
from weakref import WeakValueDictionary

HOLE = "\ufdd0id\ufdd1"  # noncharacters: no text of ours or of anybody's holds them
CUT = "\ufdd0cut\ufdd1"
HOLE_BYTES, CUT_BYTES = HOLE.encode(), CUT.encode()
WIDTH = 36  # bytes of an id

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
STORED = b"\x00" + WIDTH.to_bytes(2, "little") + (WIDTH ^ 0xFFFF).to_bytes(2, "little")
END = b"\x01\x00\x00\xff\xff"  # a last block, empty
ZEROS = bytes(WIDTH)
CRC_OF_ZEROS = zlib.crc32(ZEROS)
POLYNOMIAL = 0xEDB88320  # of CRC-32, the lowest power in the highest bit
ONE = 0x80000000
WINDOW = 32_768  # bytes that gzip looks back
LEAST = 1_000  # bytes, for which being packed once for all is worth a beginning of its own
QUALITY = 5  # a lesson with fifty comments in 1 ms
BEST = 9  # for what many get


def new_id() -> bytes:
    """What fills a hole."""
    return str(uuid.uuid4()).encode()


def filled(plain: bytes) -> bytes:
    """The page without cuts, and with an id in each hole."""
    first, *others = plain.replace(CUT_BYTES, b"").split(HOLE_BYTES)
    return b"".join([first, *(part for other in others for part in (new_id(), other))])


class _Alike:
    """What many pages have alike, packed."""

    __slots__ = ("__weakref__", "packed")

    def __init__(self, plain: bytes) -> None:
        self.packed = _Packer(b"", BEST).packed(plain)


_known: WeakValueDictionary[bytes, _Alike] = WeakValueDictionary()
_Part = tuple[bytes | _Alike, ...]  # from one hole to the next


class Spliced:
    """A packed page. Threads may share it."""

    __slots__ = ("_crc", "_parts", "_shifts", "_size", "own")

    own: int  # bytes that it takes besides what another page has, too

    def __init__(self, plain: bytes) -> None:
        cut = [part.split(CUT_BYTES) for part in plain.split(HOLE_BYTES)]
        parts = [b"".join(pieces) for pieces in cut]
        whole = ZEROS.join(parts)
        self._parts, self.own = _all_packed(cut)
        self._size = len(whole) & 0xFFFFFFFF
        self._crc = zlib.crc32(whole)
        behind = list(accumulate((len(part) + WIDTH for part in reversed(parts[1:-1])), initial=len(parts[-1])))
        self._shifts = [_power(length) for length in reversed(behind)] if len(parts) > 1 else []

    def packed(self) -> bytes:
        """The page as gzip, with new ids."""
        crc, pieces = self._crc, [HEAD, _joined(self._parts[0])]
        for part, shift in zip(self._parts[1:], self._shifts, strict=True):
            filling = new_id()
            crc ^= _product(zlib.crc32(filling) ^ CRC_OF_ZEROS, shift)
            pieces += (STORED, filling, _joined(part))
        return b"".join((*pieces, END, crc.to_bytes(4, "little"), self._size.to_bytes(4, "little")))

    def with_holes(self) -> bytes:
        """The page as it was given, but for its cuts."""
        marked = HOLE_BYTES.ljust(WIDTH)
        packed = (STORED + marked).join(map(_joined, self._parts))
        return zlib.decompress(packed + END, wbits=-15).replace(marked, HOLE_BYTES)

    def plain(self) -> bytes:
        """The page as it is, with new ids."""
        return zlib.decompress(self.packed(), wbits=31)


def _joined(part: _Part) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else piece.packed for piece in part)


class _Packer:
    """Packs one piece after the other. Each may point back to what stands before it, and ends at a byte."""

    def __init__(self, before: bytes, quality: int) -> None:
        self._packer = zlib.compressobj(quality, wbits=-15, zdict=before[-WINDOW:])

    def packed(self, plain: bytes) -> bytes:
        """The next piece."""
        return self._packer.compress(plain) + self._packer.flush(zlib.Z_SYNC_FLUSH) if plain else b""

    def past(self, plain: bytes) -> "_Packer":
        """Itself, behind something that stands there next and comes from elsewhere."""
        self.packed(plain)
        return self


def _all_packed(cut: list[list[bytes]]) -> tuple[list[_Part], int]:
    """Each piece, and the bytes that are new. In the holes of what a piece may point back to is a byte that is nowhere
    else, so that nothing is found there. (UTF-8 has no 255.) What is between two cuts stands for itself.
    """
    text = b"".join(piece for part in cut for piece in part)
    nowhere = next((byte for byte in range(255, -1, -1) if byte not in text), None)
    hole = b"" if nowhere is None else bytes([nowhere]) * WIDTH
    before, new = b"", 0
    packer: _Packer | None = None  # making one takes as long as packing some thousand bytes
    packed: list[_Part] = []
    for part in cut:
        pieces: list[bytes | _Alike] = []
        for number, plain in enumerate(part):
            if number % 2 and len(plain) >= LEAST:
                alike, is_new = _alike(plain)
                pieces.append(alike)
                new += len(alike.packed) if is_new else 0
                packer = None
            else:
                packer = packer or _Packer(before, QUALITY)
                pieces.append(piece := packer.packed(plain))
                new += len(piece)
            before = (before + plain)[-WINDOW:] if hole else b""
        packed.append(tuple(pieces))
        before += hole
        packer = packer.past(hole) if packer and hole else None
    return packed, new


def _alike(plain: bytes) -> tuple[_Alike, bool]:
    """What these bytes are packed, and whether no page had them before."""
    key = blake2b(plain, digest_size=16).digest()
    if (known := _known.get(key)) is not None:
        return known, False
    new = _known[key] = _Alike(plain)
    return new, True


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
