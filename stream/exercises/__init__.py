"""Practice inside a lesson: answers are checked on the server, attempts are kept, passing earns its XP once."""

from stream.exercises.leaving import init_app
from stream.exercises.views import blueprint

__all__ = ["blueprint", "init_app"]
