"""Talk beside the text: threads on lessons and on their blocks, and what keeps them civil."""

from stream.comments import comment_views, feeds, moderation_views, posting_views  # noqa: F401  (they add their views)
from stream.comments.views import blueprint, init_app

__all__ = ["blueprint", "init_app"]
