"""Progress that is kept in a browser: shown from what the browser sends, and merged into an account when asked."""

from stream.devices.views import blueprint

__all__ = ["blueprint"]
