"""The signed cookie of a browser, whatever the clock of the server says.

Flask refuses what was signed "in the future", and lets it end at an instant of its own clock: on a board whose clock
jumps back, both would sign everybody out. How long somebody stays signed in is said by the row of the session.
"""

from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from stream.web.vary import depends_on

MOST = 2_048  # cookies whose signature is remembered, some 600 bytes each


class SignedCookie(SecureCookieSessionInterface):
    """Takes every cookie that was signed here, and has browsers count its time themselves."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None
        self._read = lru_cache(maxsize=MOST)(self._loaded)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: it takes longer than reading a cookie with it. One of these belongs to one site."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def _loaded(self, value: str) -> dict[str, Any]:
        assert self._serializer is not None, "asked for before"
        found: dict[str, Any] = self._serializer.loads(value)
        return found

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing, if it is not ours."""
        serializer, value = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if serializer is None or not value:
            return self.session_class() if serializer else None
        try:
            return self.session_class(deepcopy(self._read(value)))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it has changed."""
        if session.accessed:
            depends_on(response, "Cookie")
        if not self.should_set_cookie(app, session):
            return
        serializer = self.get_signing_serializer(app)
        if serializer is None or not session or not session.permanent:
            super().save_session(app, session, response)
            return
        response.set_cookie(
            self.get_cookie_name(app),
            str(serializer.dumps(dict(session))),
            max_age=app.permanent_session_lifetime,
            domain=self.get_cookie_domain(app),
            path=self.get_cookie_path(app),
            secure=self.get_cookie_secure(app),
            httponly=self.get_cookie_httponly(app),
            samesite=self.get_cookie_samesite(app),
        )
        depends_on(response, "Cookie")
