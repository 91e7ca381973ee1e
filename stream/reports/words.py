"""What categories, states and problems of reports are called in the reader's language."""

from flask_babel import lazy_gettext as _l

CATEGORIES = {
    "typo": _l("A typing error"),
    "wrong": _l("Something is wrong"),
    "unclear": _l("I do not understand it"),
    "broken-link": _l("A link is broken"),
    "translation": _l("The translation"),
    "other": _l("Something else"),
}
STATES = {"open": _l("open"), "fixed": _l("fixed"), "declined": _l("declined")}
PROBLEMS = {
    "category-missing": _l("Choose what kind of problem it is."),
    "empty": _l("Write what is wrong."),
    "too-long": _l("That is too long: 10,000 characters at most. Shorten it and send it again."),
    "long-blanks": _l("There are more than 200 blanks in a row. Take some out and send it again."),
    "characters": _l("The text holds a control character that no page can show. Remove it and send it again."),
    "contact-shape": _l("That is too long, or holds a line break."),
    "answer-missing": _l("Say why it is declined: the reporter reads it."),
    "expired": _l("This page was open for too long. Your text is kept: send it again."),
    "robot": _l(
        "A field that people do not see was filled in, so this looks like the work of a program. "
        "Empty it and send it again."
    ),
    "blocked": _l("A moderator has blocked you from writing here. You can still read and learn."),
}
