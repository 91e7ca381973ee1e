"""Review: what was learned comes back when it is about to be forgotten, a little every day."""

from stream.review.leaving import init_app
from stream.review.views import blueprint

__all__ = ["blueprint", "init_app"]
