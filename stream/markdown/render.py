"""Lesson text to a compiled document. Plain Markdown so far: raw HTML is escaped, and the result cleaned."""

from collections.abc import Mapping
from typing import Any

import mistune
import nh3

from stream.markdown.document import Document

_markdown = mistune.create_markdown(escape=True)


def compile_lesson(text: str, *, language: str, personas: Mapping[str, Any], image_url: str = "") -> Document:
    """Compile a lesson's body."""
    return Document(html=nh3.clean(str(_markdown(text))))
