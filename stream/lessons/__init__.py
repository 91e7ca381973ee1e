"""The reading side: home, courses, the lesson page composed of the features' fragments, tags, pictures."""

from stream.lessons import feed, sharing, sitemap  # noqa: F401  (they add their views)
from stream.lessons.views import blueprint

__all__ = ["blueprint"]
