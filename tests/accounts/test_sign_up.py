"""Signing up: an account, signed in at once, and back to where one was."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from given import PASSWORD, Visitor

from stream.accounts import service
from stream.accounts.problems import InvalidInput
from stream.clock import now


def test_who_signs_up_is_signed_in_and_back_on_the_page(visitor):
    visitor.get("/en/sign-up?next=/en/lessons/dial")
    answer = visitor.post("/en/sign-up", username="minji", password=PASSWORD, next="/en/lessons/dial#exercise")
    assert (answer.status_code, answer.location) == (303, "/en/lessons/dial#exercise")
    assert "minji" in visitor.get("/en/").text


def test_a_korean_name_may_be_had(visitor):
    visitor.sign_up("민지_Kim", language="ko")
    assert "민지_Kim" in visitor.get("/ko/").text


def test_mistakes_are_said_beside_the_field_and_the_name_is_kept(visitor):
    visitor.get("/en/sign-up")
    answer = visitor.post("/en/sign-up", username="min ji", password="short-")
    assert answer.status_code == 422
    assert 'value="min ji"' in answer.text
    assert "short-" not in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'href="#password"' in answer.text
    assert 'aria-describedby="password-hint password-error"' in answer.text


@pytest.mark.parametrize("same", ["minji", "MINJI", "ｍinji", "mlnji", " minji "])
def test_a_name_that_looks_like_a_taken_one_is_taken(member, app, same):
    other = Visitor(app)
    other.get("/en/sign-up")
    answer = other.post("/en/sign-up", username=same, password=PASSWORD)
    assert answer.status_code == 422
    assert "That name is taken" in answer.text


def test_of_many_who_want_a_name_at_once_one_gets_it(app):
    def want(_number):
        with app.app_context():
            try:
                service.sign_up(service.NewMember("minji", PASSWORD), "", now())
            except InvalidInput as error:
                return [problem.code for problem in error.problems]
            return []

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(want, range(8))) == [[]] + [["name-taken"]] * 7


def test_no_field_of_the_form_makes_an_admin(visitor, users):
    visitor.get("/en/sign-up")
    fields = {"is_admin": "1", "admin": "true", "learner_id": "x", "id": "1"}
    visitor.post("/en/sign-up", username="minji", password=PASSWORD, **fields)
    assert '"is_admin": false' in users("list", "--json").output


def test_where_registration_is_closed_there_is_no_page_and_no_link(visitor, configure):
    configure(registration="closed")
    assert "/en/sign-up" not in visitor.get("/en/sign-in").text
    assert visitor.get("/en/sign-up").status_code == 404
    assert visitor.post("/en/sign-up", username="minji", password=PASSWORD).status_code == 404


def test_sign_ups_from_one_address_are_limited_and_mistakes_do_not_count(app, configure):
    configure(address_limit="1 per hour")
    first = Visitor(app)
    first.get("/en/sign-up")
    assert first.post("/en/sign-up", username="minji", password="short").status_code == 422
    first.sign_up("minji")
    second = Visitor(app)
    second.get("/en/sign-up")
    answer = second.post("/en/sign-up", username="jisoo", password=PASSWORD)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_the_time_zone_of_the_device_becomes_the_members(visitor):
    visitor.client.set_cookie("time_zone", "Asia/Seoul")
    visitor.sign_up("minji")
    assert '<option value="Asia/Seoul" selected>' in visitor.get("/en/me/settings").text
