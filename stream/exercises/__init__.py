"""Practice inside a lesson: answers are checked on the server, attempts are kept, passing earns its XP once."""

from stream.exercises.views import blueprint

__all__ = ["blueprint"]
