"""The outline of a course: its lessons with the learner's state in each, beside every one of them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from flask import Flask, current_app, g, request
from markupsafe import Markup, escape

from stream.catalogue.model import Lesson
from stream.progress.queries import Outline
from stream.web.addresses import built
from stream.web.kept_fragments import Same
from stream.web.page import named
from stream.web.specialised import Kinds, places

KINDS = "stream.outline_kinds"
MOST = 256  # lessons of which is remembered what their outline says, some 600 bytes each


class Printed(NamedTuple):
    """All that `_outline.html` prints, as HTML."""

    key: str
    address: str
    title: str
    done: str
    total: str
    items: str


class ItemLook(NamedTuple):
    """All that `_outline_item.html` decides by."""

    state: str
    is_here: bool
    is_foreign: bool  # not in the page's language
    is_renamed: bool  # its id is not in its address


class PrintedItem(NamedTuple):
    """All that it prints, as HTML."""

    id: str
    address: str
    title: str
    language: str


PLACES = Printed(*places(len(Printed._fields)))
ITEM_PLACES = PrintedItem(*places(len(PrintedItem._fields)))


def init_app(app: Flask) -> None:
    """Give templates `outline_html`."""
    app.extensions[KINDS] = (
        Kinds("progress/_outline.html", outline=PLACES),
        Kinds("progress/_outline_item.html", item=ITEM_PLACES),
    )
    app.jinja_env.globals["outline_html"] = outline_html


def outline_html(outline: Outline, out_of_band: bool = False) -> Markup:
    """The outline; `out_of_band` where an answer brings it along, to take the place of what the page has."""
    whole, each = current_app.extensions[KINDS]
    course, items = outline.course, each.html(_items(outline))
    address, title = built("lessons.course", key=course.key), named(course.title)
    counts = str(outline.done), str(outline.total)
    html: Markup = whole.html(
        [(out_of_band, Printed(escape(course.key), escape(address), escape(title), *counts, items))]
    )
    return html


def _items(outline: Outline) -> Iterator[tuple[ItemLook, PrintedItem]]:
    language, root = g.language, request.script_root
    for item in outline.items:
        is_foreign, is_renamed, printed = _printed(Same(item.lesson), language, root)
        yield ItemLook(item.state, item.is_here, is_foreign, is_renamed), printed


@lru_cache(maxsize=MOST)
def _printed(same: Same[Lesson], language: str, _root: str) -> tuple[bool, bool, PrintedItem]:
    """What of a lesson every learner's outline says alike."""
    lesson, text = same.object, same.object.translation(language)
    address = built("lessons.show", slug=lesson.slug)
    printed = PrintedItem(escape(lesson.id), escape(address), escape(text.title), escape(text.language))
    return text.language != language, lesson.id != lesson.slug, printed
