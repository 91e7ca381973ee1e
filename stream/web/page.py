"""What every page needs to know: site, languages, theme. Given to templates so that no view repeats it."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from zlib import crc32

from babel.dates import get_date_format, get_datetime_format, get_time_format
from babel.numbers import format_decimal
from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_datetime, get_locale, get_timezone
from markupsafe import Markup

from stream.settings import Settings
from stream.web import assets, language
from stream.web.content import catalogue
from stream.web.keeping import may_hold_ids
from stream.web.mount import moved
from stream.web.spliced import HOLE

THEMES = ("light", "dark")
THEME_COLOR = {"light": "#fbfaf7", "dark": "#101314"}  # the paper of tokens.css, for what stands around the page


def site_settings() -> Settings:
    """The settings of this site."""
    found: Settings = current_app.config["STREAM"]
    return found


def init_app(app: Flask) -> None:
    """Give templates the site, the page's other languages, the theme, and numbers and dates by locale."""
    app.context_processor(_site)
    app.jinja_env.filters.update(number=number, day=format_date, moment=moment, signed=signed, instant=instant)
    app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
    app.jinja_env.filters["lesson_html"] = lesson_html
    app.jinja_env.globals.update(public=public, new_event_id=new_event_id, tag_label=tag_label, hue=hue)


def tag_label(key: str) -> str:
    """What readers see of a tag or level."""
    labels = catalogue().site.tags.get(key)
    return named(labels) if labels else key


def hue(seed: str) -> int:
    """One of twelve colours for somebody, always the same."""
    return crc32(seed.encode()) % 12


def lesson_html(html: str) -> Markup:
    """HTML that the sanitiser has passed. Only this and `rendered_html` let text through unescaped."""
    return Markup(moved(html, request.script_root))


def rendered_html(html: str) -> Markup:
    """HTML that a template has made, which escapes what it prints."""
    return Markup(html)


def new_event_id() -> str:
    """An id for an act that a form offers: sending the form twice is recognised by it. In what may be kept, the hole
    that it is put into each time.
    """
    return HOLE if g.get("is_keeping") or may_hold_ids() else str(uuid.uuid4())


def instant(at: datetime) -> str:
    """An instant for the `datetime` attribute: to the second."""
    return at.isoformat(timespec="seconds")


def moment(at: datetime, style: Literal["short", "medium", "long"] = "medium") -> str:
    """An instant with its time of day. CLDR's short day periods are English letters in Korean ("PM 2:05"); the wide
    ones (`aaaa`) are words: 오후.
    """
    return moments(style)(at)


def moments(style: Literal["short", "medium", "long"] = "medium") -> Callable[[datetime], str]:
    """`moment` for many instants of one page."""
    locale, zone = str(get_locale()), str(get_timezone())
    return lambda at: _moment(at, style, locale, zone)


@lru_cache(maxsize=512)
def _moment(at: datetime, style: Literal["short", "medium", "long"], locale: str, _zone: str) -> str:
    return str(format_datetime(at, _pattern(style, locale)))


@lru_cache(maxsize=64)
def _pattern(style: Literal["short", "medium", "long"], locale: str) -> str:
    day, time = get_date_format(style, locale).pattern, get_time_format(style, locale).pattern
    pattern = str(get_datetime_format(style, locale=locale)).replace("{1}", day).replace("{0}", time)
    return re.sub(r"(?<![a-z])a(?![a-z])", "aaaa", pattern)


def number(value: int | float | Decimal) -> str:
    """A number as the reader's language writes it."""
    return _number(value, g.get("language") or language.default())


@lru_cache(maxsize=2048)
def _number(value: int | float | Decimal, key: str) -> str:
    return format_decimal(value, locale=language.locale_of(key))


def signed(value: int) -> str:
    """A gain or loss with its sign: `+40`, `−40`, `0`."""
    if value == 0:
        return "0"
    return ("+" if value > 0 else "−") + number(abs(value))


def public(address: str) -> str:
    """The absolute address that readers use."""
    return (site_settings().origin or f"{request.scheme}://{request.host}") + address


def here() -> str:
    """The address of this page, as a `next=` for afterwards."""
    return request.script_root + request.full_path.rstrip("?")


def named(texts: Any) -> str:
    """A text that the site has per language (a name, a course title), in the reader's or else in the first it has."""
    found: str = texts.get(g.language) or next(iter(texts.values()), "")
    return found


def _site() -> dict[str, Any]:
    theme = request.cookies.get("theme", "")
    return {
        "site_name": named(catalogue().site.name),
        "named": named,
        "alternates": language.alternates,
        "out_of_band": False,
        "theme": theme if theme in THEMES else "",
        "theme_color": THEME_COLOR,
        "site_version": assets.site_version(),
        "here": here(),
        "root": request.script_root,
        "home_url": url_for("lessons.home"),
    }
