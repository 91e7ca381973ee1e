"""Pictures that authors upload: only what can be seen comes through."""

import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from authors import Author
from flask import Flask
from PIL import Image
from PIL.ExifTags import GPS, Base
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from stream.accounts import admin_acts
from stream.authoring.picture_files import markdown_of
from stream.pictures import apart
from stream.pictures import upload as uploads

ADDRESS = "/en/admin/lessons/dial/en/pictures"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: object) -> bytes:
    """A file with a picture in one colour."""
    packed = BytesIO()
    Image.new("RGB", size, colour).save(packed, kind, **options)
    return packed.getvalue()


def upload(
    author: Author, content: bytes, name: str = "dial.png", alt: str = "A dial", htmx: bool = True
) -> TestResponse:
    """Send the form, as one piece: the test client would put a large one into a file that nobody closes."""
    author.get(ADDRESS)
    form = {"csrf_token": author.token, "alt": alt, "picture": FileStorage(BytesIO(content), name)}
    boundary, body = encode_multipart(MultiDict(form))
    headers = {"HX-Request": "true"} if htmx else {}
    kind = f"multipart/form-data; boundary={boundary}"
    return author.client.post(ADDRESS, data=body, content_type=kind, headers=headers)


def refused(content: bytes) -> str:
    """Why a file is not taken."""
    with pytest.raises(uploads.Unusable) as caught:
        uploads.remade(content)
    return caught.value.code


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_what_a_picture_is_is_read_from_its_bytes(author: Author, lessons: Path, kind: str, suffix: str) -> None:
    answer = upload(author, picture(kind), "a dial.html")
    assert answer.status_code == 200
    assert f"![A dial](images/a-dial.{suffix})" in answer.text
    with Image.open(lessons / "dials" / "images" / f"a-dial.{suffix}") as found:
        assert found.size == (40, 30)
    shown = author.get(f"/media/dials/images/a-dial.{suffix}")
    assert (shown.status_code, shown.mimetype.split("/")[0]) == (200, "image")


def test_the_line_shows_the_picture_in_the_lesson(author: Author, dial: Path) -> None:
    text = author.open()
    upload(author, picture(), alt="A [dial] \\ with\na mark")
    author.open()
    author.save(f"{text}\n![A \\[dial\\] \\\\ with a mark](images/dial.png)\n")
    page = author.get("/en/lessons/dial").text
    assert 'src="/media/dials/images/dial.png"' in page
    assert 'alt="A [dial] \\ with a mark"' in page
    assert markdown_of("images/dial.png", "A [dial] \\ with\na mark") in dial.read_text("utf-8")


def test_without_scripts_a_page_says_the_line(author: Author) -> None:
    answer = upload(author, picture(), htmx=False)
    assert "<html" in answer.text
    assert "![A dial](images/dial.png)" in answer.text


def test_no_picture_replaces_another(author: Author, lessons: Path) -> None:
    upload(author, picture(colour="teal"))
    assert "images/dial-2.png" in upload(author, picture(colour="red")).text
    with Image.open(lessons / "dials" / "images" / "dial.png") as first:
        assert first.getpixel((0, 0)) == (0, 128, 128)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("가이던스 다이얼.png", "images/dial.png"),
        ("가이던스 dial 2.PNG", "images/dial-2.png"),
        ("../../site.toml", "images/site.png"),
        ("Café Señor.jpeg", "images/cafe-senor.png"),
        (".png", "images/png.png"),
        ("x" * 300 + ".png", f"images/{'x' * 60}.png"),
    ],
)
def test_names_become_safe_ones(author: Author, name: str, path: str) -> None:
    assert f"({path})" in upload(author, picture(), name).text


def test_an_upload_is_recorded(app: Flask, author: Author) -> None:
    upload(author, picture())
    with app.app_context():
        line = admin_acts.latest(1)[0]
    assert (line.actor, line.act, line.subject) == ("areum", "picture.add", "picture:dials/images/dial.png")


def test_where_a_photograph_was_taken_is_left_out_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "Secret Camera"
    exif.get_ifd(Base.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    photograph = picture("JPEG", (400, 300), exif=exif, comment=b"secret words")
    assert b"Secret Camera" in photograph
    found = uploads.remade(photograph)
    with Image.open(BytesIO(found.content)) as image:
        assert image.size == (300, 400)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert b"secret" not in found.content.lower()


def test_a_wide_picture_is_made_narrower() -> None:
    found = uploads.remade(picture("JPEG", (5000, 2500)))
    assert (found.width, found.height) == (2000, 1000)


def test_what_is_transparent_stays_so() -> None:
    packed = BytesIO()
    Image.new("RGBA", (9, 9), (255, 0, 0, 100)).save(packed, "PNG")
    with Image.open(BytesIO(uploads.remade(packed.getvalue()).content)) as image:
        assert image.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 100)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_other_ways_of_colour_are_understood(mode: str) -> None:
    packed = BytesIO()
    Image.new(mode, (9, 9)).save(packed, "JPEG" if mode == "CMYK" else "PNG")
    assert uploads.remade(packed.getvalue()).width == 9


def test_a_script_behind_a_picture_is_left_out() -> None:
    polyglot = picture("GIF").replace(b"\x3b", b"") + b"<script>alert(1)</script>" + b"\x3b"
    for content in (polyglot, picture() + b"<script>alert(1)</script>", picture("JPEG") + b"<?php system(1); ?>"):
        made = uploads.remade(content).content
        assert b"script" not in made
        assert b"php" not in made


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(7000, 7000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_bomb_is_recognised_before_it_goes_off(size: tuple[int, int]) -> None:
    assert refused(bomb(*size)) == "too-many-pixels"


def test_text_in_a_picture_that_unpacks_to_very_much_is_no_way_in() -> None:
    head = picture()[:33]
    text = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(80_000_000)))
    assert refused(head + text + picture()[33:]) == "no-picture"


def test_what_moves_is_refused() -> None:
    packed = BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(packed, "GIF", save_all=True, append_images=frames[1:])
    assert refused(packed.getvalue()) == "animated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<SVG/>", "svg"),
        (b"%PDF-1.7", "no-picture"),
        (b"\x89PNG\r\n\x1a\n", "no-picture"),
        (picture()[:60], "no-picture"),
        (os.urandom(1000), "no-picture"),
        (picture("TIFF"), "no-picture"),
        (picture("BMP"), "no-picture"),
        (bytes(uploads.MOST_BYTES + 1), "too-large"),
    ],
)
def test_what_is_no_such_picture_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_refusal_is_told_in_words_and_leaves_nothing(author: Author, lessons: Path) -> None:
    answer = upload(author, b"<svg/>", "x.png")
    assert answer.status_code == 422
    assert "SVG drawings can hold scripts" in answer.text
    assert 'value="A dial"' in answer.text
    assert upload(author, picture(), alt=" ").status_code == 422
    assert not list((lessons / "dials").glob("images/*"))


def test_a_file_beyond_all_bounds_is_refused_in_words(author: Author) -> None:
    answer = upload(author, bytes(uploads.MOST_BYTES + 200_000))
    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.text


def test_a_folder_of_pictures_that_leads_elsewhere_is_not_written_to(
    author: Author, lessons: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (lessons / "dials" / "images").symlink_to(tmp_path / "outside")
    assert upload(author, picture()).status_code == 404
    assert list((tmp_path / "outside").iterdir()) == []


def test_without_the_token_nothing_is_taken(author: Author, lessons: Path) -> None:
    author.get(ADDRESS)
    form = {"picture": (BytesIO(picture()), "x.png"), "alt": "x"}
    assert author.client.post(ADDRESS, data=form).status_code == 400
    assert not (lessons / "dials" / "images").exists()


def test_a_file_that_breaks_whoever_opens_it_breaks_nothing_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "remaking.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(apart, "FOLDER", tmp_path)
    assert refused(picture("PNG", (2, 2))) == "no-picture"


def test_whoever_opens_it_knows_no_secret_and_cannot_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAM_SECRET_KEY", "secret")
    (tmp_path / "look.py").write_text(
        "import json, os, sys\njson.dump([dict(os.environ), len(sys.stdin.read())], sys.stdout)"
    )
    (tmp_path / "fill.py").write_text("bytes(3_000_000_000)")
    monkeypatch.setattr(apart, "FOLDER", tmp_path)
    assert "secret" not in apart.apart("look.py", b"x").decode()
    with pytest.raises(apart.Failed, match="MemoryError"):
        apart.apart("fill.py", b"")
