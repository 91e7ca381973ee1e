"""The address in each mail under which mail is stopped without signing in. It is good for that and nothing else."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def token_for(learner_id: str) -> str:
    """The secret part of the member's address."""
    return str(_serializer().dumps(learner_id))


def learner_of(token: str) -> str | None:
    """Whose address it is, or None."""
    try:
        found = _serializer().loads(token[:500])
    except BadSignature:
        return None
    return found if isinstance(found, str) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")
