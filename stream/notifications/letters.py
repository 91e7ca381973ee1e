"""Notifications as words: a line of the inbox, and the mails that carry them, written in the reader's own language."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from stream.accounts.queries import mailbox_of, names_of
from stream.mail import Letter, Mail
from stream.notifications import queries, unsubscribing
from stream.notifications.queries import Notification
from stream.web.content import catalogue
from stream.web.outside import absolute, writing_in
from stream.web.page import named


def line(found: Notification, names: dict[str, str]) -> dict[str, Any]:
    """What the inbox and mails say of a notification. Nobody's text is in `said`."""
    lesson = catalogue().by_id.get(found.about.get("lesson", ""))
    title = lesson.translation(g.language).title if lesson else ""
    who = names.get(found.about.get("actor", ""), "") or _("Somebody who has left")
    return {
        "notification": found,
        "who": who if "actor" in found.about else "",
        "said": _said(found),
        "title": title,
        "excerpt": found.about.get("excerpt", ""),
        "why": found.about.get("why", ""),
    }


def _said(found: Notification) -> str:
    texts = {
        "reply": _("answered you"),
        "mention": _("mentioned you"),
        "comment": _("wrote a comment"),
        "approved": _("Your comment was let through: everybody sees it now."),
        "hidden": _("A moderator has removed your comment."),
        "report": _("Your report was settled."),
        "rules": _("The rules of this site changed. Your ledger shows what that means for you."),
    }
    return str(texts.get(found.kind, ""))


def address_of(found: Notification) -> str:
    """Where a notification leads."""
    if "comment" in found.about:
        return url_for("comments.permalink", comment_id=int(found.about["comment"]))
    if "report" in found.about:
        return url_for("reports.status", reference=found.about["report"])
    if "rules" in found.about:
        return url_for("progress.ledger", show="corrections")
    lesson = catalogue().by_id.get(found.about.get("lesson", ""))
    return str(url_for("lessons.show", slug=lesson.slug) if lesson else url_for("notifications.inbox"))


def notification(_data: Mapping[str, Any], mail: Mail) -> Letter | None:
    """The mail about one notification; None when it has gone, was seen, or mail is not wanted any more."""
    return _letter(mail, wanted=("at-once",))


def digest(_data: Mapping[str, Any], mail: Mail) -> Letter | None:
    """The mail about everything since the last one."""
    return _letter(mail, wanted=("at-once", "daily"))


def _letter(mail: Mail, wanted: tuple[str, ...]) -> Letter | None:
    box, found = mailbox_of(mail.recipient), queries.carried_by(mail.key)
    if box is None or not found or queries.preferences_of(mail.recipient).mail not in wanted:
        return None
    with writing_in(box.language):
        lines = [line(each, names_of([each.about.get("actor", "")])) for each in found]
        context = {"lines": lines, "username": box.username, "links": _links(found)}
        stop = absolute(url_for("notifications.unsubscribe", token=unsubscribing.token_for(mail.recipient)))
        context |= {"stop": stop, "settings": absolute(url_for("notifications.preferences"))}
        return Letter(
            to=box.address,
            subject=_subject(lines),
            text=render_template("notifications/letter.txt", **context),
            html=render_template("notifications/letter.html", **context),
            unsubscribe=stop,
        )


def _subject(lines: list[dict[str, Any]]) -> str:
    """One line, without anybody's words in it but names and titles."""
    site = str(named(catalogue().site.name))
    if len(lines) > 1:
        return f"[{site}] {ngettext('%(num)s new thing for you', '%(num)s new things for you', len(lines))}"
    only = lines[0]
    return " ".join(f"[{site}] {only['who']} {only['said']} – {only['title']}".split())


def _links(found: tuple[Notification, ...]) -> list[str]:
    return [absolute(address_of(each)) for each in found]
