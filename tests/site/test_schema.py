"""The migrations make exactly the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from stream.db import Base, write_engine


def test_the_migrations_make_the_tables_of_the_code(app: Flask) -> None:
    with app.app_context(), write_engine().connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
