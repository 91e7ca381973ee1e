"""Collect the texts of code and templates into the message catalogues, and say what is not translated yet.

The English catalogue is filled with the texts themselves; Korean is written by people. Exit code 1 while anything is
missing or fuzzy, or with `--check`, which writes nothing, while a catalogue is not up to date.
"""

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "stream" / "translations"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def collected() -> Catalog:
    """Every text of the code, without line numbers, so that an unrelated edit changes no catalogue."""
    template = Catalog()
    found = extract_from_dir(str(ROOT / "stream"), METHODS, OPTIONS, keywords=KEYWORDS)
    for _file, _line, message, _comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        template.add(message, context=context)
    return template


def updated(language: str, template: Catalog) -> Catalog:
    """The kept catalogue of a language, brought to the texts of `template`."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    else:
        catalogue = Catalog(locale=language)
    catalogue.header_comment = f"# Stream: {language}"
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.creation_date = catalogue.revision_date = EPOCH  # no date that changes with every run
    return catalogue


def fill(catalogue: Catalog) -> None:
    """English says what the code says."""
    for message in catalogue:
        if message.id:
            message.string = message.id


def missing(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or with one that nobody has looked at."""
    plural = catalogue.num_plurals
    bad = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = plural if message.pluralizable else 1
        if message.id and (message.fuzzy or len([s for s in strings if s]) < wanted):
            bad.append(str(message.id))
    return bad


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its file has it."""
    file = BytesIO()
    write_po(file, catalogue, width=0, sort_output=True, omit_header=False, no_location=True)
    return file.getvalue()


def main(check: bool) -> int:
    """Update both catalogues on disk, or only check that there is nothing to do."""
    count = 0
    for language in ("en", "ko"):
        catalogue = updated(language, collected())
        if language == "en":
            fill(catalogue)
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        content = written(catalogue)
        if check and path.read_bytes() != content:
            count += 1
            print(f"{language}: run `make messages`")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for text in missing(catalogue):
            count += 1
            print(f"{language}: {text}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
