"""What can be wrong with something typed in: the field, and a code that `words` puts into words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is the name of the input, `code` a key of `words.PROBLEMS`."""

    field: str
    code: str


class InvalidInput(Exception):
    """Nothing was changed; every problem that could be found at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = problems
