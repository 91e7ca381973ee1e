"""Changing the schema, by Alembic. Imported only where there is something to change."""

from alembic import command
from alembic.config import Config

from stream.resources import MIGRATIONS


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current application up to this schema."""
    command.upgrade(_config(), revision)


def downgrade(revision: str) -> None:
    """Bring it back to an older one."""
    command.downgrade(_config(), revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
