"""What is set is checked at the start: a number that no request could bear is refused there, by its name."""

from pathlib import Path

import pytest

from stream.settings import Settings, SettingsError, load_settings

NUMBERS = (
    "port", "threads", "connections", "proxy_hops", "session_idle_days", "session_days", "comment_edit_minutes",
    "mail_port", "mail_cap", "statistics_floor", "backup_daily", "backup_weekly", "backup_monthly",
)  # fmt: skip


def loaded(folder: Path, **environment: str) -> Settings:
    return load_settings(environment, instance=folder / "instance", lessons=folder / "lessons")


@pytest.mark.parametrize("value", ["-1", "9" * 30, "9" * 5_000, "1.5", "many"])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_range_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"STREAM_{name.upper()}: "):
        loaded(tmp_path, **{f"STREAM_{name.upper()}": value})


def test_every_number_has_its_range() -> None:
    assert {name for name, kind in Settings.__annotations__.items() if kind is int} == set(NUMBERS)


def test_a_number_in_the_file_is_checked_as_well(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "stream.toml").write_text("port = 99999\n")
    with pytest.raises(SettingsError, match="STREAM_PORT: a whole number from 1 to 65535"):
        loaded(tmp_path)


@pytest.mark.parametrize("address", ["http://[", "https://a.example:99999", "https://a.example:x", "https://[::1"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="STREAM_PUBLIC_URL"):
        loaded(tmp_path, STREAM_PUBLIC_URL=address)


@pytest.mark.parametrize("address", ["http://[::1]:8000", "https://learn.example.org:8443/learn", "http://pi.local"])
def test_an_address_with_a_port_or_of_ipv6_is_taken(tmp_path: Path, address: str) -> None:
    assert loaded(tmp_path, STREAM_PUBLIC_URL=address).public_url == address
