"""Running the site: one page with a number for each list that waits for somebody."""

from stream.admin.views import blueprint

__all__ = ["blueprint"]
