"""Problem reports: readers say what is wrong with a lesson, and hear what became of it."""

from stream.reports.leaving import init_app
from stream.reports.views import blueprint

__all__ = ["blueprint", "init_app"]
