"""Keeping the site going: making it, migrating it, and telling how it is."""

from stream.maintenance.views import blueprint

__all__ = ["blueprint"]
