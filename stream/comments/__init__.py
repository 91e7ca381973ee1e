"""Talk beside the text: threads on lessons and on their blocks, and what keeps them civil."""

import stream.comments.feeds
import stream.comments.moderation_views  # noqa: F401  (both add their views to the blueprint)
from stream.comments.views import blueprint, init_app

__all__ = ["blueprint", "init_app"]
