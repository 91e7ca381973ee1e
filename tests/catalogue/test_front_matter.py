"""Every key of the front matter, right and wrong, each fault with its exact line."""

from datetime import UTC, datetime

import pytest

from stream.catalogue.frontmatter import FrontMatter, Parts, parse, split
from stream.catalogue.model import Link, Problem

PATH = "dials/01-dial.en.md"


def faults(front: str) -> list[tuple[int, str]]:
    outcome = parse(front, PATH)
    assert isinstance(outcome, tuple)
    return [(problem.line, problem.code) for problem in outcome]


def right(front: str) -> FrontMatter:
    outcome = parse(front, PATH)
    assert isinstance(outcome, FrontMatter), outcome
    return outcome


def test_a_title_is_enough():
    front = right("title: A dial")
    assert (front.title, front.status, front.minutes, front.tags) == ("A dial", "published", None, ())


def test_every_documented_key_arrives():
    front = right(
        "id: dial\ntitle: A dial\nsummary: Turn it.\nminutes: 12\ntags: [prompting, control]\nlevel: l1\n"
        "status: scheduled\npublish_at: 2026-12-01T09:00:00+09:00\naliases: [old-dial]\n"
        "links:\n  - title: Paper\n    url: https://www.arxiv.org/abs/2112.10752\n    note: Long.\n"
        "builds_on: [encoder]\n"
    )
    assert front.publish_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert front.links == (Link("Paper", "https://www.arxiv.org/abs/2112.10752", "arxiv.org", "Long."),)
    assert (front.id, front.minutes, front.level, front.status) == ("dial", 12, "l1", "scheduled")
    assert (front.tags, front.aliases, front.builds_on) == (
        ("prompting", "control"),
        ("old-dial",),
        ("encoder",),
    )
    assert (front.line("id"), front.line("builds_on")) == (2, 15)


@pytest.mark.parametrize("title", ["Yes", "1984", "2026-12-01", "3.5"])
def test_a_title_that_yaml_takes_for_something_else_stays_as_typed(title: str):
    assert right(f"title: {title}").title == title


def test_keys_with_nothing_behind_them_count_as_left_out():
    front = right("title: A dial\nsummary:\nminutes:\ntags:\nlinks:")
    assert (front.summary, front.minutes, front.tags, front.links) == ("", None, (), ())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("minutes: -1", "bad-minutes"),
        ("minutes: 0", "bad-minutes"),
        ("minutes: 601", "bad-minutes"),
        ("minutes: 2.5", "bad-minutes"),
        ("minutes: twelve", "bad-minutes"),
        ("minutes: [12]", "bad-minutes"),
        (f"minutes: {'9' * 5000}", "bad-minutes"),
        ("level: l4", "bad-level"),
        ("status: publishd", "bad-status"),
        ("status:", "bad-status"),
        ("id: Dial", "bad-key"),
        ("id: a--b", "bad-key"),
        ("id: ../secret", "bad-key"),
        (f"id: {'a' * 101}", "bad-key"),
        ("tags: [Control]", "bad-key"),
        ("tags: control", "wrong-type"),
        ("aliases: [한글]", "bad-key"),
        ("builds_on: [[dial]]", "bad-key"),
        ("publish_at: soon", "bad-date"),
        ("publish_at: 2026-13-45T09:00:00+09:00", "bad-date"),
        ("publish_at: 0001-01-01T00:00:00+09:00", "bad-date"),
        ("publish_at: 0001-01-01T00:00:00Z", "bad-date"),  # no day at all, west of Greenwich
        ("publish_at: 9999-12-31T23:59:59Z", "bad-date"),  # nor east of it
        ("publish_at: 2026-12-01T09:00:00", "naive-date"),
        ("publish_at: 2026-12-01", "naive-date"),
        ("status: scheduled", "missing-publish-at"),
        ("summary: {a: b}", "wrong-type"),
        ('summary: "\\0"', "control-character"),
        ('summary: "\\uD800"', "control-character"),
        ("summary: !!python/name:os.system x", "wrong-type"),
        ("title: Again", "repeated-key"),
        ("links: [{url: https://a.example}]", "incomplete-link"),
        ("links: [{title: A}]", "incomplete-link"),
        ("links: [{title: A, url: javascript:alert(1)}]", "bad-url"),
        ("links: [{title: A, url: 'http://['}]", "bad-url"),
        ("links: [{title: A, url: 'https://a.example', hint: B}]", "unknown-key"),
        ("links: [https://a.example]", "wrong-type"),
        ("tag: [control]", "unknown-key"),
        ("[a]: b", "unknown-key"),
        ("tags: &all [a]", "bad-yaml"),
        ("tags: *all", "bad-yaml"),
        ("tags: [[[[[[a]]]]]]", "bad-yaml"),
        ("tags: [a", "bad-yaml"),
        ("\ttags: [a]", "bad-yaml"),
        ("summary: a\x00b", "bad-yaml"),
    ],
)
def test_a_fault_is_told_with_its_line(line: str, code: str):
    (where, what) = faults(f"title: A dial\n# a comment\n{line}\n")[0]
    assert what == code
    assert where in (4, 5)  # YAML sees some faults only where the text goes on


def test_minutes_below_one_are_told_on_their_own_line():
    assert faults("title: A dial\nid: dial\nminutes: -1") == [(4, "bad-minutes")]


def test_all_faults_are_told_at_once():
    found = faults("minutes: 0\nlevel: l9\ntags: [ok, Not]\nlinks:\n  - title: A\n    url: ftp://a.example\n")
    assert found == [
        (2, "bad-minutes"),
        (3, "bad-level"),
        (4, "bad-key"),
        (7, "bad-url"),
        (1, "missing-title"),
    ]


def test_an_unknown_key_suggests_the_nearest():
    outcome = parse("title: A dial\nstatsu: draft", PATH)
    assert isinstance(outcome, tuple)
    assert "did you mean status?" in outcome[0].message


def test_front_matter_over_16_kb_is_refused():
    assert faults("title: A\nsummary: " + "a" * 17_000) == [(2, "bad-yaml")]


def test_the_body_begins_below_the_second_line_of_dashes():
    assert split("---\ntitle: A\n---\nBody\n---\n", PATH) == Parts("title: A", "Body\n---\n", 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [("# Title", "no-front-matter"), ("", "no-front-matter"), ("---\ntitle: A", "open-front-matter")],
)
def test_a_text_without_front_matter_is_told_on_line_1(text: str, code: str):
    outcome = split(text, PATH)
    assert isinstance(outcome, Problem)
    assert (outcome.line, outcome.code) == (1, code)
