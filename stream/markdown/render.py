"""The way in: `compile_lesson` turns the text of a lesson into a `Document` and never fails.

Two readings (blocks, then what is inside them), a few steps that settle what needs the whole text, one rendering,
one cleaning. What is wrong with the text becomes problems with line numbers.
"""

from collections.abc import Mapping
from html import escape

from mistune import InlineParser, Markdown
from mistune.plugins.formatting import strikethrough

from stream.markdown import (
    blocks,
    code,
    directives,
    footnotes,
    headings,
    html,
    images,
    inline,
    languages,
    links,
    math,
    places,
    ruby,
    sanitise,
    tables,
    tasks,
)
from stream.markdown.compilation import Compilation, PersonaVoice
from stream.markdown.directives.fence import colon_fences
from stream.markdown.document import Document, Piece
from stream.markdown.emphasis import cjk_emphasis
from stream.markdown.exercises import Reading, unwrapped
from stream.markdown.guard import MAX_BYTES, MAX_GROWTH, is_too_long, usable
from stream.markdown.lines import LineBlocks, LineState
from stream.markdown.size import size
from stream.markdown.tokens import Token

__all__ = ["PersonaVoice", "compile_lesson"]

_SYNTAXES = (html, code, footnotes, headings, images, languages, links, math, ruby, tables, tasks, directives)
_HTML = html.Html({kind: render for syntax in _SYNTAXES for kind, render in syntax.RENDERERS.items()})


def compile_lesson(text: str, *, language: str, personas: Mapping[str, PersonaVoice], image_url: str = "") -> Document:
    """Compile the body of a lesson. Pictures beside it are shown from `image_url`."""
    compilation = Compilation(language, personas, image_url)
    text = usable(text, compilation)
    if is_too_long(text):
        compilation.error(1, "too-long", f"more than {MAX_BYTES:,} bytes; shown as it stands")
        return _as_typed(text, compilation)
    compilation.address_room += 20 * len(text)
    try:
        document = _document(_read(text, compilation), compilation)
    except RecursionError:
        compilation.error(1, "too-deep", "too much stands within each other; shown as it stands")
        return _as_typed(text, compilation)
    if _length(document) > MAX_GROWTH * max(len(text), 1_000):
        compilation.error(1, "grows", f"the page would be more than {MAX_GROWTH} times as long; shown as it stands")
        return _as_typed(text, compilation)
    return document


def _as_typed(text: str, compilation: Compilation) -> Document:
    whole = Piece("", f"<pre>{sanitise.clean(escape(text, quote=False))}</pre>")
    return Document((whole,), problems=tuple(compilation.problems))


def _length(document: Document) -> int:
    """Characters of all HTML."""
    shown = [*(piece.html for piece in document.pieces), *document.takeaways]
    for exercise in document.exercises:
        shown += [exercise.prompt_html, exercise.hint_html, exercise.model_html]
        shown += [html for option in exercise.options for html in (option.html, option.feedback_html)]
    return sum(map(len, shown))


def _parser() -> Markdown:
    md = Markdown(renderer=None, block=LineBlocks(), inline=InlineParser())
    for plugin in (strikethrough, cjk_emphasis, tables.tables, footnotes.footnotes, math.math, ruby.ruby):
        plugin(md)
    colon_fences(md, directives.DIRECTIVES)
    return md


_PARSER = _parser()


def _read(text: str, compilation: Compilation) -> tuple[list[Token], list[Token]]:
    """The lesson's tokens and its footnotes, every text in them read."""
    state = LineState()
    state.env["compilation"] = compilation
    state.process(text if text.endswith("\n") else text + "\n")
    _PARSER.block.parse(state)
    notes: dict[str, Token] = state.env.get("footnotes", {})
    for tokens in (state.tokens, list(notes.values())):
        places.lay_open(tokens, compilation)
        headings.take_ids(tokens, compilation)
        tasks.find_tasks(tokens)
        tables.settle_cells(tokens)
        inline.read(tokens, _PARSER.inline, dict(state.env), compilation)
        images.find_figures(tokens, compilation)
    return state.tokens, list(notes.values())


def _document(read: tuple[list[Token], list[Token]], compilation: Compilation) -> Document:
    tokens, notes = read
    exercises = places.take(tokens, "exercise") + places.take(notes, "exercise")
    takeaways = [found for each in (tokens, notes, exercises) for found in places.take(each, "takeaways")]
    elsewhere = exercises + takeaways
    places.check_taken(elsewhere, compilation)
    shown_notes = footnotes.number_notes(tokens, notes, compilation)
    everything = [*tokens, *shown_notes, *elsewhere]
    found_links = inline.check(everything, compilation)
    code.check_languages(everything, compilation)
    ids = headings.settle([*tokens, *shown_notes], compilation)
    links.check_anchors(found_links, ids, compilation)
    tables.name_tables(everything, compilation)
    found_blocks = blocks.identify(tokens)
    read_size = size(everything)
    footnotes.label_references(everything, compilation.language)
    languages.mark(everything, compilation.language)
    return Document(
        pieces=blocks.pieces_of(_show_lesson(tokens, shown_notes, compilation.language), found_blocks),
        blocks=tuple(found_blocks),
        headings=headings.outline(tokens),
        takeaways=tuple(_show(unwrapped(item["children"])) for each in takeaways for item in each["children"]),
        exercises=Reading(compilation, _show).all(exercises),
        images=tuple(compilation.images),
        size=read_size,
        problems=tuple(sorted(compilation.problems, key=lambda problem: problem.line)),
    )


def _show(tokens: list[Token]) -> str:
    return sanitise.clean(_HTML.all(tokens)).strip()


def _show_lesson(tokens: list[Token], notes: list[Token], language: str) -> str:
    written = "".join(blocks.with_id(_HTML.one(token), token) for token in tokens)
    if notes:
        written += _HTML.one(footnotes.section(notes, language))
    return sanitise.clean(written).strip()
