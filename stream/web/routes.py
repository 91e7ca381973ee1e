"""Rules of addresses, as werkzeug's, made ready no sooner than they are needed."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """werkzeug compiles two functions for each rule, by which its addresses are built: all of them took a twentieth of
    a second at each start, and most are never called. Here each is compiled when it is first called.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        name, compiled = "_build_unknown" if append_unknown else "_build", super()._compile_builder

        def build(_rule: Rule, /, **values: Any) -> tuple[str, str]:
            made: Build = compiled(append_unknown).__get__(self, None)
            setattr(self, name, made)
            return made(**values)

        return build
