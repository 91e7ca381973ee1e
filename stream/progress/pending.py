"""What somebody wanted to do before signing in, done once they have: so far, completing the lesson they read."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException

from stream.accounts import Member
from stream.accounts.signals import signed_in_with_act
from stream.catalogue.model import Lesson
from stream.progress import service
from stream.progress.acts import completing
from stream.progress.rules import rulebook
from stream.web.content import at, catalogue
from stream.web.page import new_event_id


def init_app(app: Flask) -> None:
    """Listen to sign-ins."""
    signed_in_with_act.connect(_do, app)


def _do(_app: Flask, *, member: Member, act: str, next: str, **_: Any) -> None:
    lesson = _lesson_at(next)
    if act == "complete" and lesson is not None:
        service.record(service.Act(member.learner_id, new_event_id(), at()), completing(lesson), rulebook())


def _lesson_at(address: str) -> Lesson | None:
    """The readable lesson whose page has this address."""
    try:
        endpoint, values = current_app.url_map.bind("").match(urlsplit(address).path)
    except HTTPException:
        return None
    lesson = catalogue().by_slug.get(values.get("slug", "")) if endpoint == "lessons.show" else None
    return lesson if lesson is not None and lesson.is_readable(at()) else None
