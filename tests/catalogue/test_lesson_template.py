"""`stream lessons new`: a draft that needs no mending."""

import pytest
from lessons_folder import Folder

from stream.catalogue.template import LessonExists, new_lesson


def test_a_new_lesson_is_a_sound_draft_in_each_language(folder: Folder):
    paths = new_lesson(folder.root, "dials", "first-turn", ["en", "ko"])
    assert [path.name for path in paths] == ["01-first-turn.en.md", "01-first-turn.ko.md"]
    assert folder.told() == []
    lesson = folder.now().by_slug["first-turn"]
    assert (lesson.id, lesson.status, sorted(lesson.translations)) == ("first-turn", "draft", ["en", "ko"])
    assert lesson.exercise_keys() == {"first-check"}


def test_it_speaks_with_the_first_persona_of_the_site(folder: Folder):
    (path,) = new_lesson(folder.root, "dials", "first-turn", ["en"])
    assert ":::{persona} pippa\n" in path.read_text(encoding="utf-8")


def test_without_personas_it_is_sound_too(folder: Folder):
    folder.write("site.toml", 'languages = ["en"]\n[name]\nen = "S"\n')
    new_lesson(folder.root, "dials", "first-turn", ["en"])
    assert folder.told() == []


def test_it_gets_the_next_number_of_its_course(folder: Folder):
    folder.lesson("dials/07-seed.en.md")
    folder.lesson("other/30-else.en.md")
    assert new_lesson(folder.root, "dials", "dial", ["en"])[0].name == "08-dial.en.md"


def test_a_slug_that_is_taken_is_refused(folder: Folder):
    folder.lesson("other/01-dial.ko.md")
    with pytest.raises(LessonExists, match=r"other/01-dial\.ko\.md"):
        new_lesson(folder.root, "dials", "dial", ["en"])


@pytest.mark.parametrize(
    ("course", "slug"),
    [("dials", "../up"), ("dials", "Dial"), ("..", "dial"), ("nowhere", "dial"), ("/", "dial")],
)
def test_names_that_are_no_slugs_or_courses_are_refused(folder: Folder, course: str, slug: str):
    with pytest.raises(ValueError, match=r"slug|course"):
        new_lesson(folder.root, course, slug, ["en"])
