"""How templates are found and compiled: what they all know is put into each once, when it is loaded."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PlainEnvironment(Environment):
    """Jinja looks up what all templates know through a chain of mappings, which took a sixth of the time of a fragment.
    Here it is one dictionary for each template; so all of it must be known before the first one is loaded.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Everything at hand."""
        return {**self.globals, **(d or {})}
