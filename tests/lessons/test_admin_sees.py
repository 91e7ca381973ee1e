"""What the admin sees of lessons that readers do not, and that seeing records nothing."""

from pathlib import Path

import given
import pytest
from flask import Flask
from sqlalchemy import update

from stream.accounts.models import User
from stream.db import write


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """A member who runs the site."""
    visitor = given.Visitor(app).sign_up("boss")
    with app.app_context():
        write(lambda connection: connection.execute(update(User).values(role="admin")))
    return visitor


def test_the_admin_previews_a_draft_and_nothing_is_recorded(lessons: Path, admin: given.Visitor) -> None:
    given.lesson(lessons, "secret", 4, status="draft")
    page = admin.get("/en/lessons/secret").text
    assert "A preview: only those who write lessons see this one" in page
    assert 'id="completion"' not in page
    assert admin.post("/en/lessons/secret/complete").status_code == 404
    assert admin.standing().xp == 0


def test_a_member_does_not_see_the_draft(app: Flask, lessons: Path) -> None:
    given.lesson(lessons, "secret", 4, status="draft")
    assert given.Visitor(app).sign_up("jihoon").get("/en/lessons/secret").status_code == 404


def test_the_admin_is_told_file_and_line_of_what_is_broken(app: Flask, lessons: Path, admin: given.Visitor) -> None:
    admin.get("/en/")
    (lessons / "dials" / "02-dial.en.md").write_text("---\ntitle: x\nminutes: -1\n---\n", encoding="utf-8")
    assert "dials/02-dial.en.md:3" in admin.get("/en/").text
    assert "02-dial.en.md" not in given.Visitor(app).get("/en/").text


def test_a_tag_has_a_label_in_each_language_and_one_page(app: Flask, lessons: Path) -> None:
    site = lessons / "site.toml"
    site.write_text(site.read_text(encoding="utf-8").replace('ko = "첫걸음"', 'ko = "처음"'))
    visitor = given.Visitor(app)
    assert ">제어</a>" in visitor.get("/ko/lessons/dial").text
    assert "<h1>제어</h1>" in visitor.get("/ko/tags/control").text
    assert "<h1>control</h1>" in visitor.get("/en/tags/control").text
    assert "<h1>처음</h1>" in visitor.get("/ko/tags/l1").text
