"""A member's settings: language, time zone, password."""

from given import PASSWORD, Visitor

NEW = "another good passphrase"


def test_language_and_time_zone_are_kept(member):
    member.get("/en/me/settings")
    answer = member.post("/en/me/settings", language="ko", time_zone="Asia/Seoul")
    assert (answer.status_code, answer.location) == (303, "/ko/me/settings")
    assert '<option value="Asia/Seoul" selected>' in member.get("/ko/me/settings").text
    assert member.get("/").location == "/ko/"


def test_a_zone_that_was_not_chosen_is_left_to_the_device(member):
    assert "data-time-zone" in member.get("/en/me/settings").text
    member.post("/en/me/settings", language="en", time_zone="Europe/Berlin")
    assert "data-time-zone" not in member.get("/en/me/settings").text


def test_an_old_zone_name_can_be_kept(member):
    member.get("/en/me/settings")
    member.post("/en/me/settings", language="en", time_zone="UTC")
    assert '<option value="UTC" selected>' in member.get("/en/me/settings").text


def test_unknown_choices_are_refused_beside_the_field(member):
    member.get("/en/me/settings")
    answer = member.post("/en/me/settings", language="xx", time_zone="../../etc/passwd")
    assert answer.status_code == 422
    assert 'id="language-error"' in answer.text
    assert 'id="time_zone-error"' in answer.text


def test_a_new_password_signs_the_other_devices_out_and_this_one_stays(app, member):
    phone = Visitor(app).sign_in("minji")
    answer = member.post("/en/me/password", current=PASSWORD, new=NEW)
    assert (answer.status_code, answer.location) == (303, "/en/me/settings#password")
    assert member.get("/en/me/settings").status_code == 200
    assert phone.get("/en/me/settings").status_code == 303


def test_after_the_change_only_the_new_password_is_right(app, member):
    member.post("/en/me/password", current=PASSWORD, new=NEW)
    other = Visitor(app)
    other.get("/en/sign-in")
    answers = [other.post("/en/sign-in", username="minji", password=each).status_code for each in (PASSWORD, NEW)]
    assert answers == [422, 303]


def test_the_current_password_is_asked_for(member):
    member.get("/en/me/settings")
    answer = member.post("/en/me/password", current="not the password", new=NEW)
    assert answer.status_code == 422
    assert "That is not your current password." in answer.text
    assert NEW not in answer.text


def test_a_new_password_follows_the_rules(member):
    member.get("/en/me/settings")
    answer = member.post("/en/me/password", current=PASSWORD, new="short")
    assert answer.status_code == 422
    assert 'id="new-error"' in answer.text


def test_every_change_needs_the_forms_token(member):
    for place in ("settings", "password", "sessions/1/revoke", "sessions/revoke-others"):
        assert member.post(f"/en/me/{place}", csrf_token="forged").status_code == 400
    assert member.post("/en/sign-out", csrf_token="forged").status_code == 400


def test_settings_are_for_members(visitor):
    visitor.get("/en/sign-in")
    for place in ("settings", "password", "sessions/1/revoke", "sessions/revoke-others"):
        assert visitor.post(f"/en/me/{place}").location.startswith("/en/sign-in")
