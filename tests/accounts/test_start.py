"""A limit that cannot be read stops the start, with the setting to change."""

from dataclasses import replace

import pytest
from flask import Flask

from stream.settings import SettingsError
from stream.web import limits


def test_a_limit_that_cannot_be_read_is_named(settings):
    app = Flask("broken")
    app.config["STREAM"] = replace(settings, address_limit="many")
    with pytest.raises(SettingsError, match="STREAM_ADDRESS_LIMIT"):
        limits.init_app(app)
