"""How long a search takes among many lessons: `python -m benchmarks.search [lessons]`.

Writes lessons of some hundred words in both languages, reads them once, and searches. Prints milliseconds a search, the
size of the index, and how long an edit takes to be found.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from stream.catalogue.loader import Library
from stream.search.index import SearchIndex
from stream.search.queries import Asked, search

QUERIES = ("명령", "힘", "프롬프트는 문장", "CLIP 토큰", "vector", "promp", "encoder window", "nothingsaysthis")
SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호명령중력프롬트"
ENGLISH = "vector prompt encoder window token guidance light scene seed noise image word sentence model step".split()


def main(count: int) -> None:
    """Make, read, search, edit."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_lessons(root, count, chance)
        library = Library(root / "lessons", root / "compiled")
        catalogue, seconds = timed(library.catalogue)
        print(f"{count:,} lessons in two languages, compiled in {seconds:.1f} s")
        index = SearchIndex(root / "search.db")
        asked = Asked("ko", datetime.now(UTC))
        _, seconds = timed(lambda: search(index, catalogue, "프롬프트", asked))
        size = (root / "search.db").stat().st_size
        print(f"index made in {seconds:.1f} s, {size / 1e6:.1f} MB")
        for query in QUERIES:
            found, _ = timed(lambda query=query: search(index, catalogue, query, asked))
            times = [timed(lambda query=query: search(index, catalogue, query, asked))[1] for _ in range(9)]
            print(f"  {query:<20} {found.total:>6,} lessons {1000 * median(times):8.1f} ms")
        path = next((root / "lessons").rglob("*.ko.md"))
        path.write_text(path.read_text(encoding="utf-8") + "\n두루미\n", encoding="utf-8")
        catalogue = library.catalogue()
        found, seconds = timed(lambda: search(index, catalogue, "두루미", asked))
        print(f"an edit is found after {1000 * seconds:.0f} ms of indexing ({found.total} lesson)")
        index.close()


def timed(work):  # type: ignore[no-untyped-def]
    """What the work gives, and its seconds."""
    begin = perf_counter()
    return work(), perf_counter() - begin


def write_lessons(root: Path, count: int, chance: random.Random) -> None:
    """Lesson files in courses of fifty."""
    for number in range(count):
        course = root / "lessons" / f"course-{number // 50:04}"
        if number % 50 == 0:
            course.mkdir(parents=True)
            titles = "[title]\nen = 'x'\nko = 'x'\n[summary]\nen = 'x'\nko = 'x'\n"
            (course / "course.toml").write_text(f"level = 'l1'\n{titles}", encoding="utf-8")
        for language, words in (("ko", korean(chance)), ("en", english(chance))):
            head = f"---\ntitle: Lesson {number} {next(words)}\nstatus: published\ntags: [prompting]\n---\n"
            body = "\n\n".join(" ".join(next(words) for _ in range(60)) for _ in range(5))
            path = course / f"{number % 50 + 1:02}-lesson-{number}.{language}.md"
            path.write_text(f"{head}{body}\n", encoding="utf-8")
    names = "languages = ['en', 'ko']\n[name]\nen = 'x'\nko = 'x'\n"
    (root / "lessons" / "site.toml").write_text(names, encoding="utf-8")


def korean(chance: random.Random) -> Iterator[str]:
    """Words of two to four syllables with particles."""
    while True:
        word = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))
        yield word + chance.choice(("은", "을", "에서", "", ""))


def english(chance: random.Random) -> Iterator[str]:
    """Words of a small vocabulary, and some that are rare."""
    while True:
        yield chance.choice(ENGLISH) if chance.random() < 0.5 else f"w{chance.randint(1, 20_000)}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
