"""Dangerous acts ask for the password again: a device left unlocked, or a session somebody stole, is not enough.

A form under `confirmed_only` needs nothing for it: what was posted is carried through the question and sent again.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, render_template, request, session

from stream.accounts import guard, login, queries, words
from stream.accounts import passwords as stored
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.sessions import Member
from stream.web.content import at
from stream.web.page import site_settings

View = TypeVar("View", bound=Callable[..., Any])

log = logging.getLogger(__name__)
LASTS = timedelta(minutes=10)
FIELD = "confirm_password"
CONFIRMED = "confirmed_at"  # in the signed cookie; signing in or out clears it


def confirmed_only(view: View) -> View:
    """For POST views of members: asks for the password, unless it was given within the last ten minutes."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        found = login.member()
        assert found is not None, "stands under members_only or admins_only"
        return view(*args, **kwargs) if _is_fresh() else _asked(found) or view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def _is_fresh() -> bool:
    age: float = at().timestamp() - session.get(CONFIRMED, 0)
    return 0 <= age < LASTS.total_seconds()


def _asked(found: Member) -> Response | None:
    """The question, or None once it is answered."""
    if FIELD not in request.form:
        return _question(found, 403)
    try:
        with guard.charged(guard.password_budgets(found.id, site_settings())):
            _check(found)
    except InvalidInput as wrong:
        return _question(found, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        answer = _question(found, 429, {FIELD: words.too_many(many.seconds)})
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    session[CONFIRMED] = int(at().timestamp())
    return None


def _check(found: Member) -> None:
    known = queries.credentials_by_id(found.id)
    if not stored.is_right(request.form[FIELD], known.password_hash):
        log.warning("a wrong password of learner %s, who is signed in: %s", found.learner_id, request.endpoint)
        raise InvalidInput(Problem(FIELD, "wrong-current"))


def _question(found: Member, status: int, errors: dict[str, str] | None = None) -> Response:
    html = render_template("accounts/confirm.html", member=found, carried=list(_carried()), errors=errors or {})
    return make_response(html, status)


def _carried() -> Iterator[tuple[str, str]]:
    """Every posted field but the token, which the page renews, and the password."""
    for name, value in request.form.items(multi=True):
        if name not in ("csrf_token", FIELD):
            yield name, value
