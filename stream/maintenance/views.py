"""How the site is, for machines."""

from flask import Blueprint, Response, jsonify

from stream.maintenance.service import health

blueprint = Blueprint("maintenance", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 when the database answers and has the schema of this code, else 503 with what is wrong."""
    state = health()
    answer = jsonify(status="ok" if state.ok else "failing", checks=state.checks)
    answer.status_code = 200 if state.ok else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer
