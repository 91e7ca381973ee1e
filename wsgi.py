"""The site as a plain WSGI application, for any server: `wsgi:app`."""

from stream.factory import create_app

app = create_app()
