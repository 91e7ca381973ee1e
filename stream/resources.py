"""Where the files that come with the code lie: in a checkout beside the package, in a wheel inside it."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def _found(inside: str, beside: str) -> Path:
    packed = PACKAGE / inside
    return packed if packed.is_dir() else PACKAGE.parent / beside


MIGRATIONS = _found("migrations", "migrations")
SAMPLE_LESSONS = _found("sample", "lessons")
LOCK = PACKAGE / "requirements.txt"  # in a checkout a link to the one beside the package
