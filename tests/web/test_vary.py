"""What an answer says it depends on."""

import pytest
from flask import Response

from stream.web.vary import depends_on


@pytest.mark.parametrize(
    ("told", "names", "vary"),
    [
        ("", ("Cookie",), "Cookie"),
        ("", ("Cookie", "HX-Request"), "Cookie, HX-Request"),
        ("Cookie", ("Cookie", "HX-Request"), "Cookie, HX-Request"),
        ("cookie,hx-request", ("Cookie",), "cookie,hx-request"),
        ("Cookie, HX-Request", ("Accept-Encoding",), "Cookie, HX-Request, Accept-Encoding"),
    ],
)
def test_each_header_is_named_once(told: str, names: tuple[str, ...], vary: str) -> None:
    for _ in range(2):
        answer = Response(headers={"Vary": told} if told else None)
        depends_on(answer, *names)
        assert {name.strip() for name in answer.headers["Vary"].split(",")} == {
            name.strip() for name in vary.split(",")
        }
        assert len(answer.headers.getlist("Vary")) == 1
