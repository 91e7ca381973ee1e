"""`{takeaways}`: a list that the page shows in its own card and the course collects."""

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written
from stream.markdown.tokens import Token


def _parse(written: Written, compilation: Compilation) -> Token:
    lists = [token for token in written.blocks if token["type"] == "list"]
    if len(lists) != len(written.blocks) or not lists:
        compilation.error(written.line, "takeaways-list", "{takeaways} holds a list and nothing else")
    return {"type": "takeaways", "children": [item for token in lists for item in token["children"]]}


DIRECTIVES = (Directive("takeaways", _parse),)
