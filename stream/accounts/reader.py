"""Whose request it is, told before Flask is entered: for pages that are kept for members."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask
from itsdangerous import BadSignature

from stream import clock
from stream.accounts.sessions import NOTED_EVERY, Lifetime
from stream.db import PooledValues, Values
from stream.settings import Settings

QUERY = """
SELECT users.own_version, sessions.created_at, sessions.seen_at FROM sessions JOIN users ON users.id = sessions.user_id
WHERE sessions.token_hash = :token AND sessions.revoked_at IS NULL
"""


class Reader:
    """Says of a session's cookie how often what its member sees has changed. One read of the database."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._values: Values | PooledValues = app.extensions["stream.values"]
        self._lifetime = Lifetime(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))
        serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self._read: Any = serializer.loads
        self._hash_in = lru_cache(maxsize=1024)(self._token_hash_in)

    def version(self, cookie: str) -> int | None:
        """The number; None where Flask must look: nobody's session, an ended one, or a visit that is to be noted."""
        token_hash = self._hash_in(cookie)
        row = self._values.row(QUERY, token=token_hash) if token_hash else None
        if row is None:
            return None
        version, created_at, seen_at = row
        at, seen = clock.now(), datetime.fromisoformat(seen_at)
        if at - seen >= NOTED_EVERY or self._lifetime.is_over(datetime.fromisoformat(created_at), seen, at):
            return None
        return int(version)

    def _token_hash_in(self, cookie: str) -> str | None:
        """How old the signature may be is not asked: the session's row ends earlier."""
        try:
            kept = self._read(cookie)
        except BadSignature:
            return None
        token = kept.get("_user_id") if isinstance(kept, Mapping) else None
        return hashlib.sha256(token.encode()).hexdigest() if isinstance(token, str) else None
