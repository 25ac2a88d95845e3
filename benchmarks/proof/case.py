"""A problem that is put to the search, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from patchwright.agent.estimate import pass_at
from patchwright.agent.models.base import Usage
from patchwright.agent.search.choice import Standing, choose
from patchwright.sandbox.base import Frozen

from .records import Row


@dataclass(frozen=True)
class Case:
    """One problem. What the search gets is a repository with these files, and the issue."""

    name: str
    files: Mapping[str, str]
    target: str
    """The file whose text is scored."""
    issue: str
    passes: Callable[[str], bool]
    """Whether that file's text passes the hidden tests."""


class Attempt(Frozen):
    """A candidate."""

    number: int
    verified: bool
    passed: bool
    """The hidden tests."""
    patch: str = ""


class Searched(Row):
    """What a search came to."""

    chosen: int
    """The number of the candidate that it hands over."""
    state: str
    """Of that one's verdict."""
    attempts: tuple[Attempt, ...]
    usage: Usage
    seconds: float
    standings: tuple[Standing, ...] = ()
    """What the choice knew of each candidate; of those that were the same, of the first."""
    ended: str = ""
    """Why no more were made."""

    @property
    def groups(self) -> int:
        """Kinds of behaviour among those that could win."""
        return len(choose(self.standings).clusters) if self.standings else 1

    @property
    def best(self) -> Attempt:
        return next(attempt for attempt in self.attempts if attempt.number == self.chosen)

    @property
    def first(self) -> bool:
        """Whether the first attempt passes, whatever the search chose."""
        return any(attempt.passed for attempt in self.attempts if attempt.number == 1)

    @property
    def oracle(self) -> bool:
        """Whether any does: what the best choice could have come to."""
        return any(attempt.passed for attempt in self.attempts)

    @property
    def blind(self) -> float:
        """What a choice at random comes to."""
        return pass_at(len(self.attempts), sum(attempt.passed for attempt in self.attempts), 1)
