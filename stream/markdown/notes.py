"""What a compilation collects on its way: problems to mend, pictures shown, ids given."""

from dataclasses import dataclass, field
from typing import Literal

from stream.markdown.blocks import Ids
from stream.markdown.document import Image, Problem


@dataclass(slots=True)
class Notes:
    """One for each compilation."""

    ids: Ids = field(default_factory=Ids)
    problems: list[Problem] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)

    def problem(self, line: int, code: str, message: str, severity: Literal["error", "warning"] = "error") -> None:
        """Something that the author should mend."""
        self.problems.append(Problem(line, code, message, severity))
