"""A learner's ledger as a file: CSV for a spreadsheet, JSON for a program."""

import csv
import io
import json
from collections.abc import Container, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, make_response

from stream.ledger.codec import canonical, to_stored
from stream.progress.statement import Entry

COLUMNS = ("version", "event_id", "type", "subject", "data", "xp", "balance", "occurred_at", "recorded_at",
           "local_day", "rulebook", "hash")  # fmt: skip


def as_json(entries: Sequence[Entry], hidden: Container[str] = ()) -> str:
    """The entries as a JSON list, oldest first, without what is hidden."""
    return json.dumps([_plain(entry, hidden) for entry in entries], ensure_ascii=False, indent=1)


def as_csv(entries: Sequence[Entry], hidden: Container[str] = ()) -> str:
    """The entries as CSV with a header, oldest first, without what is hidden."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [column for column in COLUMNS if column not in hidden])
    writer.writeheader()
    for entry in entries:
        plain = _plain(entry, hidden)
        writer.writerow({**plain, "data": canonical(plain["data"])})
    return text.getvalue()


FORMATS = {"csv": ("text/csv", as_csv), "json": ("application/json", as_json)}


def answer(form: str, entries: Sequence[Entry], name: str, hidden: Container[str] = ()) -> Response:
    """The entries as a download, without what is hidden; `form` is a key of FORMATS."""
    kind, render = FORMATS[form]
    response = make_response(render(entries, hidden))
    response.mimetype = kind
    response.headers.set("Content-Disposition", "attachment", **_as_header(f"{name}.{form}"))
    return response


def _as_header(file_name: str) -> dict[str, str]:
    """The name of a download. Headers hold ASCII alone; what browsers shall call the file stands in RFC 8187's form."""
    if file_name.isascii():
        return {"filename": file_name}
    plain = file_name.encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(file_name, safe='')}"}


def _plain(entry: Entry, hidden: Container[str]) -> dict[str, Any]:
    stored = to_stored(entry.event)
    data = {name: value for name, value in json.loads(stored.data).items() if name not in hidden}
    plain = {
        "version": entry.version,
        "event_id": entry.event_id,
        "type": stored.type,
        "subject": stored.subject,
        "data": data,
        "xp": stored.xp,
        "balance": entry.balance,
        "occurred_at": stored.occurred_at,
        "recorded_at": entry.recorded_at,
        "local_day": stored.local_day,
        "rulebook": entry.rulebook,
        "hash": entry.hash,
    }
    return {name: value for name, value in plain.items() if name not in hidden}
