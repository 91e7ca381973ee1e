"""Which schema a database has, and which ones this code knows: read off the names of the migrations.

Only changing a schema takes Alembic (`stream.maintenance.migrations`); a site that runs does without its 11 MB.
"""

from sqlalchemy import Connection, inspect, text

from stream.resources import MIGRATIONS

KNOWN = tuple(sorted(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))
NEWEST = KNOWN[-1]


def schema_of(connection: Connection) -> str | None:
    """The schema of a database, or None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
