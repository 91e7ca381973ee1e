"""The reading side: home, courses, the lesson page composed of the features' fragments, tags, pictures."""

import stream.lessons.sitemap
from stream.lessons.views import blueprint

__all__ = ["blueprint"]
