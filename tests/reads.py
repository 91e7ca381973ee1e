"""What a page asks the database, however it asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from given import Visitor
from sqlalchemy import event

from stream.db import db, is_sqlite


@contextmanager
def reads(app: Flask) -> Iterator[list[str]]:
    """Every question that is asked for reading meanwhile."""
    watch = _of_sqlite if is_sqlite(app.config["SQLALCHEMY_DATABASE_URI"]) else _of_server
    with app.app_context():
        engine = db.engine
    with watch(engine) as asked:
        yield asked


def number_of_reads(app: Flask, someone: Visitor, address: str) -> int:
    """How often a page asks."""
    with reads(app) as asked:
        assert someone.get(address).status_code == 200
    return len(asked)


@contextmanager
def _of_sqlite(engine: Any) -> Iterator[list[str]]:
    """SQLite itself tells: some questions go by the layers above it. Connections are made anew, to be told of."""
    asked: list[str] = []

    def watched(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(engine, "connect", watched)
    engine.dispose()
    try:
        yield asked
    finally:
        event.remove(engine, "connect", watched)
        engine.dispose()


@contextmanager
def _of_server(engine: Any) -> Iterator[list[str]]:
    asked: list[str] = []
    note = lambda *arguments: asked.append(arguments[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
