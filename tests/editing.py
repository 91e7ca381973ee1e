"""A real lesson file that is edited, and what readers then see: for whatever must follow its paragraphs."""

import re
from pathlib import Path

import given
import pytest

EN = (
    "Turn guidance up and the picture obeys more closely; turn it up further and colours burn.",
    "Every step the model makes two guesses: one that has read your words, and one that has not.",
    "Start at five, move by one, and keep the seed fixed while you compare. Then write down what you saw.",
    "A number is no style. What looks rich at seven with one checkpoint looks fried with the next.",
)
KO = (
    "가이던스를 올리면 그림이 말을 더 잘 듣지만, 더 올리면 색이 타고 표정이 굳는다.",
    "모델은 걸음마다 두 번 추측한다. 하나는 네 글을 읽었고, 다른 하나는 읽지 않았다.",
    "다섯에서 시작해서 하나씩 움직이고, 비교하는 동안 시드는 그대로 둔다. 본 것은 적어 둔다.",
    "숫자는 스타일이 아니다. 한 모델에서 진해 보이던 값이 다음 모델에서는 타 버린다.",
)
TEXTS = {"en": EN, "ko": KO}
BOTH = pytest.mark.parametrize("language", ["en", "ko"])
OTHER = {"en": "ko", "ko": "en"}


class Drill:
    """A lesson file that is edited, and what readers then see."""

    def __init__(self, app, folder: Path) -> None:
        self.visitor = given.Visitor(app)
        self.folder = folder

    def write(self, language: str, *paragraphs: str) -> None:
        """The lesson now has these paragraphs, between two headings."""
        body = "\n\n".join(("## Why {#why}", *paragraphs, "## How {#how}", "```python\nx = 1\n```"))
        path = self.folder / f"02-dial.{language}.md"
        path.write_text(f"---\ntitle: Dial\ntags: [control]\nminutes: 5\nstatus: published\n---\n{body}\n", "utf-8")

    def block_of(self, language: str, words: str) -> str:
        """The id of the block that begins with these words."""
        found = re.search(rf'<p id="(b-[0-9a-f-]+)">{re.escape(words[:20])}', self.page(language))
        assert found is not None, words
        return found[1]

    def page(self, language: str) -> str:
        answer = self.visitor.get(f"/{language}/lessons/dial")
        assert answer.status_code == 200
        return answer.text

    def talked_about(self, language: str) -> list[str]:
        """The beginnings of the paragraphs that have a mark with a number."""
        page = self.page(language)
        marked = re.findall(r'has-comments" href="[^"]+/threads/(b-[0-9a-f-]+)"', page)
        return [re.search(rf'id="{block}">([^<]+)', page)[1] for block in marked]

    def thread(self, language: str, words: str) -> str:
        """The thread beside the paragraph that begins with these words."""
        return self.visitor.get(f"/{language}/lessons/dial/threads/{self.block_of(language, words)}").text
