"""Every text of the site is in both catalogues, looked at by somebody, with the same placeholders."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "stream" / "translations"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
PARTICLE_AFTER_VALUE = re.compile(r"%\(\w+\)s(을|를|은|는|이|가|와|과|으로|로)(?![가-힣])")


def test_no_text_is_missing_or_unlooked_at() -> None:
    check = [sys.executable, ROOT / "scripts" / "messages.py", "--check"]
    run = subprocess.run(check, capture_output=True, text=True)
    assert run.stdout == ""
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("language", ["en", "ko"])
def test_translations_keep_their_placeholders(language: str) -> None:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        source = message.id if isinstance(message.id, tuple) else (message.id,)
        target = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACEHOLDER.findall(source[-1]))
        for text in target:
            assert set(PLACEHOLDER.findall(text)) == wanted, source


def test_no_korean_particle_stands_after_a_value() -> None:
    with (TRANSLATIONS / "ko" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = [str(message.string) for message in read_po(file, locale="ko") if message.id]
    assert [text for text in texts if PARTICLE_AFTER_VALUE.search(text)] == []
