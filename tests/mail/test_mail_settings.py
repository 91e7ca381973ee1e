"""Settings of mail: refused at the start when they cannot work, and never shown."""

import pytest

from stream.settings import Settings, SettingsError, load_settings

GOOD = {"STREAM_MAIL_HOST": "smtp.example.org", "STREAM_MAIL_FROM": "배움터 <site@example.org>"}


def loaded(**changes: str) -> Settings:
    return load_settings({**GOOD, **{f"STREAM_{name.upper()}": value for name, value in changes.items()}})


def test_a_site_has_no_mail_until_it_is_told_of_a_server():
    assert not load_settings({}).has_mail
    assert loaded().has_mail


def test_the_sender_is_taken_from_the_sites_address():
    assert loaded(mail_from="", public_url="https://learn.example.org:8443").mail_sender == (
        "Stream <noreply@learn.example.org>"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_security", "ssl"),
        ("mail_port", "0"),
        ("mail_port", "65536"),
        ("mail_host", "smtp.example.org:587"),
        ("mail_host", "smtp://smtp.example.org"),
        ("mail_from", "nobody"),
        ("mail_from", "a@example.org, b@example.org"),
        ("mail_from", "a@example.org\r\nBcc: b@example.org"),
        ("mail_from", ""),
        ("mail_user", "민지"),
    ],
)
def test_a_setting_that_cannot_work_is_named(name, value):
    with pytest.raises(SettingsError, match=f"STREAM_{name.upper()}"):
        loaded(**{name: value})


@pytest.mark.parametrize("password", ["비밀번호", "line\nbreak", "without-user"])
def test_a_password_is_never_repeated(password):
    with pytest.raises(SettingsError) as refused:
        loaded(mail_password=password)
    assert password not in str(refused.value)


def test_settings_hide_their_secrets():
    shown = repr(loaded(mail_user="site", mail_password="hunter2", secret_key="k" * 40))
    assert "hunter2" not in shown
    assert "k" * 40 not in shown
