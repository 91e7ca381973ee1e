"""Every setting once: its name, its default and what it means. Read at the start, checked at the start.

A setting comes from the environment (`STREAM_PORT`), else from `stream.toml` in the instance folder (`port = …`), else
from its default.
"""

import os
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from email.headerregistry import Address

PREFIX = "STREAM_"
_PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
INSTANCE, LESSONS = Path("instance"), Path("lessons")
PORTS, DAYS = range(1, 65_536), range(1, 36_501)
PLACES = ("instance", "lessons", "database_url", "backups", "secret_key")  # of one machine, or kept as a file


class SettingsError(Exception):
    """A setting that cannot be used; the message says which line to change."""


def _setting(default: Any, meaning: str, *, allowed: range | None = None, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "allowed": allowed}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one running site. Folders are absolute."""

    instance: Path = _setting(INSTANCE, "folder of the database, the secret key and compiled lessons")
    lessons: Path = _setting(LESSONS, "folder of the courses")
    database_url: str = _setting("", "SQLAlchemy address of the database; empty: stream.db in the instance folder")
    secret_key: str = _setting(
        "", "signs cookies; empty: the file secret_key in the instance folder, made by init", secret=True
    )
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on", allowed=PORTS)
    threads: int = _setting(4, "requests worked on at once", allowed=range(1, 257))
    connections: int = _setting(
        1_000, "connections open at once; beyond that, those idle for longest make room", allowed=range(1, 100_001)
    )
    public_url: str = _setting(
        "", "address readers use, such as https://learn.example.org or https://example.org/learn; empty: as asked for"
    )
    trusted_hosts: tuple[str, ...] = _setting((), "host names to answer for, comma-separated; empty: any")
    proxy_hops: int = _setting(
        0, "reverse proxies in front whose X-Forwarded-* headers are believed", allowed=range(11)
    )
    time_zone: str = _setting("UTC", "IANA time zone of members who have not chosen one")
    registration: str = _setting("open", "who may sign up: open, invite (whoever has an invite) or closed")
    session_idle_days: int = _setting(30, "a session ends after so many days without a visit", allowed=DAYS)
    session_days: int = _setting(180, "a session ends after so many days in any case", allowed=DAYS)
    sign_in_limit: str = _setting("10 per 15 minutes; 40 per day", "wrong passwords for one account")
    address_limit: str = _setting("20 per hour; 100 per day", "wrong passwords and sign-ups from one address")
    act_limit: str = _setting("120 per minute", "completions and answers of one member")
    moderation: str = _setting("none", "comments that wait for a moderator: none, first (of each member) or all")
    comment_limit: str = _setting("6 per minute; 100 per day", "comments of one member")
    comment_edit_minutes: int = _setting(
        15, "for so long members may edit or take back their own comments", allowed=range(1, 525_601)
    )
    report_limit: str = _setting("5 per hour; 20 per day", "problem reports of one member or from one address")
    mail_host: str = _setting("", "SMTP server that takes the site's mail; empty: the site sends none")
    mail_port: int = _setting(587, "its port: 587 goes with starttls, 465 with tls", allowed=PORTS)
    mail_user: str = _setting("", "name to sign in with at the SMTP server; empty: without signing in")
    mail_password: str = _setting("", "password for mail_user", secret=True)
    mail_from: str = _setting("", "sender, such as Stream <noreply@example.org>; empty: noreply at public_url's host")
    mail_cap: int = _setting(
        20, "mails a day to one member; what is more waits for the next digest", allowed=range(10_001)
    )
    mail_security: str = _setting("starttls", "how the connection is encrypted: starttls, tls or none")
    statistics_floor: int = _setting(5, "statistics tell no number of fewer people than this", allowed=range(1, 10_001))
    backups: str = _setting("", "folder of backups; empty: backups in the instance folder")
    backup_daily: int = _setting(7, "of so many days, the newest backup is kept", allowed=range(1, 10_001))
    backup_weekly: int = _setting(4, "of so many weeks, the newest backup is kept", allowed=range(10_001))
    backup_monthly: int = _setting(6, "of so many months, the newest backup is kept", allowed=range(10_001))
    access_log: bool = _setting(False, "write one line for each request")

    @property
    def secure(self) -> bool:
        """Whether readers come by https."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """`public_url` without its path."""
        return self.public_url.removesuffix(self.root_path)

    @property
    def root_path(self) -> str:
        """The path of `public_url`, below which the whole site stands: empty, or such as `/learn`."""
        return urlsplit(self.public_url).path

    @property
    def has_mail(self) -> bool:
        """Whether the site sends mail."""
        return bool(self.mail_host)

    @property
    def mail_sender(self) -> str:
        """`mail_from` with the default filled in; empty when neither it nor `public_url` is set."""
        host = urlsplit(self.public_url).hostname
        return self.mail_from or (f"Stream <noreply@{host}>" if host else "")

    @property
    def backup_folder(self) -> Path:
        """`backups` with the default filled in."""
        return Path(self.backups).resolve() if self.backups else self.instance / "backups"

    @property
    def sql_url(self) -> str:
        """Address of the database with the default filled in."""
        return self.database_url or f"sqlite:///{self.instance / 'stream.db'}"


def load_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from `environ` (default: the process's), `stream.toml` and `given`, which wins. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    instance = Path(given.get("instance") or environ.get("STREAM_INSTANCE") or "instance").resolve()
    values = {**_from_file(instance / "stream.toml"), **_from_environment(environ), **given, "instance": instance}
    settings = Settings(**values)
    settings = _with(
        settings,
        lessons=settings.lessons.resolve(),
        secret_key=settings.secret_key or _kept_key(instance),
        public_url=settings.public_url.rstrip("/"),
    )
    _check(settings)
    return settings


def described() -> list[tuple[str, str, str]]:
    """(environment variable, default, meaning) of every setting."""
    return [(PREFIX + f.name.upper(), _shown(f.default), f.metadata["meaning"]) for f in fields(Settings)]


def kept_outside(environ: Mapping[str, str]) -> str:
    """The settings that `environ` makes, but for places and the key, as lines that a shell and systemd can read.

    A backup takes them along: on a new machine, nothing else would tell of them.
    """
    names = (PREFIX + f.name.upper() for f in fields(Settings) if f.name not in PLACES)
    return "".join(f"{name}={shlex.quote(environ[name])}\n" for name in names if environ.get(name))


def _shown(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _with(settings: Settings, **changes: Any) -> Settings:
    return Settings(**{f.name: changes.get(f.name, getattr(settings, f.name)) for f in fields(Settings)})


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    return {f.name: _parse(f.default, environ[name], name) for name, f in names.items() if environ.get(name)}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    known = {f.name: f for f in fields(Settings)}
    if unknown := sorted(table.keys() - known.keys()):
        raise SettingsError(f"{path}: there is no setting {unknown[0]!r}; `stream doctor --settings` lists them")
    return {name: _parse(known[name].default, value, f"{path}: {name}") for name, value in table.items()}


def _parse(default: Any, value: Any, place: str) -> Any:
    """`value` (text, or a TOML value) as the type of `default`."""
    match default:
        case bool():
            return _parse_flag(value, place)
        case int():
            return _parse_number(value, place)
        case tuple():
            items = value.split(",") if isinstance(value, str) else value
            return tuple(str(item).strip() for item in items if str(item).strip())
        case Path():
            return Path(str(value))
        case _:
            return str(value)


def _parse_flag(value: Any, place: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if str(value).lower() not in words:
        raise SettingsError(f"{place}: expected true or false, not {value!r}")
    return words[str(value).lower()]


def _parse_number(value: Any, place: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{place}: expected a whole number, not {value!r}") from None


def _kept_key(instance: Path) -> str:
    path = instance / "secret_key"
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _check(settings: Settings) -> None:
    if settings.secret_key and len(settings.secret_key) < 32:
        raise SettingsError("STREAM_SECRET_KEY: at least 32 characters; `stream init` makes one")
    if settings.public_url and not _is_address(settings.public_url):
        raise SettingsError("STREAM_PUBLIC_URL: expected https://learn.example.org or https://example.org/learn")
    if settings.registration not in ("open", "invite", "closed"):
        raise SettingsError("STREAM_REGISTRATION: open, invite or closed")
    if settings.time_zone not in available_timezones():
        raise SettingsError(f"STREAM_TIME_ZONE: {settings.time_zone!r} is not an IANA time zone such as Asia/Seoul")
    if settings.moderation not in ("none", "first", "all"):
        raise SettingsError("STREAM_MODERATION: none, first or all")
    for each in fields(Settings):
        allowed: range | None = each.metadata["allowed"]
        if allowed is not None and getattr(settings, each.name) not in allowed:
            whole = f"a whole number from {allowed[0]} to {allowed[-1]}"
            raise SettingsError(f"{PREFIX}{each.name.upper()}: {whole}")
    _check_mail(settings)


def _is_address(url: str) -> bool:
    """Whether it is a scheme, a host and a port that there can be, and nothing more than a path."""
    try:
        return bool(_PUBLIC_URL.fullmatch(url) and urlsplit(url).hostname and urlsplit(url).port != 0)
    except ValueError:
        return False


def _check_mail(settings: Settings) -> None:
    """The messages never repeat a value: one of them is a password."""
    if settings.mail_security not in ("starttls", "tls", "none"):
        raise SettingsError("STREAM_MAIL_SECURITY: starttls, tls or none")
    if not settings.has_mail:
        return
    if set(settings.mail_host) & set(" /@\t\r\n") or settings.mail_host.count(":") == 1:
        raise SettingsError("STREAM_MAIL_HOST: the server's name alone; the port goes into STREAM_MAIL_PORT")
    for name in ("mail_user", "mail_password"):  # smtplib can sign in with nothing else
        if not getattr(settings, name).isascii() or not getattr(settings, name).isprintable():
            raise SettingsError(f"{PREFIX}{name.upper()}: only letters, digits and signs of ASCII")
    if settings.mail_password and not settings.mail_user:
        raise SettingsError("STREAM_MAIL_USER: needed, as STREAM_MAIL_PASSWORD is set")
    if not settings.mail_sender:
        raise SettingsError("STREAM_MAIL_FROM: needed for mail, or set STREAM_PUBLIC_URL")
    if not mail_address(settings.mail_sender):
        raise SettingsError("STREAM_MAIL_FROM: one address such as Stream <noreply@example.org>")


def mail_address(text: str) -> "Address | None":
    """The one mail address that `text` is, with or without a name before it; None if it is anything else."""
    if not text.isprintable():
        return None
    from email.policy import default as mail_policy  # not above: 0.6 MB, which a site without mail never needs

    try:
        header: Any = mail_policy.header_factory("To", text)
    except (ValueError, IndexError):  # the parser's answers to what is far from an address
        return None
    if header.defects or len(header.addresses) != 1:
        return None
    address: Address = header.addresses[0]
    return address if address.username and address.domain and address.addr_spec.isascii() else None
