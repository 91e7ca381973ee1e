"""Writing a comment: once, kept whatever happens, and refused in words."""

import re
from html import unescape

from given import Visitor

LESSON = "/en/lessons/dial"
POST = f"{LESSON}/comments"


def count_on(page: str) -> str:
    """What the heading says."""
    found = re.search(r'<span class="count">(\d+)</span>', page)
    assert found is not None
    return found[1]


def test_a_comment_is_there_for_everybody(member, visitor):
    number = member.comment("Is the **empty(빈)**을 prompt the baseline?")
    page = visitor.get(LESSON).text
    assert f'id="comment-{number}"' in page
    assert "<strong>empty(빈)</strong>을" in page
    assert count_on(page) == "1"


def test_with_htmx_the_discussion_comes_back(member):
    member.get(LESSON)
    answer = member.post(POST, htmx=True, body="Hello")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<section") or '<section id="comments"' in answer.text
    assert 'id="comment-1"' in answer.text
    assert answer.headers["Vary"].count("HX-Request") == 1


def test_sent_twice_is_there_once(member, seen):
    for _ in range(2):
        member.comment("Hello", post_id="the-same-form")
    assert len(seen(member)) == 1


def test_a_visitor_sees_the_thread_and_a_way_in_but_no_box(visitor):
    page = visitor.get(LESSON).text
    assert "No comments yet. Be the first." in page
    assert 'name="body"' not in page
    assert "/en/sign-in?next=/en/lessons/dial%23comments" in page


def test_the_empty_state_speaks_korean(visitor):
    assert "아직 댓글이 없어요. 첫 댓글을 남겨보세요." in visitor.get("/ko/lessons/dial").text


def test_an_empty_comment_is_refused_in_words(member):
    member.get(LESSON)
    answer = member.post(POST, body="  \n ")
    assert answer.status_code == 422
    assert "Write something first." in answer.text


def test_a_text_that_is_too_long_is_kept(member):
    member.get(LESSON)
    answer = member.post(POST, htmx=True, body="word " * 2100)
    assert answer.status_code == 422
    assert "10,000 characters at most" in answer.text
    assert "word word word" in answer.text
    assert answer.headers["HX-Retarget"] == "#form-new"


def test_an_ended_session_keeps_the_text_without_scripts(member, seen):
    member.get(LESSON)
    member.client.delete_cookie("session")
    page = member.post(POST, body="Kept & <safe>\nsecond line")
    assert page.status_code == 401
    kept = re.search(r'<textarea name="kept" hidden>\n(.*?)</textarea>', page.text, re.DOTALL)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    fields = {name: unescape(hidden[name]) for name in ("next", "act", "kept_for")}
    answer = member.post(
        "/en/sign-in", username="minji", password="a long enough passphrase", kept=unescape(kept[1]), **fields
    )
    assert answer.location == f"{LESSON}#comments"
    assert "Kept &amp; &lt;safe&gt;\nsecond line</textarea>" in member.get(LESSON).text
    assert seen(member) == []


def test_an_ended_session_leads_htmx_to_sign_in(member):
    member.get(LESSON)
    member.client.delete_cookie("session")
    answer = member.post(POST, htmx=True, body="Kept in the tab")
    assert answer.headers["HX-Redirect"].startswith("/en/sign-in?next=/en/lessons/dial%23comments")


def test_a_form_from_an_older_session_is_given_back_with_its_text(member):
    member.get(LESSON)
    answer = member.post(POST, body="Still here", csrf_token="stale")
    assert answer.status_code == 422
    assert "Your text is kept: send it again." in answer.text
    assert "Still here</textarea>" in answer.text
    assert member.post(POST, body="Still here").status_code == 303


def test_too_many_are_refused_with_the_text_and_a_time(member):
    member.get(LESSON)
    for number in range(6):
        assert member.post(POST, body=f"Number {number}").status_code == 303
    answer = member.post(POST, body="One too many")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert "One too many</textarea>" in answer.text


def test_what_fills_every_field_is_refused_and_told_why(member, seen):
    member.get(LESSON)
    answer = member.post(POST, body="Buy", homepage="https://example.org")
    assert answer.status_code == 422
    assert "A field that people do not see was filled in" in answer.text
    assert seen(member) == []


def test_a_program_that_posts_a_hundred_times_is_not_seen_at_all(member, visitor, moderator):
    member.get(LESSON)
    answers = [member.post(POST, body=f"Cheap {number}") for number in range(100)]
    assert "waits for a moderator" in answers[-1].text
    assert 'class="comment' not in visitor.get(LESSON).text
    assert moderator.get("/en/admin/comments").text.count("queued-") == 6


def test_a_new_member_may_put_two_links_into_a_comment(member):
    member.get(LESSON)
    two = "https://example.org/a https://example.org/b"
    assert member.post(POST, body=two).status_code == 303
    answer = member.post(POST, body=f"{two} https://example.org/c")
    assert answer.status_code == 422
    assert "at most 2 links" in answer.text
    assert "https://example.org/c</textarea>" in answer.text


def test_a_reply_says_whom_it_answers_when_that_is_a_reply_too(member, other, visitor):
    root = member.comment("Question?")
    first = other.comment("Answer.", parent=root)
    member.comment("Thanks!", parent=first)
    page = visitor.get(LESSON).text
    assert "in reply to <bdi>jun</bdi>" in re.sub(r"\s+", " ", page)
    assert page.count('class="comment reply"') == 2


def test_nobody_answers_what_was_taken_back(member, other):
    root = member.comment("Question?")
    member.post(f"/en/comments/{root}/delete")
    other.get(LESSON)
    answer = other.post(POST, body="Too late", parent=root)
    assert answer.status_code == 422
    assert "Too late</textarea>" in answer.text


def test_comments_belong_to_the_lesson_not_to_its_address(app, member, visitor, lessons):
    number = member.comment("Here to stay")
    path = lessons / "dials"
    for language in ("en", "ko"):
        old = path / f"02-dial.{language}.md"
        text = old.read_text(encoding="utf-8").replace("---\n", "---\nid: dial\naliases: [dial]\n", 1)
        (path / f"02-knob.{language}.md").write_text(text, encoding="utf-8")
        old.unlink()
    page = visitor.get("/en/lessons/knob?utm_source=x&fbclid=y").text
    assert f'id="comment-{number}"' in page
    assert visitor.get(f"/en/comments/{number}").location == f"/en/lessons/knob#comment-{number}"


def test_the_preview_shows_the_text_and_stores_nothing(member, seen):
    member.get(LESSON)
    answer = member.post(f"{POST}/preview", htmx=True, body="**bold** <b>not</b>")
    assert "<strong>bold</strong> &lt;b&gt;not&lt;/b&gt;" in answer.text
    assert member.post(POST, body="**bold**", do="preview").text.count("<strong>bold</strong>") == 1
    assert seen(member) == []


def test_a_visitors_page_is_the_same_for_every_visitor(app, member):
    member.comment("Hello")
    first, second = (Visitor(app).get(LESSON) for _ in range(2))
    assert first.data == second.data
    assert first.headers["Cache-Control"].startswith("public")
