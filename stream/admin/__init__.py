"""Running the site: one page with a number for each list that waits for somebody, members, mail, and the record."""

from stream.admin import mail_views, member_views  # noqa: F401  (they add their views)
from stream.admin.views import blueprint

__all__ = ["blueprint"]
