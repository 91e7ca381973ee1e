"""Overwrite one page of the database after the other: is it named, or harmless, and never a wrong number shown?"""

import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
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
        """Whether somebody was told something wrong and nobody could have known."""
        return bool(self.crashed) or (not self.named and bool(self.wrong or self.faults))


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


def damaged(folder: Path, members: list[MemberKeys], count: int, seed: int = 1) -> Iterator[Damage]:
    """Damage a copy of the site in `folder` so often, and look at it as members and as the admin."""
    dice, whole = random.Random(seed), (folder / "instance" / "stream.db").read_bytes()
    before = seen(folder, members[-1])
    assert {each.status for each in before.values()} == {200}
    size = int.from_bytes(whole[16:18], "big")
    for _ in range(count):
        page, kind = dice.randrange(len(whole) // size), dice.choice(KINDS)
        with tempfile.TemporaryDirectory(dir=folder) as copy:
            shutil.copytree(folder / "instance", Path(copy) / "instance")
            (Path(copy) / "lessons").symlink_to(folder / "lessons")
            (Path(copy) / "instance" / "stream.db").write_bytes(overwritten(whole, size, page, kind, dice))
            yield _examined(Path(copy), members[-1], before, page, kind)


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
    return Damage(
        page,
        kind,
        named,
        Counter(each.status for each in after.values()),
        tuple(path for path, each in after.items() if each.status == 200 and each.numbers != before[path].numbers),
        tuple(path for path, each in after.items() if each.status == 500),
        crashed,
    )


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
        found = list(damaged(Path(folder), members, count))
    bad = [each for each in found if each.is_bad]
    for each in bad:
        print(each)
    named = [each for each in found if each.named]
    print(f"{len(found)} pages: {len(named)} named, {len(found) - len(named)} harmless, {len(bad)} of both not as told")
    print(f"of the named: {sum(bool(each.wrong) for each in named)} showed a wrong number until then, "
          f"{sum(bool(each.faults) for each in named)} a fault with a reference")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
