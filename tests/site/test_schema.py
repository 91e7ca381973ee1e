"""The migrations make exactly the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from stream.db import Base, write_engine
from stream.resources import MIGRATIONS
from stream.schema import KNOWN


def test_the_migrations_make_the_tables_of_the_code(app: Flask) -> None:
    with app.app_context(), write_engine().connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_the_names_of_the_migrations_say_their_order() -> None:
    assert [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()] == list(reversed(KNOWN))
