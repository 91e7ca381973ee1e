"""Somebody who runs the site."""

import given
import pytest
from flask import Flask


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """A member who runs the site and has just given the password again."""
    someone = given.Visitor(app).sign_up("boss")
    given.role(app, "boss", "admin")
    someone.get("/en/")
    return someone
