"""What a request claims about the site's own address is not believed, where nobody vouches for it."""

from dataclasses import replace

import given
import pytest
from flask import Flask
from smtp_server import SmtpServer, path_in, text_of

from stream.clock import now
from stream.factory import create_app
from stream.mail.postman import Postman
from stream.settings import Settings

EVIL = "evil.example"
CLAIMS = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Port": "666",
    "X-Forwarded-For": "6.6.6.6",
    "Forwarded": f"for=6.6.6.6;host={EVIL};proto=https",
    "X-Host": EVIL,
    "X-Real-IP": "6.6.6.6",
    "X-Original-URL": f"https://{EVIL}/en/admin/",
    "X-Rewrite-URL": "/en/admin/",
    "X-Original-Host": EVIL,
    "X-Forwarded-Scheme": "gopher",
    "X-Script-Name": f"/{EVIL}",
    "Base-URL": f"https://{EVIL}",
    "X-HTTP-Host-Override": EVIL,
}
PAGES = """
/ /en /en/ /en/lessons/dial /en/courses/dials /en/levels /en/sign-in /en/feed.xml /sitemap.xml /robots.txt /en/me
/en/nothing /en/site.webmanifest /en/lessons/dial/feed.xml /en/people/nobody /en/search?q=dial
""".split()


@pytest.mark.parametrize("claims", [CLAIMS, {"Host": EVIL}], ids=["forwarded", "host"])
def test_no_answer_repeats_what_was_claimed(settings: Settings, claims: dict[str, str]) -> None:
    """With an address of its own, not even the host that was asked for stands in what others may be shown."""
    app = create_app(replace(settings, public_url="https://learn.example.org"))
    visitor = given.Visitor(app)
    for page in PAGES:
        if "Host" in claims and page == "/en":
            continue  # led to the same host with a slash: whoever asks so, asked for it
        answer = visitor.get(page, **claims)
        said = f"{answer.text} {answer.headers}"
        assert "evil" not in said, page
        assert "6.6.6.6" not in said, page
        assert "gopher" not in said, page
    given.close(app)


def test_no_claim_changes_what_is_kept_for_others(app: Flask, visitor: given.Visitor) -> None:
    public = [page for page in PAGES if "public" in visitor.get(page).headers["Cache-Control"]]
    before = [visitor.get(page).data for page in public]
    assert len(public) > 8
    for page in public:
        visitor.get(page, **CLAIMS)
    assert [given.Visitor(app).get(page).data for page in public] == before


@pytest.mark.parametrize("hops", [0, 1])
def test_links_in_mails_lead_to_the_sites_own_address(settings: Settings, hops: int) -> None:
    with SmtpServer().listening() as server:
        mail = replace(settings, mail_host="127.0.0.1", mail_port=server.port, mail_from="a@b.example")
        app = create_app(replace(mail, mail_security="none", public_url="https://learn.example.org", proxy_hops=hops))
        app.extensions["stream.postman"].close()  # it would send in the background whenever it likes
        postman = Postman(app)
        postman.writers = app.extensions["stream.postman"].writers
        headers = {**CLAIMS, "Host": EVIL, "X-Forwarded-Proto": "https"}
        client = app.test_client()
        form = {"username": "minji", "password": given.PASSWORD}

        def post(address: str, **fields: str) -> int:
            page = client.get("/en/sign-in" if "sign" in address else "/en/me/settings", headers=headers,
                              base_url=f"https://{EVIL}")  # fmt: skip
            token = given.TOKEN.search(page.text)
            sent = {**fields, "csrf_token": token[1] if token else ""}
            return client.post(address, data=sent, headers=headers, base_url=f"https://{EVIL}").status_code

        assert post("/en/sign-up", **form) == 303
        assert post("/en/me/mail", mail="minji@example.org", mail_current=given.PASSWORD) == 303
        postman.run_once(now())
        given.close(app)
    (message,) = server.messages
    assert path_in(message, "/me/mail/confirm/")
    for words in (text_of(message), text_of(message, "html"), str(message["Message-ID"]), str(message["From"])):
        assert "evil" not in words
    assert "https://learn.example.org/en/me/mail/confirm/" in text_of(message)


def test_whoever_asks_for_another_host_is_told_apart_from_the_others(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_hosts=("learn.example.org",)))
    for host in (EVIL, f"learn.example.org.{EVIL}", f"learn.example.org@{EVIL}", "", "é.example"):
        answer = app.test_client().get("/en/", headers={"Host": host})
        assert (answer.status_code, "evil" in answer.text) == (400, False), host
    assert app.test_client().get("/en/", headers={"Host": "learn.example.org"}).status_code == 200
    given.close(app)
