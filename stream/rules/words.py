"""The rules in words: what gives XP, what a policy means, what changed from one rulebook to the next."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from stream.ledger.comparing import Difference

AMOUNTS = {
    "lesson.completed": _l("A completed lesson"),
    "exercise.passed": _l("A passed exercise"),
    "course.finished": _l("A finished course"),
    "review.answered": _l("A remembered answer"),
}
POLICIES = {  # name -> (what it is called, what it means)
    "from-now": (
        _l("From now on"),
        _l("What was done keeps the XP it gave. Only what is done from now on counts anew."),
    ),
    "up-only": (_l("Only up"), _l("Whoever would have more gets the difference. Nobody gets lower.")),
    "full": (_l("In full"), _l("As if these rules had held from the start: everybody gets or gives the difference.")),
}


def difference(found: Difference) -> str:
    """One thing that changed, as a line."""
    return str(_line(found))


def _line(found: Difference) -> Any:
    before, after, key = found.before, found.after, found.key
    match found.kind:
        case "amount":
            return _("%(what)s: %(before)s → %(after)s XP", what=AMOUNTS[key], before=before, after=after)
        case "cap":
            return _("At most a day for remembered answers: %(before)s → %(after)s XP", before=before, after=after)
        case "scale":
            return _("Levels, scale: %(before)s → %(after)s", before=before, after=after)
        case "level-names":
            return _("Levels have other names")
        case "achievement-new":
            return _("New achievement %(key)s: %(rule)s", key=key, rule=after)
        case "achievement-gone":
            return _("The achievement %(key)s is gone", key=key)
        case "achievement-rule":
            return _("Achievement %(key)s: %(before)s → %(after)s", key=key, before=before, after=after)
        case _:
            return _("Achievement %(key)s has other words", key=key)
