"""The picture that a shared page shows: its title on paper, drawn. A program of its own (`stream.pictures.apart`):
takes the four texts of a card as JSON, gives a PNG. Knows Pillow and nothing of the site.
"""

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

from PIL import Image, ImageDraw, ImageFont

SIZE = WIDTH, HEIGHT = 1200, 630  # pixels; what Open Graph readers cut least from
FONT = Path(__file__).parent / "fonts" / "Pretendard-SemiBold.woff2"

PAPER, INK, SOFT, STREAM, WASH = "#fbfaf7", "#1c1b18", "#57544c", "#0f6e78", "#e3f1f1"
MARGIN, TITLE_TOP = 84, 212
TITLE_SIZES = (76, 66, 56)  # the largest with which the title needs at most three lines
LONGEST = 160  # signs of one text; more than three lines hold
WAVE = ((0, 0), (4, -4), (6, 4), (10, 0))  # one bow of the site's mark, a Bézier curve
DETAIL = 3  # the mark is drawn so many times larger, then scaled: smooth edges

Font = ImageFont.FreeTypeFont


def drawn(site: str, title: str, above: str, foot: str) -> bytes:
    """A card as a PNG of 1200 × 630."""
    site, title, above, foot = map(_drawable, (site, title, above, foot))
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, HEIGHT - 18, WIDTH, HEIGHT), fill=STREAM)
    picture.paste(_mark(), (MARGIN, 70))
    draw.text((MARGIN + 104, 112), _fitted(site, _font(38), 900), font=_font(38), fill=INK, anchor="lm")
    draw.text((MARGIN, TITLE_TOP), _fitted(above, _font(32)), font=_font(32), fill=STREAM, anchor="ls")
    _draw_title(draw, title)
    draw.text((MARGIN, HEIGHT - 72), _fitted(foot, _font(32)), font=_font(32), fill=SOFT, anchor="ls")
    return _png(picture)


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """Lines no wider than `width` pixels: broken at spaces, as Korean is too, and inside a word only if it must be."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, font, width)
    return [line for line in lines if line]


def _pieces(word: str, font: Font, width: int) -> Iterator[str]:
    while font.getlength(word) > width:
        end = next(end for end in range(len(word), 0, -1) if end == 1 or font.getlength(word[:end]) <= width)
        yield word[:end]
        word = word[end:]
    yield word


def _drawable(text: str) -> str:
    """On one line, syllables composed, without characters that have no shape."""
    return "".join(char for char in normalize("NFC", " ".join(text.split())) if char.isprintable())[:LONGEST]


def _fitted(text: str, font: Font, width: int = WIDTH - 2 * MARGIN) -> str:
    """One line, with … where it is too long."""
    if font.getlength(text) <= width:
        return text
    return next(cut for end in range(len(text), -1, -1) if font.getlength(cut := text[:end].rstrip() + "…") <= width)


def _draw_title(draw: ImageDraw.ImageDraw, title: str) -> None:
    size, lines = _title_lines(title)
    draw.multiline_text((MARGIN, TITLE_TOP + 36), "\n".join(lines), font=_font(size), fill=INK, spacing=size * 0.28)


def _title_lines(title: str) -> tuple[int, list[str]]:
    for size in TITLE_SIZES:
        lines = wrapped(title, _font(size), WIDTH - 2 * MARGIN)
        if len(lines) <= 3:
            return size, lines
    return size, [*lines[:2], _fitted(" ".join(lines[2:]), _font(size))]


def _mark() -> Image.Image:
    """The three waves on their ground, 80 pixels wide."""
    large = Image.new("RGB", (80 * DETAIL, 80 * DETAIL), PAPER)
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((0, 0, 80 * DETAIL - 1, 80 * DETAIL - 1), 18 * DETAIL, fill=WASH)
    for top in (8, 14, 20):
        points = [(x * 2.4 * DETAIL + 11 * DETAIL, y * 2.4 * DETAIL + 6 * DETAIL) for x, y in _wave(top)]
        draw.line(points, fill=STREAM, width=6 * DETAIL, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.circle((x, y), 3 * DETAIL, fill=STREAM)
    return large.resize((80, 80), Image.Resampling.LANCZOS)


def _wave(top: int) -> Iterator[tuple[float, float]]:
    """Two bows from left to right, as in `static/icon.svg`."""
    for start in (2, 12):
        for step in range(25):
            x, y = _on_curve(step / 24)
            yield start + x, top + y


def _on_curve(t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return tuple(sum(w * p[axis] for w, p in zip(weights, WAVE, strict=True)) for axis in (0, 1))  # type: ignore[return-value]


def _font(size: int) -> Font:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


def _png(picture: Image.Image) -> bytes:
    """With a palette: flat colours need no more, and it is a third of the size."""
    packed = BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(drawn(*json.load(sys.stdin.buffer)))
