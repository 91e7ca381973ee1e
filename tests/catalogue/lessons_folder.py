"""A lessons folder with real files, and the compiler with a count of its work."""

from collections.abc import Mapping
from pathlib import Path

from stream.catalogue.lint import check
from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue, Persona
from stream.markdown.document import Document
from stream.markdown.render import compile_lesson

SITE = """\
languages = ["en", "ko"]
[name]
en = "Stream"
ko = "스트림"
[personas.pippa]
accent = "spark"
[personas.pippa.name]
en = "Pippa"
ko = "피파"
"""


class CountingCompiler:
    """The compiler, and how often it worked."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False

    def __call__(self, text: str, *, language: str, personas: Mapping[str, Persona], image_url: str = "") -> Document:
        self.calls += 1
        if self.fails:
            raise RuntimeError("a fault in the compiler")
        return compile_lesson(text, language=language, personas=personas, image_url=image_url)


class Folder:
    """A lessons folder with one course `dials`, its library and its cache."""

    def __init__(self, base: Path) -> None:
        self.root = base / "lessons"
        self.cache = base / "cache"
        self.compiler = CountingCompiler()
        self.write("site.toml", SITE)
        self.write("dials/course.toml", 'level = "l2"\n[title]\nen = "Dials"\nko = "다이얼"\n')
        self.library = self.restarted()

    def write(self, path: str, text: str | bytes) -> Path:
        """Put a file into the folder."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def lesson(self, path: str = "dials/01-dial.en.md", *front: str, body: str = "Turn it.\n") -> Path:
        """A lesson file with these lines of front matter below its title, which stands on line 2."""
        lines = "".join(f"{line}\n" for line in front)
        return self.write(path, f"---\ntitle: A dial\n{lines}---\n{body}")

    def restarted(self) -> Library:
        """A new process looks at the same folder and cache."""
        self.library = Library(self.root, self.cache, self.compiler)
        return self.library

    def now(self) -> Catalogue:
        """What a request sees."""
        return self.library.catalogue()

    def told(self) -> list[str]:
        """`path:line code` of everything the check finds."""
        return [f"{problem.path}:{problem.line} {problem.code}" for problem in check(self.root)]
