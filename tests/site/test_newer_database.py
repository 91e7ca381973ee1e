"""A database that a newer version has written is refused in a line, and not touched."""

import hashlib

import pytest
from flask import Flask
from sqlalchemy import text

from stream.db import write
from stream.maintenance.service import health, migrate
from stream.settings import Settings, SettingsError


@pytest.mark.sqlite
def test_a_newer_schema_is_refused_and_the_file_stays_as_it_is(app: Flask, settings: Settings) -> None:
    with app.app_context():
        write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
        write(lambda connection: connection.execute(text("SELECT 1")))
        before = hashlib.sha256((settings.instance / "stream.db-wal").read_bytes()).hexdigest()
        with pytest.raises(SettingsError, match="written by a newer version"):
            migrate()
        assert not health().ok
        assert hashlib.sha256((settings.instance / "stream.db-wal").read_bytes()).hexdigest() == before
