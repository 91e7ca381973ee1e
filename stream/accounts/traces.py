"""Taking the name and the mail address of a member who leaves out of texts. Knows texts only.

A name may be an ordinary word. In other people's texts it therefore goes only where it stands after an @; in the
member's own, wherever it stands as a word. The address goes everywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stream.accounts.names import LONGEST, key

GONE = "…"
_LONGEST_WRITTEN = 3 * LONGEST  # in decomposed letters
_CALLED = re.compile(r"(?<![\w+%/@-])@([^\s@<]+)")


@dataclass(frozen=True)
class Traces:
    """What leads to a member. `others` are the keys of all other names: `@minjiko` is not `@minji`."""

    username: str
    mail: str | None
    others: frozenset[str]

    def out_of(self, text: str) -> str:
        """Somebody else's text, in which the member is not called by name any more."""
        return self._address.sub(GONE, _CALLED.sub(self._uncalled, text))

    def out_of_own(self, text: str) -> str:
        """The member's own text, which does not hold the name any more."""
        return self._word.sub(GONE, self.out_of(text))

    def other_in(self, run: str) -> str | None:
        """The longest beginning of what stands after an @ that is the name of another member."""
        return next((start for start in _beginnings(run) if key(start) in self.others), None)

    def _uncalled(self, call: re.Match[str]) -> str:
        length = self._length_in(call[1])
        return f"@{GONE}{call[1][length:]}" if length else call[0]

    def _length_in(self, run: str) -> int:
        """How much of `run` is the member's name; nothing when it begins with a longer one of somebody else."""
        if not key(run[:_LONGEST_WRITTEN]).startswith(self._key[:-1]):  # the last letter may melt into the next
            return 0
        known = (start for start in _beginnings(run) if (found := key(start)) == self._key or found in self.others)
        longest = next(known, "")
        return len(longest) if key(longest) == self._key else 0

    @cached_property
    def _key(self) -> str:
        return key(self.username)

    @cached_property
    def _word(self) -> re.Pattern[str]:
        """The name as a word of its own; a Korean particle may follow without a space."""
        return re.compile(rf"(?<!\w){re.escape(self.username)}(?![^\W가-힣])", re.IGNORECASE)

    @cached_property
    def _address(self) -> re.Pattern[str]:
        if not self.mail:
            return re.compile("(?!)")
        return re.compile(rf"(?<![\w.+-]){re.escape(self.mail)}(?![\w-]|\.\w)", re.IGNORECASE)


def _beginnings(run: str) -> Iterator[str]:
    """The longest first."""
    return (run[:length] for length in range(min(len(run), _LONGEST_WRITTEN), 0, -1))
