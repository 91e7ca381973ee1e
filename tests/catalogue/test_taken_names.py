"""A file that claims another lesson's id or slug takes nothing from it, and loses nothing but that edit."""

import pytest
from lessons_folder import Folder

DIAL, SEED = "dials/01-dial.en.md", "dials/02-seed.en.md"


def shown(folder: Folder, slug: str) -> str:
    return folder.now().by_slug[slug].translation("en").document.html


def told(folder: Folder) -> list[str]:
    """What an admin reads."""
    return [f"{problem.path}:{problem.line} {problem.code}" for problem in folder.now().problems]


@pytest.fixture
def course(folder: Folder) -> Folder:
    """Two lessons that readers have seen."""
    folder.lesson(DIAL, body="Turn it.\n")
    folder.lesson(SEED, body="Plant it.\n")
    folder.now()
    return folder


@pytest.mark.parametrize(("thief", "slug", "owner", "id"), [(DIAL, "dial", SEED, "seed"), (SEED, "seed", DIAL, "dial")])
def test_an_edit_that_claims_anothers_id_is_not_shown_and_its_line_is_told(
    course: Folder, thief: str, slug: str, owner: str, id: str
):
    before = shown(course, slug)
    course.lesson(thief, f"id: {id}", body="Copied.\n")
    for _ in range(2):  # now, and after a restart
        assert shown(course, slug) == before
        assert course.now().by_id[id].slug == id
        assert course.now().by_id[slug].slug == slug
        assert told(course) == [f"{thief}:3 duplicate-id"]
        assert owner in course.now().problems[0].message
        course.restarted()


def test_without_a_cache_it_is_so_while_the_process_lives(course: Folder):
    library = type(course.library)(course.root, None, course.compiler)
    library.catalogue()
    course.lesson(DIAL, "id: seed", body="Copied.\n")
    assert {key: lesson.slug for key, lesson in library.catalogue().by_id.items()} == {"dial": "dial", "seed": "seed"}


def test_once_mended_it_shows_and_once_free_the_id_is_anybodys(course: Folder):
    course.lesson(DIAL, "id: seed", body="Copied.\n")
    course.now()
    course.lesson(DIAL, body="Mended.\n")
    assert "Mended." in shown(course, "dial")
    assert told(course) == []
    course.lesson(SEED, "id: grain", body="Plant it.\n")
    course.lesson(DIAL, "id: seed", body="By intent.\n")
    assert "By intent." in shown(course, "dial")
    assert {key: lesson.slug for key, lesson in course.now().by_id.items()} == {"seed": "dial", "grain": "seed"}


def test_a_new_lesson_that_sorts_first_takes_no_id(course: Folder):
    course.lesson("dials/00-dawn.en.md", "id: dial")
    for _ in range(2):
        assert set(course.now().by_slug) == {"dial", "seed"}
        assert told(course) == ["dials/00-dawn.en.md:3 duplicate-id"]
        course.restarted()


def test_a_new_lesson_at_the_path_of_one_that_moved_away_takes_no_id(course: Folder):
    """Its path was that of the lesson which has the id, under another slug, by now."""
    (course.root / DIAL).unlink()
    course.lesson("dials/01-knob.en.md", "id: dial", body="Turn it.\n")
    assert course.now().by_id["dial"].slug == "knob"
    course.lesson(DIAL, body="Another.\n")
    for _ in range(2):
        assert course.now().by_id["dial"].slug == "knob"
        assert told(course) == ["dials/01-dial.en.md:1 duplicate-id"]
        course.restarted()


def test_a_copied_course_takes_no_lesson_from_the_one_it_was_copied_of(course: Folder):
    course.write("a-copy/course.toml", 'level = "l1"\n[title]\nen = "Copy"\nko = "사본"\n')
    course.lesson("a-copy/01-dial.en.md", body="Copied.\n")
    course.lesson("a-copy/01-dial.ko.md", body="베꼈다.\n")
    for _ in range(2):
        assert "Turn it." in shown(course, "dial")
        assert list(course.now().by_slug["dial"].translations) == ["en"]
        assert told(course) == ["a-copy/01-dial.en.md:1 duplicate-slug"]
        course.restarted()


def test_what_the_other_language_says_of_the_id_takes_nothing(course: Folder):
    course.lesson("dials/01-dial.ko.md", "id: seed", body="돌린다.\n")
    assert {key: lesson.slug for key, lesson in course.now().by_id.items()} == {"dial": "dial", "seed": "seed"}
    assert told(course) == ["dials/01-dial.ko.md:3 languages-differ"]


def test_a_refused_claim_is_not_what_the_file_held_last(course: Folder):
    """A later fault in the same file leads back to what readers saw, not to the claim."""
    course.lesson(DIAL, "id: seed", body="Copied.\n")
    course.now()
    course.write(DIAL, "broken")
    assert "Turn it." in shown(course, "dial")
    assert "Turn it." in course.restarted().catalogue().by_id["dial"].translation("en").document.html
