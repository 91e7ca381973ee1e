"""What an exercise's text says, as values: nothing of it stands in the lesson's own HTML."""

from compiling import compiled

CHOICE = """:::{exercise} choice
:id: what-moves
Which change moves **the picture(그림)**을 most?

- [ ] Adding "please"
  - Just one more weak direction.
- [x] Naming the *light*
  - Right.
  - Light is everywhere.
- [ ] Capitals

:::{hint}
Look.
:::

:::{answer}
*light* it is.
:::
:::
"""


def exercise_of(text):
    (exercise,) = compiled(text).exercises
    return exercise


def test_a_choice_has_options_with_feedback():
    exercise = exercise_of(CHOICE)
    assert (exercise.key, exercise.kind, exercise.line) == ("what-moves", "choice", 1)
    assert [(option.key, option.correct) for option in exercise.options] == [("1", False), ("2", True), ("3", False)]
    assert [option.html for option in exercise.options][1] == "Naming the <em>light</em>"
    assert exercise.options[0].feedback_html == "Just one more weak direction."
    assert exercise.options[1].feedback_html == "<ul>\n<li>Right.</li>\n<li>Light is everywhere.</li>\n</ul>"
    assert exercise.options[2].feedback_html == ""


def test_the_prompt_holds_neither_options_nor_answer():
    exercise = exercise_of(CHOICE)
    assert exercise.prompt_html.startswith("<p>Which change")
    assert "please" not in exercise.prompt_html
    assert exercise.hint_html == "<p>Look.</p>"
    assert exercise.model_html == "<p><em>light</em> it is.</p>"


def test_nothing_of_an_exercise_stands_in_the_lesson():
    document = compiled("Before.\n\n" + CHOICE + "\nAfter.")
    assert "light" not in document.html
    assert [block.text for block in document.blocks] == ["Before.", "After."]


def test_several_options_may_be_right():
    exercise = exercise_of(":::{exercise} choice\n:pick: many\na\n- [x] b\n- [x] c\n:::")
    assert exercise.pick_many
    assert [option.correct for option in exercise.options] == [True, True]


def test_a_short_exercise_accepts_what_is_listed():
    exercise = exercise_of(":::{exercise} short\n:id: n\n:accept: five | 5 |  다섯 \nHow many?\n:::")
    assert exercise.answers == ("five", "5", "다섯")


def test_an_exercise_without_an_id_is_its_number():
    document = compiled(":::{exercise} text\na\n:::\n\n:::{exercise} self-check\nb\n:::")
    assert [(exercise.key, exercise.kind) for exercise in document.exercises] == [("1", "text"), ("2", "self-check")]


def test_a_task_list_in_another_kind_is_part_of_the_prompt():
    assert "checkbox" in exercise_of(":::{exercise} self-check\nDo:\n\n- [ ] a\n- [ ] b\n:::").prompt_html


def test_exercises_are_found_wherever_they_stand():
    document = compiled(":::{details} More\n:::{exercise} text\na\n:::\n:::")
    assert [exercise.prompt_html for exercise in document.exercises] == ["<p>a</p>"]
