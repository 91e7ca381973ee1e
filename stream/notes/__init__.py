"""A learner's own notes and bookmarks on lessons: private, and found again on one page."""

from stream.notes.leaving import init_app
from stream.notes.views import blueprint

__all__ = ["blueprint", "init_app"]
