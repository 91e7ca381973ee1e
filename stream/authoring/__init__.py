"""What authors do in the browser: see every lesson with its state, edit its file, look back, add pictures."""

from stream.authoring import history_views, list_views, picture_views
from stream.authoring.views import blueprint

__all__ = ["blueprint", "history_views", "list_views", "picture_views"]
