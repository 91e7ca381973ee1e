"""An uploaded picture made anew. A program of its own (`stream.pictures.apart`): takes the file's bytes, gives a line
of JSON and behind it the bytes of the new one. Knows Pillow and nothing of the site.
"""

import json
import sys
from io import BytesIO
from struct import error as StructError
from typing import Any
from zlib import error as ZlibError

from PIL import Image, ImageCms, ImageOps

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


class Unusable(Exception):
    """Why a file is not taken, as a code."""


def remade(content: bytes) -> tuple[str, int, int, bytes]:
    """Ending, width, height and bytes of the picture without anything that cannot be seen. Raises Unusable."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            return _remade(image)
    except _BOMB as bomb:
        raise Unusable("too-many-pixels") from bomb
    except _BROKEN as broken:
        raise Unusable("no-picture") from broken


def _remade(image: Image.Image) -> tuple[str, int, int, bytes]:
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
    return suffix, fresh.width, fresh.height, packed.getvalue()


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


def main() -> None:
    """Standard input to standard output."""
    told: dict[str, Any]
    try:
        suffix, width, height, content = remade(sys.stdin.buffer.read())
        told = {"suffix": suffix, "width": width, "height": height}
    except Unusable as unusable:
        told, content = {"unusable": str(unusable)}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
