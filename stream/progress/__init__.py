"""What learners did and where they stand: owns the event table, appends to it, and shows what it adds up to."""

from pathlib import Path

from flask import Flask

from stream.progress import leaving, outlines, pending, published_views, rules, words  # noqa: F401  (the views add themselves)
from stream.progress.views import blueprint

__all__ = ["blueprint", "init_app"]


def init_app(app: Flask, rulebook: Path) -> None:
    """Play by the rulebook at this path, name things in templates, and do what was wanted before signing in."""
    rules.init_app(app, rulebook)
    words.init_app(app)
    pending.init_app(app)
    leaving.init_app(app)
    outlines.init_app(app)
