"""What learners do, for those who run the site: from the ledger's own events, no cookies, and nobody singled out."""

from stream.statistics.views import blueprint

__all__ = ["blueprint"]
