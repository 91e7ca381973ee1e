"""Style sheets and scripts as browsers get them: what a page needs in one file each, without comments and blanks.

The sources stay files of their own, each read by itself; a bundle is made of them when it is first asked for.
"""

from functools import cache
from pathlib import Path

import rcssmin
import rjsmin

FOLDER = Path(__file__).parent.parent / "static"

# In the order in which a page needs them. `style.css` is all that a lesson needs; the other pages link `pages.css` too.
# `htmx.js` comes when something on the page is touched that wants it (js/wanted.js).
BUNDLES = {
    "style.css": ("css/tokens.css", "css/site.css", "css/code.css"),
    "pages.css": ("css/pages.css", "css/profile.css", "css/authoring.css"),
    "script.js": ("js/stream.js", "js/offline.js", "js/device.js", "js/wanted.js"),
    "htmx.js": ("vendor/htmx-4.0.1.min.js",),
    "service-worker.js": ("js/service-worker.js",),
}


@cache
def bundle(name: str) -> bytes:
    """The file of this name in `BUNDLES`."""
    join = _sheet if name.endswith(".css") else _script
    return "\n".join(join(path, (FOLDER / path).read_text(encoding="utf-8")) for path in BUNDLES[name]).encode()


def _sheet(_path: str, text: str) -> str:
    return str(rcssmin.cssmin(text))


def _script(path: str, text: str) -> str:
    """Ours keep their names to themselves, and what one of them cannot do keeps none of the others from working."""
    if path.startswith("vendor/"):
        return text
    return f'try{{(()=>{{"use strict";{rjsmin.jsmin(text)}\n}})()}}catch(error){{reportError(error)}}'
