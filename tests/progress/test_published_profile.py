"""A published profile: none until its member says so, then what was chosen, and none again once it is taken back."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import given
import pytest
from flask import Flask
from given import PASSWORD, Visitor
from reads import number_of_reads
from sqlalchemy import select, update

from stream import accounts, clock
from stream.accounts.models import User
from stream.accounts.service import block_member, unblock_member
from stream.db import reading, write

PROFILE = "/en/people/minji"
LESSON = "/en/lessons/dial"
MAIL = "minji.kim@example.org"
EVERYTHING = ("xp", "achievements", "rhythm")
PERSON = re.compile(r'<article id="person".*?</article>', re.DOTALL)
TOKENS = re.compile(r'value="[^"]{60,}"')


def publish(member: Visitor, *parts: str, do: str = "publish") -> str:
    """Send the form with these parts ticked; where that leads."""
    member.get("/en/me/settings")
    answer = member.post("/en/me/published", do=do, **dict.fromkeys(parts, "on"))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def switch_off(someone: Visitor, *kept: str) -> None:
    """Show this member nothing of the game but what is kept."""
    someone.get("/en/me/settings")
    assert someone.post("/en/me/shown", **dict.fromkeys(kept, "on")).status_code == 303


def learn(member: Visitor) -> None:
    """Leave something everywhere where one can."""
    member.get(LESSON)
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="a rare answer", do="attempt")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    member.post(f"{LESSON}/note", note="a rare note", version=0)
    member.post("/en/report", lesson="dial", category="typo", body="a rare report", contact=MAIL)
    member.comment("a rare comment")


def change(app: Flask, **values: Any) -> None:
    """Change what the site keeps of minji."""
    with app.app_context():
        write(lambda connection: connection.execute(update(User).where(User.username == "minji").values(values)))


def kept(app: Flask) -> dict[str, Any]:
    """What the site keeps of minji."""
    with app.app_context(), reading() as connection:
        return dict(connection.execute(select(User.__table__).where(User.username == "minji")).mappings().one())


def person(page: str) -> str:
    """The profile on a page."""
    found = PERSON.search(page)
    assert found is not None
    return found[0]


def parts_on(page: str) -> set[str]:
    """Which parts of the game a profile shows."""
    text = person(page)
    signs = {"xp": r"\bXP\b|Spark", "achievements": "First Light|Achievements", "rhythm": "The year|<svg class=.heat"}
    return {part for part, sign in signs.items() if re.search(sign, text)}


@pytest.fixture
def published(member: Visitor) -> Visitor:
    """A member who has learned, and published all of it."""
    learn(member)
    publish(member, *EVERYTHING)
    return member


# Private by default


def test_unless_it_is_published_there_is_no_such_page_for_anybody(app, member, other, moderator, visitor):
    learn(member)
    admin = Visitor(app).sign_up("sora")
    given.role(app, "sora", "admin")
    for someone in (visitor, other, moderator, admin, member):
        for language in ("en", "ko"):
            assert someone.get(f"/{language}/people/minji").status_code == 404


def test_the_answer_does_not_tell_whether_somebody_is_called_so(member, other, visitor):
    for someone in (visitor, other):
        private, unknown = (someone.get(f"/en/people/{name}") for name in ("minji", "nobody-at-all"))
        same = (
            TOKENS.sub("", page.text).replace(name, "")
            for page, name in ((private, "minji"), (unknown, "nobody-at-all"))
        )
        assert len(set(same)) == 1
        assert dict(private.headers) | {"Content-Length": ""} == dict(unknown.headers) | {"Content-Length": ""}


@pytest.mark.parametrize(
    "name",
    ["nobody", "MINJI0", "mınji", "min ji", "minji%00", "%00", "%ff", "%2e%2e", "..", ".", "%20", "minji%0a", "💧",
     "minji%20", "%E2%80%AEminji", "mi%E2%80%8Bnji", "%ED%A0%80", "'--", "%25", "x" * 3000, "𝗺𝗶𝗻𝗷𝗶", "rninji"],
)  # fmt: skip
def test_unknown_and_odd_names_are_no_page(published, visitor, name):
    assert visitor.get(f"/en/people/{name}").status_code in (404, 308)
    assert visitor.client.get(f"/en/people/{name}", follow_redirects=True).status_code == 404


# Published


def test_everybody_sees_it_in_both_languages(published, other, moderator, visitor):
    for someone in (visitor, other, moderator, published):
        page = someone.get(PROFILE).text
        assert '<h1 id="person-name"><bdi>minji</bdi></h1>' in page
        assert "First Light" in page
        assert "dial in en" in person(page)
        korean = someone.get("/ko/people/minji").text
        assert "첫 빛" in korean
        assert "dial in ko" in person(korean)


def test_its_numbers_are_those_of_the_ledger(published, visitor):
    page = person(visitor.get(PROFILE).text)
    assert f"<dt>XP</dt><dd>{published.standing().xp}</dd>" in page
    assert "<dd>1<small>/3</small></dd>" in page
    assert page.count('<li class="award">') == len(published.standing().achievements)
    assert '<ul class="dots" aria-hidden="true"><li></li><li class="on"></li><li></li></ul>' in page


def test_moderators_see_not_a_byte_more(app, published, moderator, visitor):
    assert person(moderator.get(PROFILE).text) == person(visitor.get(PROFILE).text)


def test_all_visitors_get_the_same_bytes_and_no_cookie(app, published, visitor):
    first = visitor.client.get(PROFILE)
    elsewhere = app.test_client()
    elsewhere.set_cookie("time_zone", "Pacific/Kiritimati")
    second = elsewhere.get(PROFILE, headers={"Accept-Language": "ko", "User-Agent": "x"})
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in first.headers
    assert "csrf_token" not in first.text


def test_whoever_kept_a_copy_asks_again_and_learns_that_it_is_gone(published, visitor):
    tag = visitor.get(PROFILE).headers["ETag"]
    assert visitor.get(PROFILE, **{"If-None-Match": tag}).status_code == 304
    publish(published, do="take-back")
    assert visitor.get(PROFILE, **{"If-None-Match": tag}).status_code == 404


def test_search_engines_are_asked_to_leave_it_out(published, visitor):
    assert '<meta name="robots" content="noindex">' in visitor.get(PROFILE).text


def test_capital_letters_lead_to_the_one_address(published, visitor):
    answer = visitor.get("/en/people/MinJi")
    assert (answer.status_code, answer.location) == (303, PROFILE)
    publish(published, do="take-back")
    assert visitor.get("/en/people/MinJi").status_code == 404


def test_a_korean_name_is_an_address_too(app, visitor):
    publish(Visitor(app).sign_up("민지", "ko"))
    assert "<bdi>민지</bdi>" in visitor.get("/ko/people/민지").text
    taken_apart = visitor.get(f"/ko/people/{unicodedata.normalize('NFD', '민지')}")
    assert taken_apart.location == f"/ko/people/{quote('민지')}"


def test_who_has_done_nothing_yet_has_a_page_all_the_same(member, visitor):
    publish(member, *EVERYTHING)
    page = person(visitor.get(PROFILE).text)
    assert "No lesson yet." in page
    assert "None yet." in page


# What is on it


@pytest.mark.parametrize("parts", [(), ("xp",), ("achievements",), ("rhythm",), ("xp", "rhythm"), EVERYTHING])
def test_only_the_parts_that_were_chosen_are_on_it(member, visitor, parts):
    learn(member)
    publish(member, *parts)
    assert parts_on(visitor.get(PROFILE).text) == set(parts)


def test_the_days_are_not_among_what_is_ticked_at_first(member):
    form = re.search(r'<section class="sheet" id="publish".*?</section>', member.get("/en/me/settings").text, re.DOTALL)
    assert form is not None
    assert re.findall(r'name="(\w+)" checked', form[0]) == ["xp", "achievements"]


@pytest.mark.parametrize("off", EVERYTHING)
def test_what_is_switched_off_never_shows(published, other, visitor, off):
    switch_off(published, *(part for part in EVERYTHING if part != off))
    for someone in (visitor, other, published):
        assert off not in parts_on(someone.get(PROFILE).text)
    switch_off(published, *EVERYTHING)
    assert parts_on(visitor.get(PROFILE).text) == set(EVERYTHING)


def test_who_has_switched_something_off_does_not_see_it_of_others_either(published, other):
    switch_off(other, "achievements")
    assert parts_on(other.get(PROFILE).text) == {"achievements"}


def test_nothing_personal_and_no_single_entry_is_on_it(app, published, other, visitor):
    other.comment("@minji")
    change(app, mail=MAIL, time_zone="Pacific/Kiritimati", weekly_goal=3)
    row = kept(app)
    for someone in (visitor, other):
        page = person(someone.get(PROFILE).text)
        for word in ("rare", MAIL, "Kiritimati", "jun", "goal", "Tried", "Passed the", "report", row["learner_id"]):
            assert word not in page, word
        assert re.findall(r'datetime="[^"]*[T:][^"]*"', page) == []  # days and months, never an instant


def test_days_are_those_of_the_site_and_do_not_tell_where_somebody_lives(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 31, 12, tzinfo=UTC))
    member = Visitor(app).sign_up("minji")
    change(app, time_zone="Pacific/Kiritimati")  # where it is November already
    member.post(f"{LESSON}/complete")
    publish(member, "achievements")
    page = person(visitor.get(PROFILE).text)
    assert re.findall(r'datetime="([^"]+)"', page) == ["2026-10", "2026-10-31"]


def test_lessons_that_are_not_listed_now_are_not_named(app, lessons, published, visitor):
    for path in lessons.rglob("*dial.*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("published", "draft"), encoding="utf-8")
    page = person(visitor.get(PROFILE).text)
    assert "dial in en" not in page
    assert "No lesson yet." in page


def test_a_longer_history_takes_no_more_queries(app: Flask, published: Visitor, visitor: Visitor) -> None:
    few = number_of_reads(app, visitor, PROFILE)
    for slug in ("encoder", "seeds"):
        published.post(f"/en/lessons/{slug}/complete")
    assert number_of_reads(app, visitor, PROFILE) == few


# The form and the preview


def test_the_preview_is_exactly_what_others_will_see(member, visitor):
    learn(member)
    for parts in (("xp",), ("achievements", "rhythm"), ()):
        address = publish(member, *parts, do="preview")
        assert visitor.get(PROFILE).status_code == 404
        previewed = person(member.get(address).text)
        publish(member, *parts)
        assert previewed == person(visitor.get(PROFILE).text)
        publish(member, do="take-back")


def test_a_preview_changes_nothing(app, member):
    before = kept(app)
    address = publish(member, "rhythm", do="preview")
    assert "Preview" in member.get(address).text
    assert kept(app) == before


def test_from_the_preview_it_is_published_as_it_was_shown(member, visitor):
    learn(member)
    page = member.get(publish(member, "xp", "rhythm", do="preview")).text
    form = re.search(r'<form class="row".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(on)">', form[0]))
    member.post("/en/me/published", do="publish", **fields)
    assert parts_on(visitor.get(PROFILE).text) == {"xp", "rhythm"}


def test_taken_back_it_is_gone_at_once_and_the_choice_is_remembered(published, visitor):
    publish(published, do="take-back")
    assert visitor.get(PROFILE).status_code == 404
    assert published.get("/en/me/settings").text.count(" checked><span>") == 6


def test_publishing_touches_nothing_else(app, member, visitor):
    before = kept(app)
    publish(member, "xp")
    publish(member, do="take-back")
    assert kept(app) == before | {"publishes": "xp", "own_version": before["own_version"] + 2}
    visitor.get("/en/sign-in")
    assert visitor.post("/en/sign-in", username="minji", password=PASSWORD).status_code == 303


def test_publishing_again_keeps_the_day_on_which_it_was_first_seen(app, published):
    first = kept(app)["published_at"]
    publish(published, "xp")
    assert (kept(app)["published_at"], kept(app)["publishes"]) == (first, "xp")


def test_the_form_takes_a_member_and_a_known_wish(member, visitor):
    member.get("/en/me/settings")
    assert member.post("/en/me/published", do="something").status_code == 400
    visitor.get("/en/sign-in")
    assert visitor.post("/en/me/published", do="publish").location.startswith("/en/sign-in")
    assert visitor.get("/en/me/profile").location.startswith("/en/sign-in")


def test_parts_that_do_not_exist_are_not_kept(app, member):
    publish(member, "xp", "mail", "role")
    assert kept(app)["publishes"] == "xp"
    assert member.get("/en/me/profile?parts=mail+%00+notes").status_code == 200


def test_ones_own_page_says_whether_there_is_a_profile(member):
    page = member.get("/en/me").text
    assert '<a href="/en/me/settings#publish">Your profile is not published</a>' in page
    publish(member)
    page = member.get("/en/me").text
    assert "Only you see this page." in page
    assert '<a href="/en/people/minji">Your published profile</a>' in page


def test_the_settings_say_so_too(member):
    assert "Nobody but you sees what you have done here." in member.get("/en/me/settings").text
    publish(member)
    assert 'href="/en/people/minji"' in member.get("/en/me/settings").text


# Leaving, being blocked, taking along


def test_who_is_blocked_has_no_profile_until_they_are_not(app, published, moderator, visitor):
    learner_id = kept(app)["learner_id"]
    with app.app_context():
        write(lambda connection: block_member(connection, "x", learner_id, "rude", clock.now()))
    for someone in (visitor, moderator, published):
        assert someone.get(PROFILE).status_code == 404
    assert "While you are blocked, nobody sees your profile." in published.get("/en/me/settings").text
    assert 'href="/en/people/minji"' not in published.get("/en/me").text + visitor.get(LESSON).text
    with app.app_context():
        write(lambda connection: unblock_member(connection, "x", learner_id, "", clock.now()))
    assert visitor.get(PROFILE).status_code == 200


def test_who_has_left_has_none_and_the_next_of_that_name_none_either(app, published, visitor):
    published.get("/en/me/leave")
    published.post("/en/me/leave", typed_name="minji", leave_password=PASSWORD, comments="keep")
    assert visitor.get(PROFILE).status_code == 404
    Visitor(app).sign_up("minji")
    assert visitor.get(PROFILE).status_code == 404


def test_the_choice_can_be_taken_along(app, published):
    with app.test_request_context("/en/"):
        taken = accounts.takeout.sections_of(kept(app)["id"], kept(app)["learner_id"])
    profile = taken["account"]["profile"]
    assert profile["publishes"] == "xp achievements rhythm"
    assert profile["published_at"] is not None


# Comments


def test_the_name_at_a_comment_leads_to_the_profile_while_there_is_one(member, visitor):
    learn(member)
    link = '<a href="/en/people/minji"><bdi>minji</bdi></a>'
    assert link not in visitor.get(LESSON).text
    publish(member)
    assert link in visitor.get(LESSON).text
    publish(member, do="take-back")
    assert link not in visitor.get(LESSON).text


def test_the_link_takes_no_query(app: Flask, member: Visitor, visitor: Visitor) -> None:
    learn(member)
    visitor.get(LESSON)  # kept: from now on it is asked first whether that still holds
    member.comment("Something new.")
    member.comment("An answer: the talk is read anew.", parent="1")
    before = number_of_reads(app, visitor, LESSON)
    publish(member, *EVERYTHING)
    assert number_of_reads(app, visitor, LESSON) == before
