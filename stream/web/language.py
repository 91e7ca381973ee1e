"""The reader's language: it stands in the address. Also the message catalogues, compiled at the start."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_babel import Babel, get_locale, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from stream.web.addresses import built
from stream.web.content import catalogue
from stream.web.locales import let_go

COOKIE = "language"
SOURCE = Path(__file__).parent.parent / "translations"
ENDONYMS = {"en": "English", "ko": "한국어"}


def init_app(app: Flask, preferred: Callable[[], str | None], zone: Callable[[], str]) -> None:
    """Put the language into every address of a feature. `preferred` is the member's own; `zone` the time zone."""
    compiled = compile_messages(Path(app.config["STREAM"].instance) / "translations")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(compiled)
    for key in ENDONYMS:
        let_go(key)
    Babel(app, locale_selector=lambda: locale_of(g.get("language") or default()), timezone_selector=zone)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.add_url_rule("/", "root", lambda: _to_home(preferred()))
    _translate_templates(app)
    app.jinja_env.globals.update(foreign=foreign, endonym=lambda key: ENDONYMS.get(key, key), locale=get_locale)


def _translate_templates(app: Flask) -> None:
    """Flask-Babel looks the language's catalogue up anew for each of a page's hundred texts. Here it is at hand, and so
    are the texts into which nothing is filled in, as Jinja makes them.
    """
    catalogues: dict[str, Any] = {}
    ready: dict[tuple[str, str], str] = {}

    def texts() -> Any:
        key = g.get("language") or default()
        found = catalogues.get(key)
        if found is None:
            found = catalogues[key] = get_translations()
        return found

    @pass_context
    def text_of(context: Context, text: str, **given: Any) -> str:
        if given or not context.eval_ctx.autoescape:
            return str_of(context, text, **given)
        key = g.get("language") or default(), text
        found = ready.get(key)
        if found is None:
            found = ready[key] = str_of(context, text)
        return found

    environment: Any = app.jinja_env
    environment.install_gettext_callables(
        gettext=lambda text: texts().ugettext(text),
        ngettext=lambda one, more, number: texts().ungettext(one, more, number),
        newstyle=True,
    )
    str_of: Callable[..., str] = environment.globals["gettext"]
    environment.globals["_"] = text_of


def default() -> str:
    """The site's first language."""
    return catalogue().site.languages[0]


def locale_of(language: str) -> str:
    """A language as Babel calls it: BCP 47 has a hyphen where locales have a low line."""
    return language.replace("-", "_")


def alternates() -> dict[str, str]:
    """This page in each language of the site."""
    if request.endpoint is None or "language" not in g:
        return {key: built("lessons.home", language=key) for key in catalogue().site.languages}
    values, query = request.view_args or {}, urlencode(list(request.args.items(multi=True)))
    ending = f"?{query}" if query else ""  # never as keywords of url_for, some of which are orders: _scheme, endpoint
    found = {key: built(request.endpoint, **{**values, "language": key}) for key in catalogue().site.languages}
    return {key: address + ending for key, address in found.items()}


def foreign(text: str, language: str) -> Markup:
    """`text`, marked with its language where that is not the page's."""
    if language == g.language:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(language, text)


def compile_messages(target: Path) -> Path:
    """Compile the catalogues of `stream/translations` below `target` where they are not up to date; return `target`."""
    for source in sorted(SOURCE.glob("*/LC_MESSAGES/messages.po")):
        content = source.read_bytes()
        folder = target / source.parent.relative_to(SOURCE)
        stamp = folder / "messages.sha256"
        digest = hashlib.sha256(content).hexdigest()
        if not stamp.is_file() or stamp.read_text(encoding="ascii") != digest:
            folder.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as text, (folder / "messages.mo").open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
            stamp.write_text(digest, encoding="ascii")
    return target


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Move the language from the address into `g`; one that the site does not have is 404."""
    if values is None or "language" not in values:
        return
    language = values.pop("language")
    if language not in catalogue().site.languages:
        abort(404)
    g.language = language


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    """Links stay in the page's language unless they name another."""
    from_address = g.get("language") or default()
    if "language" not in values and _has_language(endpoint):
        values["language"] = from_address


def _has_language(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "language")


def _to_home(preferred: str | None) -> Response:
    """`/` leads to the home page in the member's, the device's or the browser's language."""
    languages = catalogue().site.languages
    choices = (preferred, request.cookies.get(COOKIE), request.accept_languages.best_match(languages))
    language = next((choice for choice in choices if choice in languages), languages[0])
    answer = redirect(url_for("lessons.home", language=language), 302)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Cookie", "Accept-Language"))
    return answer  # type: ignore[return-value]
