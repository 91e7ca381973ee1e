"""What the check tells: each thing that may be wrong between files, with file and line."""

from pathlib import Path

import pytest
from lessons_folder import Folder

from stream.catalogue.lint import check


def test_a_sound_folder_has_no_problems(folder: Folder):
    folder.write("dials/images/dial.svg", "<svg/>")
    folder.lesson("dials/01-dial.en.md", "tags: [a]", body="![A dial](images/dial.svg)\n")
    folder.lesson("dials/01-dial.ko.md", "tags: [a]", body="![다이얼](./images/dial.svg)\n")
    folder.lesson("dials/02-only-english.en.md", "builds_on: [dial]")
    assert folder.told() == []


def test_a_problem_reads_as_a_sentence_with_its_place(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "id: dial", "minutes: -1")
    assert str(check(folder.root)[0]) == (
        "dials/01-dial.en.md:4: error: minutes must be a whole number from 1 to 600, not '-1' [bad-minutes]"
    )


def test_faults_of_the_body_have_the_lines_of_the_file(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "tags: [a]", body="\nFine.\n\n:::{nonsense}\nText.\n:::\n")
    assert folder.told() == ["dials/01-dial.en.md:8 unknown-directive"]


def test_lines_are_right_with_windows_line_ends_and_a_byte_order_mark(folder: Folder):
    folder.write("dials/01-dial.en.md", b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\r\n:::{nonsense}\r\nText.\r\n:::\r\n")
    assert folder.told() == ["dials/01-dial.en.md:5 unknown-directive"]


def test_a_byte_that_is_not_utf_8_is_told_with_its_line(folder: Folder):
    folder.write("dials/01-dial.en.md", b"---\ntitle: A\n---\n\xff\n")
    assert folder.told() == ["dials/01-dial.en.md:4 not-utf-8"]


def test_a_missing_picture_is_told_with_its_line(folder: Folder):
    folder.lesson(body="Look:\n\n![A dial](images/dial.svg)\n")
    assert folder.told() == ["dials/01-dial.en.md:6 missing-image"]


def test_a_second_lesson_with_an_id_is_left_out_and_both_files_are_named(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "id: same")
    folder.lesson("dials/02-seed.en.md", "tags: [a]", "id: same")
    assert folder.told() == ["dials/02-seed.en.md:4 duplicate-id"]
    assert "dials/01-dial.en.md" in check(folder.root)[0].message
    assert set(folder.now().by_slug) == {"dial"}


def test_a_second_lesson_with_a_slug_is_left_out_and_both_files_are_named(folder: Folder):
    folder.lesson("dials/01-dial.en.md")
    folder.lesson("seeds/01-dial.en.md", "id: other")
    folder.write("seeds/course.toml", '[title]\nen = "Seeds"\n')
    assert folder.told() == ["seeds/01-dial.en.md:1 duplicate-slug"]
    assert "dials/01-dial.en.md" in check(folder.root)[0].message


def test_an_alias_that_is_a_slug_or_taken_is_told(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "aliases: [knob, seed]")
    folder.lesson("dials/02-seed.en.md", "id: seed", "aliases: [knob]")
    assert folder.told() == ["dials/01-dial.en.md:3 alias-taken", "dials/02-seed.en.md:4 alias-taken"]
    assert folder.now().by_alias["knob"].slug == "dial"
    assert "seed" not in folder.now().by_alias


def test_building_on_an_unknown_lesson_or_on_itself_is_told(folder: Folder):
    folder.lesson("dials/01-dial.en.md", "builds_on: [nothing, dial]")
    assert folder.told() == ["dials/01-dial.en.md:3 unknown-lesson"] * 2


@pytest.mark.parametrize(
    "line", ["id: other", "tags: [b]", "level: l1", "status: draft", "aliases: [b]", "builds_on: [seed]"]
)
def test_languages_that_disagree_about_the_lesson_are_warned_of(folder: Folder, line: str):
    folder.lesson("dials/02-seed.en.md")
    folder.lesson("dials/01-dial.en.md")
    folder.lesson("dials/01-dial.ko.md", "minutes: 3", line)
    assert folder.told() == ["dials/01-dial.ko.md:4 languages-differ"]
    assert check(folder.root)[0].severity == "warning"
    assert folder.now().by_slug["dial"].status == "published"


def test_exercises_that_only_one_language_has_are_warned_of(folder: Folder):
    exercise = ":::{exercise} text\n:id: first\nWrite.\n:::\n"
    folder.lesson("dials/01-dial.en.md", body=exercise)
    folder.lesson("dials/01-dial.ko.md", body=f"글.\n\n{exercise.replace('first', 'other')}")
    assert folder.told() == [
        "dials/01-dial.ko.md:1 exercises-differ",
        "dials/01-dial.ko.md:6 exercises-differ",
    ]


@pytest.mark.parametrize("name", ["1-Dial.en.md", "dial.en.md", "01-dial.md", "01-dial.en.fr.md", "01_dial.en.md"])
def test_a_file_name_of_another_shape_is_told(folder: Folder, name: str):
    folder.lesson(f"dials/{name}")
    assert folder.told() == [f"dials/{name}:1 bad-file-name"]


def test_a_file_name_that_is_not_utf_8_can_be_told(folder: Folder):
    folder.lesson("dials/01-\udcff.en.md")
    assert folder.told()[0].encode() == b"'dials/01-\\udcff.en.md':1 bad-file-name"


def test_a_language_that_the_site_does_not_have_is_told(folder: Folder):
    folder.lesson("dials/01-dial.fr.md")
    assert folder.told() == ["dials/01-dial.fr.md:1 unknown-language"]


def test_a_course_folder_with_a_bad_name_is_told(folder: Folder):
    folder.lesson("My Course/01-dial.en.md")
    assert folder.told() == ["My Course:1 bad-course-name"]


def test_a_course_without_its_file_is_warned_of(folder: Folder):
    folder.lesson("seeds/01-seed.en.md")
    assert folder.told() == ["seeds/course.toml:1 missing-course"]
    assert folder.now().courses[1].title["en"] == "seeds"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('languages = ["en"]\n[name\n', 2, "bad-toml"),
        ('languages = "en"\n', 1, "bad-languages"),
        ('# first\nlanguages = ["../en"]\n', 2, "bad-languages"),
        ('languages = ["en", "zz"]\n', 1, "bad-languages"),
        ('languages = ["xx-Unknown"]\n', 1, "bad-languages"),
        ('languages = ["en", "EN"]\n', 1, "bad-languages"),
        ('languages = ["en"]\nname = "Stream"\n', 2, "wrong-type"),
        ('languages = ["en"]\n[name]\nen = "St\\u0000ream"\n', 2, "control-character"),
        ('languages = ["en"]\n[personas.pippa]\naccent = "pink"\n', 3, "bad-accent"),
        ('languages = ["en"]\n\n[personas.Pippa]\n', 3, "bad-key"),
        ('languages = ["en"]\n[personas]\npippa = "Pippa"\n', 2, "wrong-type"),
        ('languages = ["en"]\ntheme = "dark"\n', 2, "unknown-key"),
    ],
)
def test_a_fault_of_the_site_file_is_told_with_its_line(folder: Folder, text: str, line: int, code: str):
    folder.write("site.toml", text)
    assert folder.told() == [f"site.toml:{line} {code}"]


def test_a_missing_site_file_is_warned_of(folder: Folder):
    (folder.root / "site.toml").unlink()
    assert folder.told() == ["site.toml:1 missing-site"]


def test_the_check_ignores_last_good_revisions(folder: Folder):
    folder.lesson()
    folder.now()
    folder.write("dials/01-dial.en.md", "broken")
    assert folder.told() == ["dials/01-dial.en.md:1 no-front-matter"]
    assert folder.restarted().catalogue().by_slug["dial"]


def test_problems_stand_in_the_order_of_path_and_line(folder: Folder):
    folder.lesson("dials/02-b.en.md", "builds_on: [x]", "minutes: 0")
    folder.lesson("dials/01-a.en.md", "minutes: 0", "level: l9")
    assert folder.told() == [
        "dials/01-a.en.md:3 bad-minutes",
        "dials/01-a.en.md:4 bad-level",
        "dials/02-b.en.md:4 bad-minutes",
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    assert [problem.code for problem in check(tmp_path / "nowhere")] == ["no-folder"]
