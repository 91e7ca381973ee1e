"""The queue: one mail for each key, one postman for each mail, and an end to all trying."""

from datetime import timedelta

import pytest
from mail_site import AT, MailSite

from stream import mail
from stream.db import reading, write
from stream.mail import queue

MINUTE = timedelta(minutes=1)


def claimed(site: MailSite, at=AT, limit=9):
    with site.app.app_context():
        return write(lambda connection: queue.claim(connection, at, limit))


def settled(site: MailSite, claim, outcome, at=AT):
    with site.app.app_context():
        return write(lambda connection: queue.settle(connection, claim, outcome, "so it is", at))


def dropped(site: MailSite, **chosen):
    with site.app.app_context():
        return write(lambda connection: queue.drop(connection, AT, why="no more mail", **chosen))


def test_the_same_key_twice_is_one_mail(site):
    assert (site.enqueue("a"), site.enqueue("a")) == (True, False)
    assert site.states() == ["waiting"]


def test_what_the_callers_transaction_takes_back_is_not_in_the_queue(site):
    def work(connection):
        mail.enqueue(connection, mail.Mail("a", "greeting", "minji"), AT)
        raise LookupError

    with site.app.app_context(), pytest.raises(LookupError):
        write(work)
    assert site.mails() == []


def test_each_mail_has_a_message_id_of_its_own(site):
    site.enqueue("a")
    site.enqueue("b")
    first, second = (row.message_id for row in site.mails())
    assert first != second


def test_a_mail_is_not_claimed_before_it_is_due(site):
    wanted = mail.Mail("digest", "greeting", "minji")
    with site.app.app_context():
        write(lambda connection: mail.enqueue(connection, wanted, AT, due_at=AT + MINUTE))
        assert queue.next_due() == AT + MINUTE
    assert claimed(site) == ()
    assert [each.mail for each in claimed(site, AT + MINUTE)] == [wanted]


def test_what_was_queued_while_the_clock_stood_ahead_does_not_wait_for_years(site):
    wanted = mail.Mail("digest", "greeting", "minji")
    ahead = AT + timedelta(days=3650)
    with site.app.app_context():
        write(lambda connection: mail.enqueue(connection, wanted, ahead, due_at=ahead + timedelta(hours=20)))
    assert [each.mail for each in claimed(site)] == [wanted]
    assert claimed(site) == ()


def test_what_was_sent_while_the_clock_stood_ahead_uses_up_no_cap(site):
    site.enqueue("a")
    [claim] = claimed(site)
    settled(site, claim, "sent", AT + timedelta(days=3650))
    with site.app.app_context(), reading() as connection:
        assert queue.sent_since(connection, "minji", AT - timedelta(days=1)) == 0


def test_a_claimed_mail_is_nobody_elses(site):
    site.enqueue("a")
    assert len(claimed(site)) == 1
    assert claimed(site, AT + 9 * MINUTE) == ()


def test_a_mail_whose_postman_crashed_is_claimed_again_with_the_same_message_id(site):
    site.enqueue("a")
    [first], [second] = claimed(site), claimed(site, AT + 10 * MINUTE)
    assert (first.message_id, first.tries, second.tries) == (second.message_id, 1, 2)


def test_a_postman_who_comes_back_late_changes_nothing_but_a_sent(site):
    site.enqueue("a")
    [first], [_second] = claimed(site), claimed(site, AT + 10 * MINUTE)
    settled(site, first, "deferred", AT + 11 * MINUTE)
    assert site.states() == ["sending"]
    settled(site, first, "sent", AT + 12 * MINUTE)
    assert site.states() == ["sent"]


def test_tries_grow_rarer_and_then_end(site):
    site.enqueue("a")
    at, waits = AT, []
    for _ in range(6):
        [claim] = claimed(site, at)
        assert settled(site, claim, "deferred", at) == "deferred"
        with site.app.app_context():
            due = queue.next_due()
        waits.append(due - at)
        at = due
    [claim] = claimed(site, at)
    assert settled(site, claim, "deferred", at) == "failed"
    assert [wait // MINUTE for wait in waits] == [1, 5, 30, 120, 360, 720]
    assert claimed(site, at + timedelta(days=9)) == ()


def test_failures_name_the_servers_words(site):
    site.enqueue("a")
    [claim] = claimed(site)
    settled(site, claim, "failed")
    with site.app.app_context():
        [trouble] = queue.troubles(10)
        assert queue.waiting_count() == 0
    assert (trouble.key, trouble.tries, trouble.at, trouble.detail) == ("a", 1, AT, "so it is")


def test_a_long_answer_with_control_characters_is_cut_and_cleaned(site):
    site.enqueue("a")
    [claim] = claimed(site)
    with site.app.app_context():
        write(lambda connection: queue.settle(connection, claim, "failed", "550\x00no\r\n" + "x" * 900, AT))
    [(_, detail)] = site.log()
    assert detail.startswith("550 no  xxx")
    assert len(detail) == 500


def test_waiting_mails_of_a_recipient_are_dropped(site):
    site.enqueue("a", "minji")
    site.enqueue("b", "joon")
    assert dropped(site, recipient="minji") == 1
    assert site.states() == ["dropped", "waiting"]
    assert site.log() == [("dropped", "no more mail")]


def test_waiting_mails_are_dropped_by_the_beginning_of_their_key(site):
    for key in ("reply_1:a", "reply_1:b", "replyx1:c"):
        site.enqueue(key)
    assert dropped(site, key_prefix="reply_1:") == 2  # the underscore stands for itself
    assert site.states() == ["dropped", "dropped", "waiting"]


def test_a_mail_on_its_way_is_not_dropped(site):
    site.enqueue("a")
    claimed(site)
    assert dropped(site, recipient="minji") == 0


def test_dropping_everything_must_be_meant(site):
    with pytest.raises(ValueError, match="whose"):
        dropped(site)


def test_a_dropped_mail_that_is_wanted_after_all_waits_again(site):
    site.enqueue("a")
    dropped(site, recipient="minji")
    assert site.enqueue("a")
    assert site.states() == ["waiting"]


def test_a_cap_counts_what_was_sent_and_what_waits(site):
    for key in ("sent", "long ago", "waits", "failed"):
        site.enqueue(key)
    site.enqueue("of another", "joon")
    by_key = {claim.mail.key: claim for claim in claimed(site)}
    settled(site, by_key["sent"], "sent")
    settled(site, by_key["long ago"], "sent", AT - timedelta(days=2))
    settled(site, by_key["waits"], "deferred")
    settled(site, by_key["failed"], "failed")
    with site.app.app_context(), reading() as connection:
        assert queue.sent_since(connection, "minji", AT - timedelta(days=1)) == 2
