"""Style sheets and scripts as browsers get them: what a page needs in one file each, without comments and blanks.

The sources stay files of their own, each read by itself; a bundle is made of them when it is first asked for.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import ascii_letters

import rcssmin
import rjsmin

FOLDER = Path(__file__).parent.parent / "static"

PROPERTY = re.compile(r"(?<![\w-])--[a-z][\w-]*")
DECLARATION = re.compile(rf"({PROPERTY.pattern}):([^;}}]+);?")
USE = re.compile(rf"var\(({PROPERTY.pattern})\)")

# In the order in which a page needs them. `style.css` is all that a visitor needs to read a lesson, `talk.css` what
# they need where somebody talks; members get both in one request, as `member.css`. Other pages link `pages.css` too.
# `htmx.js`, and `talk.css` where it was not linked, come when something on the page is touched (js/wanted.js).
BUNDLES = {
    "style.css": ("css/tokens.css", "css/site.css", "css/code.css"),
    "talk.css": ("css/talk.css",),
    "member.css": ("css/tokens.css", "css/site.css", "css/code.css", "css/talk.css"),
    "pages.css": ("css/talk.css", "css/pages.css", "css/profile.css", "css/authoring.css"),
    "script.js": ("js/wanted.js", "js/stream.js", "js/offline.js", "js/device.js"),
    "htmx.js": ("js/htmx-config.js", "vendor/htmx-4.0.1.min.js"),
    "service-worker.js": ("js/service-worker.js",),
}
SPOKEN = "script.js"  # the one that says something, so there is one for each language


@cache
def bundle(name: str) -> bytes:
    """The file of this name in `BUNDLES`."""
    made, between = (_sheet, "") if name.endswith(".css") else (_script, "\n")
    return between.join(made(path, (FOLDER / path).read_text(encoding="utf-8")) for path in BUNDLES[name]).encode()


def spoken(words: Mapping[str, str]) -> bytes:
    """`script.js` with what its scripts say."""
    said = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return f"const words={said};\n".encode() + bundle(SPOKEN)


def _sheet(_path: str, text: str) -> str:
    names, constants = _short_names(), _constants()
    said = DECLARATION.sub(lambda found: "" if found[1] in constants else found[0], str(rcssmin.cssmin(text)))
    whole = USE.sub(lambda found: constants.get(found[1], found[0]), said)
    return PROPERTY.sub(lambda found: names[found[0]], whole)


@cache
def _constants() -> dict[str, str]:
    """Custom properties that the tokens give one value for good: as that value they take fewer bytes."""
    sheets = {path.name: str(rcssmin.cssmin(path.read_text("utf-8"))) for path in FOLDER.glob("css/*.css")}
    times = Counter(name for sheet in sheets.values() for name, _ in DECLARATION.findall(sheet))
    return {
        name: value
        for name, value in DECLARATION.findall(sheets["tokens.css"])
        if times[name] == 1 and not USE.search(value)
    }


@cache
def _short_names() -> dict[str, str]:
    """Custom properties as browsers get them, one name in all sheets; nothing but sheets knows them."""
    used = Counter(
        name for path in sorted(FOLDER.glob("css/*.css")) for name in PROPERTY.findall(path.read_text("utf-8"))
    )
    return {name: f"--{_letters(number)}" for number, (name, _) in enumerate(used.most_common())}


def _letters(number: int) -> str:
    """a … z, A … Z, then two of them."""
    more, last = divmod(number, len(ascii_letters))
    return (_letters(more - 1) if more else "") + ascii_letters[last]


def _script(path: str, text: str) -> str:
    """Ours keep their names to themselves, and what one of them cannot do keeps none of the others from working."""
    if path.startswith("vendor/"):
        return text
    return f'try{{(()=>{{"use strict";{rjsmin.jsmin(text)}\n}})()}}catch(error){{reportError(error)}}'
