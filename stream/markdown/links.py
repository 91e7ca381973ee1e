"""Links: which are followed, which are outbound."""

from stream.markdown.addresses import is_external, may_link
from stream.markdown.compilation import Compilation
from stream.markdown.html import Html, Render, attributes
from stream.markdown.tokens import Token


def check(token: Token, line: int, compilation: Compilation) -> None:
    """A link to where none may lead stays as its text."""
    url = token["attrs"]["url"]
    if not may_link(url):
        compilation.error(line, "unsafe-link", f"a link must be http, https, mailto or relative: {url[:60]}")
        token["type"] = "unlinked"
    elif not compilation.has_room(line, url, token["attrs"].get("title") or ""):
        token["type"] = "unlinked"


def check_anchors(links: list[tuple[int, str]], ids: frozenset[str], compilation: Compilation) -> None:
    """Warn of `#names` that nothing in the lesson carries."""
    for line, url in links:
        if url.startswith("#") and url[1:] not in ids:
            compilation.warning(line, "unknown-anchor", f"no heading has the id {url[1:]!r}")


def _render(html: Html, token: Token) -> str:
    url, title = token["attrs"]["url"], token["attrs"].get("title")
    outward = is_external(url)
    written = attributes(
        class_="external" if outward else None, href=url, rel="noopener" if outward else None, title=title or None
    )
    return f"<a{written}>{html.inside(token)}</a>"


RENDERERS: dict[str, Render] = {"link": _render, "unlinked": lambda html, token: html.inside(token)}
