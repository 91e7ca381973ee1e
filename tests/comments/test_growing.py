"""What a writer sees after a new comment is made of what was known and the comment: it is what would be read anew."""

import re

import pytest
from given import Visitor, role
from reads import reads
from test_long_threads import fill, numbers

from stream.comments.shared import SharedDiscussions

LESSON = "/en/lessons/dial"
COMMENTS = f"{LESSON}/comments"
IN_PAGE = {"HX-Request": "true"}


def shown(page: str) -> str:
    """All of the talk, but for what is new each time and the focus on a new comment."""
    return re.sub(r' autofocus|value="[^"]{20,}"', "", page)


def test_what_has_grown_is_what_would_be_read(app, member):
    other, moderator = Visitor(app).sign_up("haru"), Visitor(app).sign_up("sora")
    role(app, "sora", "moderator")

    def written(who: Visitor, body: str) -> int:
        who.get(LESSON)
        answer = who.post(COMMENTS, htmx=True, body=body)
        app.extensions["stream.discussions"] = SharedDiscussions()
        assert shown(answer.text) == shown(who.get(COMMENTS, **IN_PAGE).text)
        return max(numbers(answer.text))

    first = written(member, "The first")
    written(other, "Another, with a [link](https://example.org)")
    fourth = written(moderator, "A third")
    other.comment("An answer in between", parent=str(first))
    written(member, "A fourth")
    moderator.post(f"/en/comments/{fourth}/moderate", do="pin")
    written(other, "What is pinned stays above")
    other.post(f"/en/comments/{first}/helpful", helpful="yes")
    written(other, "From somebody who found one helpful")
    fill(app, 60, first=100)
    written(member, "More than a page")
    written(moderator, "And one more")


@pytest.mark.sqlite  # a server database lets others write meanwhile: there, all is read anew
def test_whoever_writes_reads_one_comment(app, member):
    fill(app, 40)
    member.get(LESSON)
    member.post(COMMENTS, htmx=True, body="From now on it is known")
    with reads(app) as asked:
        answer = member.post(COMMENTS, htmx=True, body="One more")
    assert len(numbers(answer.text)) == 42
    assert not [each for each in asked if "thread_id = " in each and "LIMIT" in each]
    with reads(app) as asked:
        page = Visitor(app).get(LESSON).text
    assert len(numbers(page)) == 42
    assert not [each for each in asked if "thread_id = " in each and "LIMIT" in each]
