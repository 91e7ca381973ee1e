"""Comments are filled into a template that was rendered for their kind: it is what rendering each would give."""

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from stream.comments.looks import PLACES, Look, Printed
from stream.web.kept_fragments import rendered
from stream.web.specialised import Specialised

flags = {name: st.booleans() for name, kind in Look.__annotations__.items() if kind is bool}
looks = st.builds(
    Look,
    state=st.sampled_from(["shown", "held", "hidden", "deleted"]),
    role=st.sampled_from(["member", "author", "moderator", "admin"]),
    **flags,
)
numbers = st.integers(1, 2**31 - 1).map(str)
words = st.text(max_size=20).map(escape)
printed = st.builds(Printed, *[numbers if name.endswith("id") else words for name in Printed._fields])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_comment_filled_in_is_the_comment_rendered(app, language):
    template = app.jinja_env.get_template("comments/_comment.html")
    with app.test_request_context(f"/{language}/"):
        g.language = language

        @given(looks, printed)
        def check(look: Look, comment: Printed) -> None:
            kind = Specialised(rendered(lambda: template.render(look=look, comment=PLACES)))
            assert kind.filled(comment) == rendered(lambda: template.render(look=look, comment=comment))

        check()
