"""Finding lessons by what they say, in every language of the site."""

from stream.search.views import blueprint, init_app

__all__ = ["blueprint", "init_app"]
