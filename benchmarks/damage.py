"""Overwrite one page of the database after the other: is it named, or harmless, and never a wrong number shown?"""

import random
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DatabaseError

from benchmarks.actors import LESSON
from benchmarks.served import MemberKeys, finished, new_site, with_members
from stream.factory import create_app
from stream.maintenance.diagnosis import diagnosis
from stream.settings import load_settings
from stream.web.content import library_of

MEMBERS = 5
ADDRESSES = ("/en/me", "/en/me/ledger", LESSON, f"{LESSON}/comments", "/en/me/notifications", "/en/achievements")
KINDS = ("noise", "zeros", "another page", "half of it")
NUMBERS = re.compile(r"([\d,]+) XP")


@dataclass(frozen=True, slots=True)
class Damage:
    """A page (from 0), how it was overwritten, and what came of it."""

    page: int
    kind: str
    named: bool  # by `stream doctor`
    answers: Counter[int] = field(default_factory=Counter)
    wrong: tuple[str, ...] = ()  # addresses that showed other numbers than before
    faults: tuple[str, ...] = ()  # addresses that answered 500
    crashed: str = ""  # what `stream doctor` died of

    @property
    def is_bad(self) -> bool:
        """Whether somebody was told something wrong, or left without words."""
        return bool(self.crashed or self.wrong or self.faults)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a member's page answered."""

    status: int
    numbers: tuple[str, ...]


def lively_site(folder: Path) -> list[MemberKeys]:
    """A new site in `folder` whose members have learned and talked; its log is empty."""
    app = new_site(folder)
    members = with_members(app, MEMBERS)
    for number, keys in enumerate(members):
        for lesson in sorted(slugs(app))[: number + 1]:
            _send(app, keys, f"/en/lessons/{lesson}/complete", event_id=f"{lesson}-done")
        for count in range(4):
            _send(app, keys, f"{LESSON}/comments", body=f"{count} " + "words " * 150, post_id=f"comment-{count}")
    finished(app)
    return members


def slugs(app: Flask) -> list[str]:
    """Every lesson's address."""
    return list(library_of(app).catalogue().by_slug)


def any_pages(folder: Path, count: int, seed: int = 1) -> list[tuple[int, str]]:
    """So many pages of the site in `folder` (from 0), each with how to overwrite it."""
    dice, database = random.Random(seed), folder / "instance" / "stream.db"
    pages = database.stat().st_size // _page_size(database.read_bytes())
    return [(dice.randrange(pages), dice.choice(KINDS)) for _ in range(count)]


def root_page(folder: Path, name: str) -> int:
    """Where a table or index begins."""
    with closing(sqlite3.connect(folder / "instance" / "stream.db")) as connection:
        [found] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return int(found) - 1


def damaged(folder: Path, members: list[MemberKeys], pages: Iterable[tuple[int, str]]) -> Iterator[Damage]:
    """Damage each page in a copy of the site in `folder`, and look at it as a member and as the admin."""
    dice, whole = random.Random(1), (folder / "instance" / "stream.db").read_bytes()
    before = seen(folder, members[-1])
    assert {each.status for each in before.values()} == {200}
    for page, kind in pages:
        with tempfile.TemporaryDirectory(dir=folder) as copy:
            shutil.copytree(folder / "instance", Path(copy) / "instance")
            (Path(copy) / "lessons").symlink_to(folder / "lessons")
            found = overwritten(whole, _page_size(whole), page, kind, dice)
            (Path(copy) / "instance" / "stream.db").write_bytes(found)
            yield _examined(Path(copy), members[-1], before, page, kind)


def _page_size(database: bytes) -> int:
    return int.from_bytes(database[16:18], "big")


def overwritten(whole: bytes, size: int, page: int, kind: str, dice: random.Random) -> bytes:
    """The file with one page damaged."""
    old = whole[page * size : (page + 1) * size]
    other = dice.randrange(len(whole) // size) * size
    new = {
        "noise": dice.randbytes(size),
        "zeros": bytes(size),
        "another page": whole[other : other + size],
        "half of it": old[: size // 2] + bytes(size // 2),
    }[kind]
    return whole[: page * size] + new + whole[(page + 1) * size :]


def _examined(folder: Path, member: MemberKeys, before: dict[str, Seen], page: int, kind: str) -> Damage:
    app = _app(folder)
    after = _answers(app, member)
    named, crashed = _doctor(app)
    with suppress(DatabaseError):
        finished(app)
    is_signed_out = after[ADDRESSES[0]].status == 303  # the session was lost: what visitors see is right for them
    return Damage(
        page,
        kind,
        named,
        Counter(each.status for each in after.values()),
        () if is_signed_out else _wrong(before, after),
        tuple(path for path, each in after.items() if each.status == 500),
        crashed,
    )


def _wrong(before: dict[str, Seen], after: dict[str, Seen]) -> tuple[str, ...]:
    return tuple(path for path, each in after.items() if each.status == 200 and each.numbers != before[path].numbers)


def seen(folder: Path, member: MemberKeys) -> dict[str, Seen]:
    """What the pages answer to a member."""
    app = _app(folder)
    found = _answers(app, member)
    finished(app)
    return found


def _answers(app: Flask, member: MemberKeys) -> dict[str, Seen]:
    client = app.test_client(use_cookies=False)
    answers = {path: client.get(path, headers={"Cookie": member.cookie}) for path in ADDRESSES}
    return {path: Seen(each.status_code, tuple(NUMBERS.findall(each.text))) for path, each in answers.items()}


def _doctor(app: Flask) -> tuple[bool, str]:
    try:
        with app.app_context():
            settings = app.config["STREAM"]
            found = list(diagnosis(settings, library_of(app), datetime.now(UTC), lambda _: None))
    except Exception as error:
        return False, f"{type(error).__name__}: {error}"
    return any(each.state == "fault" and each.name in ("database", "indexes", "schema", "ledger") for each in found), ""


def _app(folder: Path) -> Flask:
    return create_app(load_settings({}, instance=folder / "instance", lessons=folder / "lessons"))


def _send(app: Flask, keys: MemberKeys, path: str, **form: str) -> None:
    client = app.test_client(use_cookies=False)
    answer = client.post(path, data={"csrf_token": keys.token, **form}, headers={"Cookie": keys.cookie})
    assert answer.status_code == 303, answer.text


def main(count: int) -> int:
    """Run; exit code 0 only when no number was wrong and no fault without a name."""
    with tempfile.TemporaryDirectory() as folder:
        members = lively_site(Path(folder))
        found = list(damaged(Path(folder), members, any_pages(Path(folder), count)))
    bad = [each for each in found if each.is_bad]
    for each in bad:
        print(each)
    named = [each for each in found if each.named]
    named = sum(each.named for each in found)
    print(f"{len(found)} pages: {named} named by the doctor, {len(found) - named} harmless")
    print(f"{sum(bool(each.wrong) for each in found)} showed a wrong number, "
          f"{sum(bool(each.faults) for each in found)} a fault without words")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
