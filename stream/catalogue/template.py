"""Starts a lesson: a draft in each language that shows the directives an author commonly needs."""

from collections.abc import Sequence
from pathlib import Path

from stream.catalogue.keys import SLUG, SLUG_RULE
from stream.catalogue.lesson_file import Place, place
from stream.catalogue.toml_files import read_site
from stream.catalogue.tree import scan


class LessonExists(ValueError):
    """There already is a lesson with this slug."""


def new_lesson(root: Path, course: str, slug: str, languages: Sequence[str]) -> list[Path]:
    """Write number-slug.language.md in each language, with the course's next number.

    Raises LessonExists; ValueError for a slug of another shape and for a course that has no folder.
    """
    if not SLUG.fullmatch(slug) or len(slug) > 100:
        raise ValueError(f"a slug is made of {SLUG_RULE}, not {slug!r}")
    if not SLUG.fullmatch(course) or not (root / course).is_dir():
        raise ValueError(f"there is no course folder {course!r}")
    lessons = _lessons(root)
    for lesson in lessons:
        if lesson.slug == slug:
            raise LessonExists(f"{lesson.path} already has the slug {slug}")
    number = max((lesson.number for lesson in lessons if lesson.course == course), default=0) + 1
    texts = {root / course / f"{number:02}-{slug}.{tag}.md": _text(slug, tag, _persona(root)) for tag in languages}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _lessons(root: Path) -> list[Place]:
    places = (place(path) for path in scan(root).texts)
    return [found for found in places if isinstance(found, Place)]


def _persona(root: Path) -> str:
    """The site's first persona, if it has one."""
    try:
        site = read_site((root / "site.toml").read_bytes(), "site.toml").value
    except OSError:
        site = None
    return next(iter(site.personas), "") if site else ""


def _text(slug: str, language: str, persona: str) -> str:
    title, body, words = _KOREAN if language == "ko" else _ENGLISH
    callout = f":::{{persona}} {persona}\n{words}\n:::\n\n" if persona else ""
    return _FRONT.format(slug=slug, title=title) + body.replace("<persona>\n\n", callout)


_FRONT = """\
---
id: {slug}
title: {title}
summary: ""
tags: []
level: l1
status: draft
links: []
builds_on: []
---

"""

_ENGLISH = (
    "A new lesson",
    """\
Say in one paragraph what the reader can do after this lesson.

## The idea {#idea}

<persona>

Explain it with **one** example. A picture stands alone in its paragraph, with its alternative text:

```markdown
![What one sees in the picture](images/picture.svg "Caption, if any")
```

:::{compare}
:::{wrong} Too far
What goes wrong.
:::
:::{right} Just enough
What works, and why.
:::
:::

:::{note} Good to know
What would interrupt the text.
:::

:::{details} For the curious
What may be skipped.
:::

:::{takeaways}
- One sentence to take away.
:::

## Try it {#try-it}

:::{exercise} choice
:id: first-check
Ask one question.

- [ ] A wrong answer
  - Why it is wrong.
- [x] The right answer
  - Why it is right.

:::{hint}
Where to look.
:::
:::{answer}
The reasoning behind the right answer.
:::
:::
""",
    "One line in her words.",
)

_KOREAN = (
    "새 레슨",
    """\
이 레슨을 마치면 무엇을 할 수 있는지 한 문단으로 적습니다.

## 핵심 {#idea}

<persona>

**하나의** 예로 설명합니다. 그림은 문단에 홀로 두고 대체 텍스트를 적습니다.

```markdown
![그림에 보이는 것](images/picture.svg "설명(선택)")
```

:::{compare}
:::{wrong} 지나침
무엇이 잘못되는지.
:::
:::{right} 알맞음
무엇이 왜 되는지.
:::
:::

:::{note} 알아 두기
본문의 흐름을 끊을 만한 내용.
:::

:::{details} 더 궁금하다면
건너뛰어도 되는 내용.
:::

:::{takeaways}
- 가져갈 한 문장.
:::

## 해 보기 {#try-it}

:::{exercise} choice
:id: first-check
질문을 하나 적습니다.

- [ ] 틀린 답
  - 왜 틀렸는지.
- [x] 맞는 답
  - 왜 맞는지.

:::{hint}
어디를 보면 되는지.
:::
:::{answer}
정답의 이유.
:::
:::
""",
    "페르소나의 말 한마디.",
)
