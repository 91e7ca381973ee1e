"""Pictures: files beside the lesson, with words for those who do not see them.

A picture alone in its paragraph becomes a figure, its title the caption.
"""

from urllib.parse import quote, unquote

from stream.markdown.addresses import is_external, is_lesson_file
from stream.markdown.compilation import Compilation
from stream.markdown.document import Image
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token, plain, text_token, walk


def find_figures(tokens: list[Token], compilation: Compilation) -> None:
    """Turn paragraphs that hold a picture and nothing else into figures; after inline parsing."""
    for token in walk(tokens):
        if token["type"] == "paragraph" and [child["type"] for child in token["children"]] == ["image"]:
            image = token["children"][0]
            title = image["attrs"].pop("title", None)
            token["type"] = "figure"
            if title and compilation.has_room(token["line"], title):
                token["children"].append({"type": "caption", "children": [text_token(title)]})


def image(path: str, alt: str) -> Token:
    """A picture that a directive shows."""
    return {"type": "image", "attrs": {"url": quote(path, safe="/%:?#")}, "children": [text_token(alt)]}


def check(token: Token, line: int, compilation: Compilation) -> None:
    """Settle a picture's address and words; one from elsewhere is not shown."""
    path, token["alt"] = unquote(token["attrs"]["url"]), plain(token["children"])
    if not is_lesson_file(token["attrs"]["url"]):
        token["type"] = "unshown"
        compilation.error(line, _fault(path), f"a picture must be a file beside the lesson: {path[:60] or '(none)'}")
    elif compilation.has_room(line, path, token["attrs"].get("title") or ""):
        token["src"] = compilation.image_url + quote(path)
        compilation.images.append(Image(path, token["alt"], line))
    else:
        token["type"] = "unshown"
    if not token["alt"]:
        compilation.error(line, "missing-alt", f"the picture {path[:60]} needs words for those who do not see it")


def _fault(path: str) -> str:
    return "remote-image" if is_external(path) or path.startswith(("/", "data:")) else "bad-image-path"


def _render(html: Html, token: Token) -> str:
    title = token["attrs"].get("title") or None
    written = attributes(src=token["src"], alt=token["alt"], title=title, loading="lazy", decoding="async")
    return f"<img{written}>"


def _render_figure(html: Html, token: Token) -> str:
    return f'<figure class="figure">{html.inside(token)}</figure>\n'


RENDERERS: dict[str, Render] = {
    "image": _render,
    "unshown": lambda html, token: html.inside(token),
    "figure": _render_figure,
    "caption": lambda html, token: f"<figcaption>{html.inside(token)}</figcaption>",
}
