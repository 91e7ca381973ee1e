"""An uploaded picture made anew: only what can be seen comes through, at a size that a page needs.

What a file is, is read from its bytes; its name and what the browser says of it count for nothing.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PureWindowsPath
from struct import error as StructError
from threading import Lock
from typing import Any
from unicodedata import normalize
from zlib import error as ZlibError

from PIL import Image, ImageCms, ImageOps

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
WIDEST = 2_000  # pixels
_SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "png", "MPO": "jpg"}  # MPO: what many phones call JPEG
_WRITTEN: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {"optimize": True}),
    "jpg": ("JPEG", {"quality": 85, "optimize": True, "progressive": True}),
    "webp": ("WEBP", {"quality": 85, "method": 4}),
}
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError, OverflowError, MemoryError,
           StructError, ZlibError, ImageCms.PyCMSError)  # fmt: skip
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_ONE_AT_A_TIME = Lock()  # a picture of forty megapixels takes 160 MB while it is made anew


class Unusable(Exception):
    """Why a file is not taken; `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made anew."""

    content: bytes
    suffix: str
    width: int
    height: int


def remade(content: bytes) -> Picture:
    """The picture without anything that cannot be seen. Raises Unusable."""
    if not content:
        raise Unusable("empty")
    if len(content) > MOST_BYTES:
        raise Unusable("too-large")
    if b"<svg" in content[:4096].lower():
        raise Unusable("svg")
    try:
        with _ONE_AT_A_TIME, Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            return _remade(image)
    except _BOMB as bomb:
        raise Unusable("too-many-pixels") from bomb
    except _BROKEN as broken:
        raise Unusable("no-picture") from broken


def slug_of(name: str) -> str:
    """A file name without its ending, as a slug; empty where nothing is left, as of a name in Hangul."""
    stem = PureWindowsPath(name.rpartition("/")[2]).stem
    plain = normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:60].strip("-")


def markdown_of(path: str, alt: str) -> str:
    """The line that shows a picture in a lesson."""
    words = re.sub(r"([\\\[\]])", r"\\\1", " ".join(alt.split()))
    return f"![{words}]({path})"


def _remade(image: Image.Image) -> Picture:
    if image.width * image.height > MOST_PIXELS:
        raise Unusable("too-many-pixels")
    suffix = _SUFFIX[str(image.format)]
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Unusable("animated")
    image.draft("RGB", (WIDEST, WIDEST))  # large JPEGs are read at a fraction of their size
    seen = _narrowed(_in_plain_colours(ImageOps.exif_transpose(image)))
    fresh = Image.new(seen.mode, seen.size)  # carries over pixels and nothing else
    fresh.paste(seen)
    kind, options = _WRITTEN[suffix]
    packed = BytesIO()
    fresh.save(packed, kind, **options)
    return Picture(packed.getvalue(), suffix, fresh.width, fresh.height)


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """In sRGB, which every screen takes a picture without a profile for."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode == "RGB":
        converted = ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
        image = converted or image
    return image.convert(mode)


def _narrowed(image: Image.Image) -> Image.Image:
    if image.width <= WIDEST:
        return image
    return image.resize((WIDEST, max(1, round(image.height * WIDEST / image.width))), Image.Resampling.LANCZOS)
