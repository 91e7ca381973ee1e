"""Reading without a network, and the site as an app: the service worker, its fallback page, the manifest."""

from stream.offline.views import blueprint

__all__ = ["blueprint"]
