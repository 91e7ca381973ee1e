"""What a member may take along of the ledger. Nothing of it goes when the account does: it holds no personal data."""

import json
from typing import Any

from flask import Flask

from stream.accounts.signals import personal_data_asked
from stream.ledger.codec import standing_to_text
from stream.progress.exports import as_json
from stream.progress.queries import standing_of
from stream.progress.statement import history_of


def init_app(app: Flask) -> None:
    """Hear of members who download what is theirs."""
    personal_data_asked.connect(_take_along, app)


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    """Every entry with its hash, and where they lead."""
    entries = json.loads(as_json(history_of(learner_id)))
    return "progress", {"entries": entries, "standing": json.loads(standing_to_text(standing_of(learner_id)))}
