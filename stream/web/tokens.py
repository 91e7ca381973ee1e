"""The token that a session's forms carry, as Flask-WTF signs it: signed once, and known again when it comes back."""

from functools import lru_cache
from hmac import compare_digest

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

TOKENS = "stream.tokens"
MOST = 2_048  # sessions, some 400 bytes each


class Tokens:
    """Signing takes longer than rendering a small fragment, and so does checking a signature. Both give the same each
    time, since how old a token may be is not asked: it ends with its session.
    """

    def __init__(self, secret_key: str) -> None:
        signer = URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token")  # as Flask-WTF has it
        self.signed = lru_cache(maxsize=MOST)(signer.dumps)
        self._unsigned = lru_cache(maxsize=MOST)(signer.loads)  # it keeps no refusal

    def match(self, kept: str, sent: str) -> bool:
        """Whether what was `sent` was signed here for the session that has `kept` this."""
        try:
            return compare_digest(kept, self._unsigned(sent))
        except BadData:
            return False


def tokens() -> Tokens:
    """Those of this site."""
    found: Tokens = current_app.extensions[TOKENS]
    return found
