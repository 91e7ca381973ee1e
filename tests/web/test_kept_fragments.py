"""Pieces of pages that are kept: what many get alike is each one's own where it has to be."""

import re

from flask import g

from stream.web.kept_fragments import csrf_token

LESSON = "/en/lessons/dial"
POST = f"{LESSON}/comments"


def tokens_in(page: str) -> set[str]:
    return set(re.findall(r'name="csrf_token" value="([^"]*)"', page))


def comment_of(page: str, number: int) -> str:
    """The part of a page that shows one comment."""
    start = page.index(f'id="comment-{number}"')
    return page[start : page.index(f'id="after-{number}"', start)]


def test_a_form_that_others_have_seen_has_the_token_of_whoever_asks(member, other):
    for reader in (other, member, other):
        page = reader.get(LESSON).text
        [exercise] = re.findall(r'<form[^>]*action="[^"]*/exercise".*?</form>', page, re.DOTALL)
        assert tokens_in(exercise) == tokens_in(page)
        assert len(tokens_in(page)) == 1
    assert tokens_in(member.get(LESSON).text) != tokens_in(other.get(LESSON).text)


def test_the_buttons_of_a_comment_belong_to_a_form_with_the_readers_own_token(member, other):
    number = member.comment("Seen by many.")
    for address in (LESSON, f"/en/comments/{number}", POST):
        page = other.client.get(address, follow_redirects=True).text
        [button] = re.findall(r'<button[^>]*name="helpful"[^>]*>', comment_of(page, number))
        form, act, value = (re.findall(rf'{name}="([^"]*)"', button)[0] for name in (" form", "formaction", "value"))
        [named] = re.findall(rf'<form id="{form}" method="post">.*?</form>', page, re.DOTALL)
        [token] = tokens_in(named)
        sent = other.client.post(act, data={"csrf_token": token, "helpful": value})
        assert sent.status_code == 303
    assert "♥" in comment_of(other.get(LESSON).text, number)


def test_only_its_writer_may_change_it_and_only_for_a_while(member, other, visitor, wait):
    number = member.comment("Mine.")
    shown = {name: comment_of(who.get(LESSON).text, number) for name, who in
             {"member": member, "other": other, "visitor": visitor}.items()}  # fmt: skip
    assert {name: "Take it back" in text for name, text in shown.items()} == {
        "member": True, "other": False, "visitor": False}  # fmt: skip
    assert {name: "Report" in text for name, text in shown.items()} == {
        "member": False, "other": True, "visitor": False}  # fmt: skip
    wait(minutes=16)
    assert "Take it back" not in comment_of(member.get(LESSON).text, number)


def test_the_answer_to_a_comment_shows_the_ones_before_in_the_readers_language_and_form(member, other):
    first = member.comment("One.")
    member.get(LESSON)
    answer = other.post(POST, htmx=True, body="Two.").text
    assert tokens_in(comment_of(answer, first)) <= tokens_in(answer)
    assert len(tokens_in(answer)) == 1
    korean = other.get("/ko/lessons/dial").text
    assert "Reply" not in comment_of(korean, first)


def test_the_answer_to_an_act_has_the_token_of_whoever_acted(member, other):
    for reader in (member, other):
        page = reader.get(LESSON).text
        own = tokens_in(page)
        for act in ("complete", "reopen", "complete"):
            answer = reader.client.post(
                f"{LESSON}/{act}", data={"csrf_token": reader.token}, headers={"HX-Request": "true"}
            )
            assert tokens_in(answer.text) == own, (reader.username, act)


def test_each_reader_gets_their_own_token_and_each_form_an_id_of_its_own(app):
    form = app.jinja_env.from_string(
        "{% for number in range(3) %}{% call kept('form', (number,)) %}{{ csrf_token() }}|{{ new_event_id() }}\n"
        "{% endcall %}{% endfor %}"
    )
    seen, tokens = set(), set()
    for _ in range(2):
        with app.test_request_context("/en/"):
            g.language = "en"
            lines = [line.split("|") for line in form.render().splitlines()]
            assert {token for token, _ in lines} == {csrf_token()}
            tokens.add(csrf_token())
            seen.update(made for _, made in lines)
    assert (len(seen), len(tokens)) == (6, 2)
