"""What a changed rulebook does to everybody: shown before it happens, and applied once, for a reason that stays."""

from stream.rules.views import blueprint

__all__ = ["blueprint"]
