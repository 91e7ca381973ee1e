"""A mark of the code that compiles lessons: what was compiled by other code is compiled again.

Taken from the sources and from the libraries that write the HTML, so that nobody has to remember to raise a
number, and a cleaner with a security fix cleans the old lessons, too.
"""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("latex2mathml", "mistune", "nh3", "pygments", "pyyaml")
_STREAM = Path(__file__).parents[1]


@cache
def code_version() -> str:
    """A digest of this package, `stream.markdown` and the libraries' versions."""
    digest = sha256()
    for package in ("catalogue", "markdown"):
        for source in sorted((_STREAM / package).rglob("*.py")):
            digest.update(source.read_bytes())
    digest.update(" ".join(version(library) for library in _LIBRARIES).encode())
    return digest.hexdigest()
