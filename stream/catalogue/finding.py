"""Reads what belongs to the site out of the lessons folder: site.toml, courses, lesson files."""

import json
from collections.abc import Iterator, Set
from dataclasses import asdict, replace
from hashlib import sha256
from typing import TypeVar

from stream.catalogue.assembly import Found
from stream.catalogue.claims import Texts, settled
from stream.catalogue.code_version import code_version
from stream.catalogue.files import File, Files, Reader
from stream.catalogue.kept import Kept
from stream.catalogue.keys import SLUG, SLUG_RULE
from stream.catalogue.lesson_file import Compile, LessonText, Place, place, read_lesson
from stream.catalogue.model import Problem, Severity, Site
from stream.catalogue.reading import Reading
from stream.catalogue.toml_files import FALLBACK, CourseText, read_course, read_site
from stream.catalogue.tree import Tree

T = TypeVar("T")
_NOTES = "README.md"  # may stand beside lessons without being one


def find(tree: Tree, files: Files, kept: Kept, compile: Compile) -> Found:
    """Everything a catalogue is made of."""
    return _Finder(tree, files, kept, compile).found()


def find_again(before: Found, paths: Set[str], tree: Tree, files: Files, kept: Kept, compile: Compile) -> Found | None:
    """As `find`, where only the texts at these paths may have changed; None where that is not all that there is to do.
    `before` itself, if they hold what they held.
    """
    return _Finder(tree, files, kept, compile).found_again(before, paths)


class _Finder:
    """One walk; gathers problems on the way."""

    def __init__(self, tree: Tree, files: Files, kept: Kept, compile: Compile) -> None:
        self._tree = tree
        self._files = files
        self._kept = kept
        self._compile = compile
        self._problems = list(tree.refused)
        self._stale: set[str] = set()

    def found(self) -> Found:
        site = self._site()
        folders = dict(self._folders())
        courses = {key: self._course(key) for key in folders}
        texts = self._settled(dict(self._texts([path for lessons in folders.values() for path in lessons], site)), site)
        images = frozenset(self._tree.images)
        return Found(site, courses, texts, images, frozenset(self._problems), frozenset(self._stale))

    def found_again(self, before: Found, paths: Set[str]) -> Found | None:
        self._problems = [problem for problem in before.problems if problem.path not in paths]
        self._stale = set(before.stale - paths)
        context, texts = _context(before.site), dict(before.texts)
        for path in paths:
            if path not in texts:  # what is no lesson says something of others, and what was none becomes one
                return None
            at, before_it = texts[path]
            file = self._files.again(path, self._tree, context, self._lesson_reader(at, before.site))
            text = self._noted(path, file)
            if text is None or not file.could_be_read or text.front.id != before_it.front.id:  # which may be another's
                return None
            self._files.keep_good(path)
            texts[path] = at, text
        problems, stale = frozenset(self._problems), frozenset(self._stale)
        is_same = all(texts[path][1] is before.texts[path][1] for path in paths)
        if is_same and (problems, stale) == (before.problems, before.stale):
            return before
        return replace(before, texts=texts, problems=problems, stale=stale)

    def _site(self) -> Site:
        path = "site.toml"
        if path in self._tree.texts:
            return self._shown(path, lambda content, _: read_site(content, path)) or FALLBACK
        if self._tree.texts:
            self._wrong(path, "missing-site", "there is no site.toml", "warning")
        return FALLBACK

    def _folders(self) -> Iterator[tuple[str, list[str]]]:
        """Course keys with the paths of their lessons; a folder without lessons and course.toml is none."""
        folders: dict[str, list[str]] = {}
        for path in sorted(self._tree.texts):
            folder, _, name = path.rpartition("/")
            if folder and "/" not in folder and (name == "course.toml" or (name.endswith(".md") and name != _NOTES)):
                folders.setdefault(folder, []).extend([path] if name.endswith(".md") else [])
        for folder, lessons in folders.items():
            if SLUG.fullmatch(folder):
                yield folder, lessons
            else:
                self._wrong(folder, "bad-course-name", f"a course's folder is named with {SLUG_RULE}")

    def _course(self, key: str) -> CourseText:
        path = f"{key}/course.toml"
        if path in self._tree.texts:
            return self._shown(path, lambda content, _: read_course(content, path)) or CourseText()
        self._wrong(path, "missing-course", f"the course {key} has no course.toml", "warning")
        return CourseText()

    def _texts(self, paths: list[str], site: Site) -> Iterator[tuple[str, tuple[Place, LessonText]]]:
        context = _context(site)
        for path in paths:
            at = place(path)
            if isinstance(at, Problem):
                self._problems.append(at)
            elif at.language not in site.languages:
                self._wrong(path, "unknown-language", f"{at.language} is not among the languages of site.toml")
            elif text := self._noted(path, self._files.read(path, self._tree, context, self._lesson_reader(at, site))):
                yield path, (at, text)

    def _settled(self, texts: Texts, site: Site) -> Texts:
        """The texts that may be shown together."""
        context = _context(site)

        def earlier(at: Place) -> LessonText | None:
            reading = self._files.last_good(at.path, context, self._lesson_reader(at, site))
            return reading.value if reading and reading.is_good else None

        found = settled(texts, site.languages, earlier)
        for path in texts.keys() - found.refused:
            self._files.keep_good(path)
        self._stale |= found.refused & found.texts.keys()
        self._problems += found.problems
        return found.texts

    def _lesson_reader(self, at: Place, site: Site) -> Reader[LessonText]:
        def read(content: bytes, key: str) -> Reading[LessonText]:
            kept = self._kept.compiled(key)
            if kept:
                return kept
            reading = read_lesson(content, at, site.personas, self._compile)
            self._kept.keep_compiled(key, reading)
            return reading

        return read

    def _shown(self, path: str, reader: Reader[T]) -> T | None:
        shown = self._noted(path, self._files.read(path, self._tree, "", reader))
        self._files.keep_good(path)
        return shown

    def _noted(self, path: str, file: File[T]) -> T | None:
        self._problems.extend(file.now.problems)
        if file.shown is not file.now:
            self._stale.add(path)
        return file.shown.value

    def _wrong(self, path: str, code: str, message: str, severity: Severity = "error") -> None:
        self._problems.append(Problem(path, 1, code, message, severity))


def _context(site: Site) -> str:
    """What a lesson's compiled form depends on besides its file."""
    personas = {key: asdict(persona) for key, persona in site.personas.items()}
    return sha256(f"{code_version()} {json.dumps(personas, sort_keys=True)}".encode()).hexdigest()
