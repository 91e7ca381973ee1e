"""`{persona} key`: a callout in a persona's voice, in its own language when it speaks another than the lesson."""

import re
from collections.abc import Mapping

from stream.markdown.compilation import Compilation, PersonaVoice
from stream.markdown.directives.directive import Directive, Written
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token

ACCENTS = ("stream", "spark", "good")

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def _parse(written: Written, compilation: Compilation) -> Token:
    language = _language(written, compilation)
    token: Token = {"type": "persona", "children": written.body}
    if language != compilation.language:
        token["lang"] = language
    persona = compilation.personas.get(written.argument)
    if persona is None:
        compilation.error(written.line, "unknown-persona", f"there is no persona {written.argument!r}")
        return token
    return token | _voice(persona, language, written)


def _language(written: Written, compilation: Compilation) -> str:
    language = written.options.get("lang") or compilation.language
    if _LANGUAGE.fullmatch(language):
        return language
    compilation.error(written.line, "bad-option", f"{language!r} is not a language")
    return compilation.language


def _voice(persona: PersonaVoice, language: str, written: Written) -> Token:
    words = _in(persona.label, language) or _in(persona.name, language)
    eyebrow = {"type": "eyebrow", "label": words, "children": []}
    accent = persona.accent if persona.accent in ACCENTS else ACCENTS[0]
    return {"accent": accent, "name": _in(persona.name, language), "children": [eyebrow, *written.body]}


def _in(words: Mapping[str, str], language: str) -> str:
    """In this language, or else in the first one there is."""
    return words.get(language) or next(iter(words.values()), "")


def _render(html: Html, token: Token) -> str:
    accent = f" accent-{token['accent']}" if "accent" in token else ""
    opening = attributes(
        class_=f"callout persona{accent}", lang=token.get("lang"), role="note", aria_label=token.get("name") or None
    )
    return f"<div{opening}>{html.inside(token)}</div>\n"


DIRECTIVES = (Directive("persona", _parse, frozenset({"lang"})),)
RENDERERS: dict[str, Render] = {"persona": _render}
