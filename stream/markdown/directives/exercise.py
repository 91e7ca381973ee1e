"""`{exercise} kind`: what an exercise asks and accepts. The page makes the form."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast, get_args

from stream.markdown.directives.fence import Fence
from stream.markdown.document import Exercise, ExerciseKind, Option

if TYPE_CHECKING:
    from stream.markdown.renderer import LessonRenderer

OPTIONS = frozenset({"id", "accept", "pick"})
KINDS = get_args(ExerciseKind)
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

Token = dict[str, Any]


def exercise_of(
    renderer: "LessonRenderer", fence: Fence, children: list[Token], others: Iterable[Exercise]
) -> Exercise | None:
    """The exercise; None where its kind is none."""
    if fence.argument not in KINDS:
        kinds = ", ".join(KINDS)
        renderer.notes.problem(fence.line, "exercise-kind", f"an exercise is one of {kinds}, not {fence.argument!r}")
        return None
    apart = {name: _body_of(renderer, children, name) for name in ("answer", "hint")}
    listed = next((child for child in children if _is_options(child)), None) if fence.argument == "choice" else None
    prompt = [child for child in children if child is not listed and _directive(child) not in ("answer", "hint")]
    exercise = Exercise(
        key=_key(renderer, fence, {other.key for other in others}),
        kind=cast(ExerciseKind, fence.argument),
        prompt_html=renderer.clean(renderer.inside(prompt).strip()),
        line=fence.line,
        options=_options(renderer, listed),
        pick_many=fence.options.get("pick") == "many",
        answers=tuple(filter(None, (part.strip() for part in fence.options.get("accept", "").split("|")))),
        hint_html=apart["hint"],
        model_html=apart["answer"],
    )
    _check(renderer, exercise)
    return exercise


def _key(renderer: "LessonRenderer", fence: Fence, taken: set[str]) -> str:
    key = fence.options.get("id") or str(len(taken) + 1)
    if not KEY.fullmatch(key):
        renderer.notes.problem(fence.line, "exercise-id", f"the id {key!r} has other than a-z, 0-9 and hyphens")
        key = str(len(taken) + 1)
    if key in taken:
        renderer.notes.problem(fence.line, "duplicate-exercise", f"the lesson has two exercises with the id {key!r}")
        key = next(f"{key}-{number}" for number in range(2, len(taken) + 3) if f"{key}-{number}" not in taken)
    return key


def _options(renderer: "LessonRenderer", listed: Token | None) -> tuple[Option, ...]:
    items = listed["children"] if listed else []
    return tuple(_option(renderer, item, str(number)) for number, item in enumerate(items, start=1))


def _option(renderer: "LessonRenderer", item: Token, key: str) -> Option:
    """A task list item; a list nested in it is its feedback."""
    feedback = [part for child in item["children"] if child["type"] == "list" for part in child["children"]]
    text = [child for child in item["children"] if child["type"] != "list"]
    return Option(
        key=key,
        html=renderer.clean(renderer.inside(text).strip()),
        correct=bool(item.get("attrs", {}).get("checked")),
        feedback_html=renderer.clean("".join(renderer.inside(part["children"]) for part in feedback).strip()),
    )


def _check(renderer: "LessonRenderer", exercise: Exercise) -> None:
    right = sum(option.correct for option in exercise.options)
    faults = {
        "exercise-prompt": (not exercise.prompt_html, "an exercise needs a prompt"),
        "exercise-options": (
            exercise.kind == "choice" and len(exercise.options) < 2,
            "a choice needs at least two options, written as a task list",
        ),
        "exercise-no-right": (
            exercise.kind == "choice" and len(exercise.options) > 1 and right == 0,
            "mark the right option with [x]",
        ),
        "exercise-two-right": (
            exercise.kind == "choice" and right > 1 and not exercise.pick_many,
            "more than one option is right: add `:pick: many`, or mark only one",
        ),
        "exercise-accept": (
            exercise.kind == "short" and not exercise.answers,
            "a short answer needs `:accept: one | another`",
        ),
    }
    for code, (is_fault, message) in faults.items():
        if is_fault:
            renderer.notes.problem(exercise.line, code, message)


def _body_of(renderer: "LessonRenderer", children: list[Token], name: str) -> str:
    found = next((child for child in children if _directive(child) == name), None)
    return renderer.clean(renderer.inside(found["children"]).strip()) if found else ""


def _directive(token: Token) -> str:
    return str(token["fence"].name) if token["type"] == "directive" else ""


def _is_options(token: Token) -> bool:
    return token["type"] == "list" and any(item["type"] == "task_list_item" for item in token["children"])
