"""What authors read of refusals, states and problems, in their language."""

from flask_babel import gettext as _
from flask_babel import ngettext

from stream.authoring.translations import Difference
from stream.pictures import upload


def state_words() -> dict[str, str]:
    """The states of lessons."""
    return {
        "draft": _("draft"),
        "scheduled": _("scheduled"),
        "published": _("published"),
        "archived": _("archived"),
        "broken": _("not shown"),
    }


def filter_words() -> dict[str, str]:
    """What the list can be narrowed to."""
    return {
        "all": _("All"),
        "draft": _("Drafts"),
        "scheduled": _("Scheduled"),
        "published": _("Published"),
        "archived": _("Archived"),
        "problems": _("With problems"),
        "translations": _("Translation to do"),
        "reports": _("With reports"),
    }


def text_words() -> dict[str, str]:
    """How a language of a lesson stands to the others."""
    return {
        "original": "",
        "alike": "",
        "missing": _("missing"),
        "follows": _("up to date"),
        "older": _("stale"),
        "differs": _("differs"),
        "broken": _("not shown"),
    }


def difference_words(difference: Difference) -> str:
    """A number that is another one than in the original."""
    here, original = difference.here, difference.original
    counted = {
        "headings": ngettext("%(num)s heading", "%(num)s headings", here),
        "blocks": ngettext("%(num)s block", "%(num)s blocks", here),
        "exercises": ngettext("%(num)s exercise", "%(num)s exercises", here),
        "takeaways": ngettext("%(num)s takeaway", "%(num)s takeaways", here),
        "pictures": ngettext("%(num)s picture", "%(num)s pictures", here),
    }
    return str(_("%(counted)s, the original has %(original)s", counted=counted[difference.counted], original=original))


def picture_words(code: str) -> str:
    """Why a picture is not taken."""
    megabytes, megapixels = upload.MOST_BYTES // 1_000_000, upload.MOST_PIXELS // 1_000_000
    return str(
        {
            "empty": _("Choose a picture first."),
            "no-alt": _("Say what one sees in the picture: readers who cannot see it depend on that."),
            "too-large": _("That file is larger than %(most)s MB.", most=megabytes),
            "too-many-pixels": _("That picture has more than %(most)s million pixels.", most=megapixels),
            "svg": _(
                "SVG drawings can hold scripts, so they are not taken here. Put them into the folder, or send a PNG."
            ),
            "animated": _("That picture moves. Only still pictures are taken."),
            "no-picture": _("That is no picture that can be read: PNG, JPEG, WebP and GIF are."),
        }[code]
    )
