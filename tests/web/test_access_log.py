"""The access log is off unless asked for, and tells nothing about anybody."""

import logging

import given
import pytest
from flask import Flask

from stream.factory import create_app
from stream.settings import Settings, load_settings


def test_nothing_is_written_by_default(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "stream.access"):
        given.Visitor(app).get("/en/")
    assert caplog.text == ""


def test_a_line_holds_neither_address_nor_query_nor_line_breaks(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    site = create_app(load_settings({}, instance=settings.instance, lessons=settings.lessons, access_log=True))
    with caplog.at_level(logging.INFO, "stream.access"):
        given.Visitor(site).get("/en/lessons/x%0d%0aforged?secret=1")
    given.close(site)
    assert "GET /en/lessons/x\\r\\nforged 404" in caplog.text
    assert "secret" not in caplog.text
    assert "127.0.0.1" not in caplog.text
