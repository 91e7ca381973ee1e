"""`{exercise} kind`: a prompt, and by kind options or accepted answers; `{hint}` and `{answer}` within.

Only shapes the parts into tokens. What they mean is read when the whole text is known: see `exercises.py`.
"""

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written
from stream.markdown.tasks import has_mark, take_mark
from stream.markdown.tokens import Token

KINDS = ("self-check", "text", "choice", "short")

_ONLY_FOR = {"accept": "short", "pick": "choice"}


def _parse(written: Written, compilation: Compilation) -> Token:
    kind = written.argument
    if kind not in KINDS:
        compilation.error(written.line, "unknown-kind", f"an exercise is one of {', '.join(KINDS)}, not {kind!r}")
        kind = "text"
    _check_options(written, kind, compilation)
    prompt: list[Token] = []
    parts: list[Token] = []
    for token in written.body:
        (parts if token["type"] in ("hint", "answer") else prompt).append(token | {"within": ""})
    options = _take_options(prompt) if kind == "choice" else []
    children = [{"type": "prompt", "children": prompt}, *options, *parts]
    return {"type": "exercise", "exercise": kind, "options": dict(written.options), "children": children}


def _check_options(written: Written, kind: str, compilation: Compilation) -> None:
    for option, only in _ONLY_FOR.items():
        if option in written.options and kind != only:
            compilation.error(written.line, "unused-option", f"{option!r} is for exercises of the kind {only!r}")
    if written.options.get("pick", "one") not in ("one", "many"):
        compilation.error(written.line, "bad-option", "`pick` is one or many")


def _take_options(prompt: list[Token]) -> list[Token]:
    """Cut the last task list out of the prompt."""
    for at in range(len(prompt) - 1, -1, -1):
        if prompt[at]["type"] == "list" and all(map(has_mark, prompt[at]["children"])):
            return [_option(item) for item in prompt.pop(at)["children"]]
    return []


def _option(item: Token) -> Token:
    right = take_mark(item)
    words = [token for token in item["children"] if token["type"] not in ("list", "blank_line")]
    feedback = [inner for token in item["children"] if token["type"] == "list" for inner in token["children"]]
    children = [{"type": "option_words", "children": words}, {"type": "feedback", "children": feedback}]
    return {"type": "option", "right": right, "line": words[0]["line"], "children": children}


def _part(written: Written, compilation: Compilation) -> Token:
    return {"type": written.name, "children": written.body}


DIRECTIVES = (
    Directive("exercise", _parse, frozenset({"id", "accept", "pick"})),
    Directive("hint", _part, within="exercise"),
    Directive("answer", _part, within="exercise"),
)
