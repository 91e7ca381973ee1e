"""`stream lessons`: what is wrong is named with file and line; a lesson is started from a template."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import given
import pytest
from click.testing import CliRunner, Result

from stream.cli import main
from stream.settings import Settings


@pytest.fixture
def stream(settings: Settings):  # type: ignore[no-untyped-def]
    """Runs a `stream` command on this site."""
    environment = given.environment(settings)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment)

    return run


BROKEN = {
    "bad front matter": ("---\ntitle: [x\n---\nbody\n", "02-dial.en.md:2: error"),
    "bad minutes": ("---\ntitle: x\nminutes: -1\n---\nbody\n", "02-dial.en.md:3: error"),
    "unknown directive": ("---\ntitle: x\n---\n\n:::{nope}\nbody\n:::\n", "02-dial.en.md:5: error"),
    "bad date": (
        "---\ntitle: x\nstatus: scheduled\npublish_at: soon\n---\nbody\n",
        "02-dial.en.md:4: error",
    ),
    "missing image": ("---\ntitle: x\n---\n\n![A dial](images/none.svg)\n", "02-dial.en.md:5: error"),
    "duplicate id": ("---\nid: encoder\ntitle: x\n---\nbody\n", "02-dial.en.md:2: error"),
}


def test_a_clean_folder_is_said_to_be_clean(stream) -> None:  # type: ignore[no-untyped-def]
    answer = stream("lessons", "check")
    assert (answer.exit_code, answer.stdout) == (0, "")


@pytest.mark.parametrize("case", BROKEN)
def test_file_and_line_are_named(stream, lessons: Path, case: str) -> None:  # type: ignore[no-untyped-def]
    content, said = BROKEN[case]
    (lessons / "dials" / "02-dial.en.md").write_text(content, encoding="utf-8")
    answer = stream("lessons", "check")
    assert answer.exit_code == 1
    assert f"dials/{said}" in answer.stdout


def test_a_new_lesson_is_a_draft_in_each_language_and_clean(stream, lessons: Path) -> None:  # type: ignore[no-untyped-def]
    answer = stream("lessons", "new", "dials", "negative-space")
    assert answer.exit_code == 0, answer.output
    written = sorted(path.name for path in (lessons / "dials").glob("04-*"))
    assert written == ["04-negative-space.en.md", "04-negative-space.ko.md"]
    assert stream("lessons", "check").exit_code == 0
    assert stream("lessons", "new", "dials", "negative-space").exit_code != 0


def test_every_command_answers_help(stream) -> None:  # type: ignore[no-untyped-def]
    def commands(group, path=()):  # type: ignore[no-untyped-def]
        for name, command in group.commands.items():
            yield (*path, name)
            if hasattr(command, "commands"):
                yield from commands(command, (*path, name))

    for path in commands(main):
        assert stream(*path, "--help").exit_code == 0, path


def test_why_names_what_is_missing(stream, app) -> None:  # type: ignore[no-untyped-def]
    member = given.Visitor(app).sign_up("minji")
    member.post("/en/lessons/dial/complete")
    assert "lesson.completed" in stream("ledger", "why", "minji").stdout
    answer = stream("ledger", "why", "minji", "full-circle").stdout
    assert "1/3" in answer
    assert "missing encoder" in answer
    assert stream("ledger", "why", "nobody").exit_code != 0
    assert stream("ledger", "why", "minji", "no-such").exit_code != 0


@pytest.fixture
def other_site() -> Iterator[str]:
    """A server that has one page."""

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if self.path == "/there" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_dead_link_is_reported_when_asked_for(stream, lessons: Path, other_site: str) -> None:  # type: ignore[no-untyped-def]
    links = f'[{{title: There, url: "{other_site}/there"}}, {{title: Gone, url: "{other_site}/gone"}}]'
    given.lesson(lessons, "dial", 2, links=links)
    assert stream("lessons", "check").exit_code == 0
    answer = stream("lessons", "check", "--links")
    assert answer.exit_code == 1
    assert "/gone does not answer: 404" in answer.stdout
    assert "/there" not in answer.stdout


def test_a_link_within_the_site_that_leads_nowhere_is_named_with_its_line(stream, lessons: Path) -> None:  # type: ignore[no-untyped-def]
    given.lesson(lessons, "young", 4, status="draft")
    targets = ("seeds", "/ko/lessons/encoder#why", "gone", "/en/lessons/young", "../courses/nothing", "/en/tags/none")
    body = "".join(f"\n[{number}]({target})\n" for number, target in enumerate(targets))
    given.lesson(lessons, "dial", 2, languages=("en",), body=body)
    answer = stream("lessons", "check", "--links")
    said = [line for line in answer.stdout.splitlines() if "dead-link" in line]
    assert said == [
        "dials/02-dial.en.md:12: error: gone leads nowhere: no such lesson [dead-link]",
        "dials/02-dial.en.md:14: error: /en/lessons/young leads nowhere: not published [dead-link]",
        "dials/02-dial.en.md:16: error: ../courses/nothing leads nowhere: no such course [dead-link]",
        "dials/02-dial.en.md:18: error: /en/tags/none leads nowhere: no such tag [dead-link]",
    ]


def test_links_in_the_text_are_asked_too(stream, lessons: Path, other_site: str) -> None:  # type: ignore[no-untyped-def]
    body = f"[There]({other_site}/there) and [gone]({other_site}/gone?a=1&b=2)\n"
    given.lesson(lessons, "dial", 2, body=body)
    answer = stream("lessons", "check", "--links")
    assert "/gone?a=1&b=2 does not answer: 404" in answer.stdout
    assert "02-dial.en.md:7:" in answer.stdout
    assert "asking links" in answer.stderr
