"""`stream lessons check` and `stream lessons new`. Need the lessons folder, and no site around it."""

import json
import sys
from dataclasses import asdict

import click

from stream.catalogue.lint import check as problems_in
from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue, Problem
from stream.catalogue.template import LessonExists, new_lesson
from stream.clock import now
from stream.lessons.link_check import answers, dead_ends, dead_links, links_in
from stream.settings import load_settings


@click.group()
def lessons() -> None:
    """The lessons folder: check it, start a lesson."""


@lessons.command()
@click.option("--json", "as_json", is_flag=True, help="Problems as a JSON list.")
@click.option("--links", is_flag=True, help="Follow every link too (goes to the network).")
def check(as_json: bool, links: bool) -> None:
    """Name file and line of everything an author should mend; exit code 1 when there is an error."""
    folder = load_settings().lessons
    problems = list(problems_in(folder))
    if links:
        problems += _dead(Library(folder).catalogue())
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    if not as_json:
        click.echo(f"{errors} errors, {len(problems) - errors} warnings", err=True)
    if errors:
        sys.exit(1)


def _dead(catalogue: Catalogue) -> list[Problem]:
    """Links that lead nowhere, each address asked once."""
    links = links_in(catalogue)
    urls = sorted({link.url for link in links if link.is_external})
    with click.progressbar(answers(urls), length=len(urls), label="asking links", file=sys.stderr) as asked:
        said = dict(asked)
    return [*dead_ends(links, catalogue, now()), *dead_links(links, said)]


@lessons.command()
@click.argument("course")
@click.argument("slug")
@click.option("--language", "languages", multiple=True, help="One file for each; default: the site's languages.")
def new(course: str, slug: str, languages: tuple[str, ...]) -> None:
    """Start the lesson SLUG in COURSE from a template, as a draft."""
    folder = load_settings().lessons
    chosen = languages or Library(folder).catalogue().site.languages
    try:
        paths = new_lesson(folder, course, slug, chosen)
    except (LessonExists, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(path)
