"""A learner's ledger as a file: CSV for a spreadsheet, JSON for a program."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from flask import Response, make_response

from stream.ledger.codec import to_stored
from stream.progress.statement import Entry

COLUMNS = ("version", "event_id", "type", "subject", "data", "xp", "balance", "occurred_at", "recorded_at",
           "local_day", "rulebook", "hash")  # fmt: skip


def as_json(entries: Sequence[Entry]) -> str:
    """The entries as a JSON list, oldest first."""
    return json.dumps([_plain(entry) for entry in entries], ensure_ascii=False, indent=1)


def as_csv(entries: Sequence[Entry]) -> str:
    """The entries as CSV with a header, oldest first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for entry in entries:
        writer.writerow({**_plain(entry), "data": to_stored(entry.event).data})
    return text.getvalue()


FORMATS = {"csv": ("text/csv", as_csv), "json": ("application/json", as_json)}


def answer(form: str, entries: Sequence[Entry], name: str) -> Response:
    """The entries as a download; `form` is a key of FORMATS."""
    kind, render = FORMATS[form]
    response = make_response(render(entries))
    response.mimetype = kind
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response


def _plain(entry: Entry) -> dict[str, Any]:
    stored = to_stored(entry.event)
    return {
        "version": entry.version,
        "event_id": entry.event_id,
        "type": stored.type,
        "subject": stored.subject,
        "data": json.loads(stored.data),
        "xp": stored.xp,
        "balance": entry.balance,
        "occurred_at": stored.occurred_at,
        "recorded_at": entry.recorded_at,
        "local_day": stored.local_day,
        "rulebook": entry.rulebook,
        "hash": entry.hash,
    }
