"""Where an author works: the lessons folder and the place for earlier texts, with what stands there now."""

from dataclasses import dataclass
from pathlib import Path

from stream.authoring.lesson_files import by_address, lesson_places
from stream.catalogue.lesson_file import Place
from stream.catalogue.tree import Tree, scan


@dataclass(frozen=True, slots=True)
class Desk:
    """`root` is the lessons folder, `kept` the folder of earlier texts."""

    root: Path
    kept: Path

    def tree(self) -> Tree:
        """What stands in the lessons folder."""
        return scan(self.root)

    def find(self, slug: str, language: str) -> Place | None:
        """The file of a lesson in a language: looked up among those that are there, never joined from an address."""
        return by_address(lesson_places(self.tree())).get((slug, language))
