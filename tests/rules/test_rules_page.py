"""The page of the rules: what changed, who would gain or lose what, and applying it with the password."""

import re

import given
import pytest

from stream.accounts.admin_acts import latest

CONFIRMED = {"confirm_password": given.PASSWORD}
ADDRESS = "/en/admin/rules"


def fingerprint(page: str) -> str:
    found = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert found is not None
    return found[1]


def rows(page: str) -> list[str]:
    """The lines of the preview, without markup."""
    table = page.partition('aria-labelledby="preview-title"><table>')[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def test_only_who_runs_the_site_sees_it(moderator, admin):
    assert [someone.get(ADDRESS).status_code for someone in (moderator, admin)] == [404, 200]
    assert moderator.post(f"{ADDRESS}/apply").status_code == 404


def test_it_shows_the_rules_in_both_languages_and_that_nothing_changed(admin, learners):
    page = admin.get(ADDRESS).text
    assert "In force: version 1" in page
    assert "Nothing has changed since." in page
    assert "First Light" in page
    assert "첫 빛" in page
    assert rows(page) == []


def test_a_change_is_told_in_words_and_previewed_on_demand_the_drops_first(admin, learners, cheaper, balances):
    cheaper()
    page = admin.get(ADDRESS).text
    assert "The rulebook has changed since it was last applied." in page
    assert "A completed lesson: 40 → 30 XP" in page
    assert rows(page) == []
    page = admin.get(f"{ADDRESS}?policy=full").text
    assert rows(page) == ["minji 80 → 60 −20 drops 0", "jun 60 → 50 −10 drops 0"]
    assert "2 would drop" in page
    assert balances() == {"minji": 80, "jun": 60, "sora": 0}


def test_up_only_lowers_nobody(admin, learners, cheaper, balances):
    cheaper()
    page = admin.get(f"{ADDRESS}?policy=up-only").text
    assert "Nothing changes for anybody." in page
    form = {"policy": "up-only", "why": "Lessons are short", "fingerprint": fingerprint(page)}
    assert admin.post(f"{ADDRESS}/apply", **form, **CONFIRMED).status_code == 303
    assert balances() == {"minji": 80, "jun": 60, "sora": 0}
    assert "Nothing has changed since." in admin.get(ADDRESS).text


def test_applying_asks_for_the_password_and_happens_once(admin, learners, cheaper, balances, corrections, app):
    cheaper()
    form = {"policy": "full", "why": "Lessons are short"}
    form["fingerprint"] = fingerprint(admin.get(f"{ADDRESS}?policy=full").text)
    assert admin.post(f"{ADDRESS}/apply", **form).status_code == 403
    assert balances()["minji"] == 80
    for _ in range(2):
        assert admin.post(f"{ADDRESS}/apply", **form, **CONFIRMED).status_code == 303
    assert balances() == {"minji": 60, "jun": 50, "sora": 0}
    assert corrections("minji") == ["rules-2"]
    with app.app_context():
        assert [(deed.actor, deed.act, deed.why) for deed in latest(9) if deed.act == "rules.changed"] == [
            ("nari", "rules.changed", "Lessons are short")
        ]
    assert "Version 2 is applied. 2 members have an entry for it." in admin.get(ADDRESS).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why": "  "}, "Say why"),
        ({"policy": "luck"}, "Choose one of these."),
        ({"fingerprint": "0" * 64}, "The rulebook was changed meanwhile."),
    ],
)
def test_what_is_missing_or_stale_is_said_and_what_was_typed_is_kept(admin, learners, cheaper, balances, wrong, said):
    cheaper()
    form = {
        "policy": "full",
        "why": "Because & so",
        "fingerprint": fingerprint(admin.get(f"{ADDRESS}?policy=full").text),
    }
    answer = admin.post(f"{ADDRESS}/apply", **{**form, **wrong}, **CONFIRMED)
    assert answer.status_code == 422
    assert said in answer.text
    assert "why" in wrong or "policy" in wrong or "Because &amp; so" in answer.text
    assert balances()["minji"] == 80


def test_a_broken_file_is_named_and_nothing_can_be_applied(admin, learners, rewrite):
    path = rewrite(("scale = 1", "scale = 0"))
    page = admin.get(f"{ADDRESS}?policy=full").text
    assert f"{path}:" in page
    assert "levels: scale must be a whole number, 1 to 1000000" in page
    assert "/admin/rules/apply" not in page
    answer = admin.post(f"{ADDRESS}/apply", policy="full", why="x", fingerprint="x", **CONFIRMED)
    assert answer.status_code == 422
