"""From the queue through a real SMTP server: once, later, or never, and always with the server's own words."""

import logging
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mail_site import AT, SUBJECT, MailSite
from smtp_server import SmtpServer

from stream import mail
from stream.db import write
from stream.mail.queue import claim

pytestmark = pytest.mark.filterwarnings(
    "ignore:Requiring AUTH while not requiring TLS:UserWarning"  # aiosmtpd's advice to servers; here it is a loopback
)
PASSWORD = "correct-horse-battery"
MINUTE = timedelta(minutes=1)


def test_a_mail_arrives_once_with_both_parts(site: MailSite, listening: SmtpServer) -> None:
    site.enqueue()
    assert (site.run(), site.run()) == (1, 0)
    [message], [envelope] = listening.messages, listening.envelopes
    assert (message["Subject"], message["To"], message["From"]) == (
        SUBJECT, "minji@example.org", "배움터 <site@example.org>",
    )  # fmt: skip
    assert (envelope.mail_from, envelope.rcpt_tos) == ("site@example.org", ["minji@example.org"])
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Message-ID"] == f"<{site.mails()[0].message_id}@example.org>"
    assert site.log() == [("sent", "250 taken as number 1")]


def test_a_line_that_is_a_single_dot_arrives(site: MailSite, listening: SmtpServer) -> None:
    site.enqueue()
    site.run()
    body = listening.messages[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["안녕하세요.", "", ".", "Bye"]


def test_a_rude_farewell_does_not_send_the_mail_twice(site: MailSite, listening: SmtpServer) -> None:
    listening.farewell = "554 good riddance"
    site.enqueue()
    site.run()
    assert site.states() == ["sent"]


def test_all_that_is_due_goes_in_one_round(site: MailSite, listening: SmtpServer) -> None:
    for number in range(5):
        site.enqueue(f"reply:{number}")
    assert site.run() == 5
    assert len(listening.messages) == 5


def test_a_busy_server_gets_the_mail_later(site: MailSite, listening: SmtpServer) -> None:
    listening.answers.append("451 4.7.1 greylisted, come again")
    site.enqueue()
    site.run()
    assert (site.run(), len(listening.messages)) == (0, 0)
    assert site.run(AT + MINUTE) == 1
    assert len(listening.messages) == 1
    assert site.log() == [("deferred", "451 4.7.1 greylisted, come again"), ("sent", "250 taken as number 1")]


def test_an_unknown_recipient_is_not_tried_again(site: MailSite, listening: SmtpServer) -> None:
    listening.answers.append("550 5.1.1 no such mailbox here")
    site.enqueue()
    site.run()
    assert site.states() == ["failed"]
    assert site.log() == [("failed", "550 5.1.1 no such mailbox here")]


@pytest.mark.parametrize(("answer", "state"), [("554 looks like spam", "failed"), ("452 disk full", "waiting")])
def test_a_refused_message_is_settled_by_its_code(
    site: MailSite, listening: SmtpServer, answer: str, state: str
) -> None:
    listening.data_answers.append(answer)
    site.enqueue()
    site.run()
    assert site.states() == [state]
    assert site.log()[0][1] == answer


def test_one_refused_mail_does_not_stop_the_next(site: MailSite, listening: SmtpServer) -> None:
    listening.answers.append("550 no")
    site.enqueue("a")
    site.enqueue("b")
    site.run()
    assert site.states() == ["failed", "sent"]


def test_a_server_that_is_down_gets_the_mail_later(site: MailSite, server: SmtpServer) -> None:
    site.enqueue()
    site.run()
    assert site.states() == ["waiting"]
    assert site.log()[0][0] == "deferred"
    assert "refused" in site.log()[0][1].lower()
    with server.listening():
        site.run(AT + MINUTE)
    assert site.states() == ["sent"]


def test_a_wrong_password_is_told_in_the_servers_words_only(
    site: MailSite, server: SmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    site.setting(mail_user="site", mail_password=PASSWORD)
    site.enqueue()
    with server.listening(authenticator=server.refuse, auth_required=True, auth_require_tls=False):
        site.run()
    assert site.log() == [("deferred", "535 5.7.8 who are you?")]
    assert server.logins[0].password == PASSWORD.encode()
    assert PASSWORD not in caplog.text + repr(site.app.config["STREAM"])


def test_a_server_that_repeats_the_password_does_not_get_it_into_the_log(site: MailSite, server: SmtpServer) -> None:
    site.setting(mail_user="site", mail_password=PASSWORD)
    server.answers.append(f"450 you said {PASSWORD}")
    site.enqueue()
    with server.listening(authenticator=server.admit, auth_required=True, auth_require_tls=False):
        site.run()
    assert site.log() == [("deferred", "450 you said …")]


def test_with_the_right_password_mail_goes_out(site: MailSite, server: SmtpServer) -> None:
    site.setting(mail_user="site", mail_password=PASSWORD)
    site.enqueue()
    with server.listening(authenticator=server.admit, auth_required=True, auth_require_tls=False):
        site.run()
    assert site.states() == ["sent"]


def test_a_server_without_starttls_is_not_trusted_with_mail(site: MailSite, listening: SmtpServer) -> None:
    site.setting(mail_security="starttls")
    site.enqueue()
    site.run()
    assert (site.states(), listening.messages) == (["waiting"], [])
    assert "STARTTLS" in site.log()[0][1]


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A server's context with a certificate of its own making for localhost, in `tmp_path`."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl to make a certificate with")
    paths = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        [openssl, *request, "-addext", "subjectAltName=DNS:localhost", *paths], check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


@pytest.fixture
def trusted(tmp_path: Path, certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The same, and this process trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return certificate


def test_starttls_encrypts_before_anything_is_said(site: MailSite, server: SmtpServer, trusted: ssl.SSLContext) -> None:
    site.setting(mail_host="localhost", mail_security="starttls", mail_user="site", mail_password=PASSWORD)
    site.enqueue()
    with server.listening(tls_context=trusted, require_starttls=True, authenticator=server.admit, auth_required=True):
        site.run()
    assert (site.states(), server.was_encrypted) == (["sent"], [True])


def test_tls_encrypts_from_the_first_byte(site: MailSite, server: SmtpServer, trusted: ssl.SSLContext) -> None:
    site.setting(mail_host="localhost", mail_security="tls")
    site.enqueue()
    with server.listening(tls=trusted):
        site.run()
    assert site.states() == ["sent"]


def test_a_certificate_nobody_vouches_for_gets_no_mail(
    site: MailSite, server: SmtpServer, certificate: ssl.SSLContext
) -> None:
    site.setting(mail_host="localhost", mail_security="starttls")
    site.enqueue()
    with server.listening(tls_context=certificate):
        site.run()
    assert (site.states(), server.messages) == (["waiting"], [])
    assert "certificate" in site.log()[0][1].lower()


def test_after_a_crash_the_mail_goes_out_again_with_the_same_message_id(site: MailSite, listening: SmtpServer) -> None:
    site.enqueue()
    message_id = site.mails()[0].message_id
    with site.app.app_context():
        write(lambda connection: claim(connection, AT))  # and here the process ended
    assert site.run(AT + 9 * MINUTE) == 0
    assert site.run(AT + 10 * MINUTE) == 1
    assert [message["Message-ID"] for message in listening.messages] == [f"<{message_id}@example.org>"]


def test_two_postmen_at_once_send_one_message(site: MailSite, listening: SmtpServer) -> None:
    for number in range(8):
        site.enqueue(f"reply:{number}")
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        site.run()

    postmen = [threading.Thread(target=work) for _ in range(2)]
    for postman in postmen:
        postman.start()
    for postman in postmen:
        postman.join()
    assert len(listening.messages) == len({message["Message-ID"] for message in listening.messages}) == 8


def test_a_letter_no_longer_wanted_is_dropped(site: MailSite, listening: SmtpServer) -> None:
    mail.register(site.app, "greeting", lambda _data, _mail: None)
    site.enqueue()
    site.run()
    assert (site.states(), listening.messages) == (["dropped"], [])


def test_a_writer_that_fails_delays_only_its_own_mail(
    site: MailSite, listening: SmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_data: object, _mail: mail.Mail) -> mail.Letter:
        raise LookupError("no template")

    mail.register(site.app, "broken", broken)
    with site.app.app_context():
        write(lambda connection: mail.enqueue(connection, mail.Mail("a", "broken", "minji"), AT))
    site.enqueue("b")
    site.run()
    assert site.states() == ["waiting", "sent"]
    assert site.log()[0] == ("deferred", "LookupError: no template")
    assert [record.levelno for record in caplog.records if "could not be written" in record.message] == [logging.ERROR]


def test_a_subject_with_a_line_break_never_leaves(site: MailSite, listening: SmtpServer) -> None:
    site.enqueue(subject="a\r\nBcc: everybody@example.org")
    site.run()
    assert listening.messages == []
    assert site.log()[0][0] == "deferred"


def test_a_site_without_mail_sends_nothing(site: MailSite, listening: SmtpServer) -> None:
    site.setting(mail_host="")
    site.enqueue()
    site.postman.wake()
    assert (site.run(), site.states()) == (0, ["waiting"])


class Box(SmtpServer):
    """A server that says when something has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Semaphore(0)

    async def handle_DATA(self, *arguments: object) -> str:
        answer = await super().handle_DATA(*arguments)  # type: ignore[arg-type]
        self.came.release()
        return answer


@pytest.fixture
def box(site: MailSite) -> Iterator[Box]:
    """A listening Box."""
    box = Box()
    site.setting(mail_port=box.port)
    with box.listening():
        yield box


def test_the_thread_sends_when_it_is_woken_and_finishes_when_closed(site: MailSite, box: Box) -> None:
    for key in ("a", "b"):
        site.enqueue(key)
        with site.app.app_context():
            mail.wake()
        assert box.came.acquire(timeout=10)
    site.postman.close()
    assert site.states() == ["sent", "sent"]
    assert "postman" not in {thread.name for thread in threading.enumerate()}


def test_a_closed_postman_is_not_woken(site: MailSite, box: Box) -> None:
    site.postman.close()
    site.enqueue()
    site.postman.wake()
    assert (site.run(), site.states()) == (0, ["waiting"])


def test_the_thread_outlives_a_database_that_is_away(site: MailSite, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def away(*_: object) -> None:
        failed.set()
        raise OSError("database is away")

    with monkeypatch.context() as patch:
        patch.setattr("stream.mail.postman.claim", away)
        site.postman.start()
        assert failed.wait(10)
    site.enqueue()
    site.postman.wake()
    assert box.came.acquire(timeout=10)
