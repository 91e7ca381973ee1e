"""A file that breaks costs nobody anything: its last good revision stays, also across a restart."""

import pytest
from lessons_folder import Folder

BROKEN = [
    b"---\ntitle: [\n---\nNew\n",
    b"---\ntitle: A dial\nminutes: -1\n---\nNew\n",
    b"---\ntitle: \xff\xfe\n---\nNew\n",
    b"New\n",
    b"",
    b"---\ntitle: A dial\n---\n:::{nonsense}\nNew\n:::\n",
    b"---\ntitle: A dial\n---\n" + b"New" * 400_000,
]


def html(folder: Folder) -> str:
    return folder.now().by_slug["dial"].translation("en").document.html


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_edit_keeps_the_last_good_revision(folder: Folder, content: bytes):
    folder.lesson(body="Old.\n")
    folder.now()
    folder.write("dials/01-dial.en.md", content)
    assert "Old." in html(folder)
    assert folder.now().problems[0].path == "dials/01-dial.en.md"


@pytest.mark.parametrize("content", BROKEN)
def test_it_stays_across_a_restart(folder: Folder, content: bytes):
    folder.lesson(body="Old.\n")
    folder.now()
    folder.write("dials/01-dial.en.md", content)
    folder.restarted()
    assert "Old." in html(folder)
    assert [problem.severity for problem in folder.now().problems[:1]] == ["error"]


def test_it_stays_when_everything_must_be_compiled_again(folder: Folder):
    folder.lesson(body="Old.\n")
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    for file in folder.cache.glob("*.json"):
        file.unlink()
    folder.restarted()
    assert "Old." in html(folder)


def test_without_a_cache_it_stays_while_the_process_lives(folder: Folder):
    from_memory = type(folder.library)(folder.root, None, folder.compiler)
    folder.lesson(body="Old.\n")
    from_memory.catalogue()
    folder.write("dials/01-dial.en.md", "broken")
    assert "Old." in from_memory.catalogue().by_slug["dial"].translation("en").document.html


def test_a_mended_file_shows_and_its_problem_goes(folder: Folder):
    folder.lesson(body="Old.\n")
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    folder.now()
    folder.lesson(body="Mended.\n")
    assert "Mended." in html(folder)
    assert folder.now().problems == ()


def test_a_file_that_was_never_good_is_left_out(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "minutes: -1")
    folder.lesson("dials/02-seed.en.md")
    assert set(folder.now().by_slug) == {"seed"}


def test_a_faulty_body_is_shown_as_well_as_may_be_when_there_never_was_a_better_one(folder: Folder):
    folder.lesson(body="New.\n\n:::{nonsense}\nMore.\n:::\n")
    assert "New." in html(folder)


def test_one_broken_language_leaves_the_other_alone(folder: Folder):
    folder.lesson("dials/01-dial.en.md", body="Old.\n")
    folder.lesson("dials/01-dial.ko.md", body="옛글.\n")
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    folder.lesson("dials/01-dial.ko.md", body="새글.\n")
    assert "Old." in html(folder)
    assert "새글." in folder.now().by_slug["dial"].translation("ko").document.html


def test_what_was_wrong_in_the_revision_shown_is_not_told_of_the_file_of_now(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "builds_on: [nothing]")
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    assert [problem.code for problem in folder.now().problems] == ["no-front-matter"]


@pytest.mark.parametrize("content", [b"[title", b"\xff", b'level = "l9"', b"a = " + b"[" * 5000])
def test_a_broken_course_file_keeps_the_last_good_one(folder: Folder, content: bytes):
    folder.lesson()
    folder.now()
    folder.write("dials/course.toml", content)
    assert folder.now().courses[0].title["ko"] == "다이얼"
    assert folder.restarted().catalogue().courses[0].title["ko"] == "다이얼"
    assert folder.now().problems[0].path == "dials/course.toml"


def test_a_course_file_that_was_never_good_leaves_the_folder_name(folder: Folder):
    folder.write("seeds/course.toml", "[title")
    folder.lesson("seeds/01-seed.en.md")
    course = folder.now().course("seeds")
    assert course is not None
    assert course.title == {"en": "seeds", "ko": "seeds"}


def test_a_broken_site_file_keeps_the_last_good_one(folder: Folder):
    folder.now()
    folder.write("site.toml", "languages = [")
    assert folder.now().site.name["ko"] == "스트림"
    assert folder.restarted().catalogue().site.name["ko"] == "스트림"


def test_a_compiler_that_fails_costs_one_lesson_its_new_revision(folder: Folder):
    folder.lesson(body="Old.\n")
    folder.now()
    folder.compiler.fails = True
    folder.lesson(body="New.\n")
    assert "Old." in html(folder)
    assert [(problem.line, problem.code) for problem in folder.now().problems] == [(4, "compiler-failed")]


def test_a_last_good_revision_that_lost_its_persona_is_better_than_none(folder: Folder):
    folder.lesson(body="Old.\n\n:::{persona} pippa\nHello.\n:::\n")
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    folder.write("site.toml", 'languages = ["en", "ko"]\n[name]\nen = "S"\n')
    assert "Old." in html(folder)
