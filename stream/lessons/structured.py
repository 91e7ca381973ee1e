"""What a page teaches, for search engines: schema.org facts, written into the page as JSON-LD."""

from collections.abc import Mapping
from typing import Any

from flask import g, url_for

from stream.catalogue.model import Course, Lesson, Translation
from stream.progress.queries import Outline
from stream.web.content import catalogue, text_of
from stream.web.page import named, public, tag_label

Facts = dict[str, Any]
CONTEXT = {"@context": "https://schema.org"}


def facts_of_lesson(lesson: Lesson, text: Translation, course: Course) -> Facts:
    """A `LearningResource` (schema.org): what, how long, for whom, and what one takes away."""
    return CONTEXT | {
        "@type": "LearningResource",
        "name": text.title,
        "description": text.summary,
        "url": _address("lessons.show", text.language, slug=lesson.slug),
        "image": _address("lessons.lesson_picture", text.language, slug=lesson.slug),
        "inLanguage": text.language,
        "timeRequired": _duration(text.minutes),
        "educationalLevel": tag_label(lesson.level),
        "keywords": [tag_label(tag) for tag in lesson.tags],
        "learningResourceType": "lesson",
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Course", "name": named(course.title), "url": _course_address(course)},
        "provider": _provider(),
    }


def facts_of_course(outline: Outline) -> Facts:
    """A `Course` with its lessons in order."""
    return CONTEXT | _course(outline.course) | {
        "educationalLevel": tag_label(outline.course.level),
        "timeRequired": _duration(outline.minutes.get(g.language, 0)),
        "hasPart": [_part(item.lesson) for item in outline.items],
    }  # fmt: skip


def facts_of_home(outlines: tuple[Outline, ...]) -> Facts:
    """The courses as an `ItemList`, as search engines ask for it."""
    items = enumerate(outlines, start=1)
    return CONTEXT | {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": _course(outline.course)} for position, outline in items
        ],
    }


def _course(course: Course) -> Facts:
    return {
        "@type": "Course",
        "name": named(course.title),
        "description": named(course.summary),
        "url": _course_address(course),
        "image": public(url_for("lessons.course_picture", key=course.key)),
        "inLanguage": g.language,
        "isAccessibleForFree": True,
        "provider": _provider(),
    }


def _part(lesson: Lesson) -> Facts:
    text = text_of(lesson)
    address = _address("lessons.show", text.language, slug=lesson.slug)
    return {"@type": "LearningResource", "name": text.title, "url": address, "inLanguage": text.language}


def _provider() -> Mapping[str, str]:
    return {"@type": "Organization", "name": named(catalogue().site.name), "url": public(url_for("lessons.home"))}


def _course_address(course: Course) -> str:
    return public(url_for("lessons.course", key=course.key))


def _address(endpoint: str, language: str, slug: str) -> str:
    return public(url_for(endpoint, language=language, slug=slug))


def _duration(minutes: int) -> str:
    """ISO 8601: PT12M."""
    return f"PT{minutes}M"
