"""A problem that is put to the search, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from patchwright.agent.estimate import pass_at
from patchwright.agent.events import Expected
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
    expected: tuple[Expected, ...] = ()
    """What the model said that calls have to come to."""

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

    def pass_at(self, k: int) -> float:
        """How likely one of k candidates is right; of one, it is what a choice at random comes to."""
        return pass_at(len(self.attempts), sum(attempt.passed for attempt in self.attempts), k)

    @property
    def left(self) -> list[Standing]:
        """Those that pass the tests that the search was given, each patch once; all, where none does."""
        return [s for s in self.standings if s.verified] or [s for s in self.standings if s.size]

    @property
    def blind(self) -> float:
        """What a choice at random among those comes to."""
        passed = [self._passed(number) for s in self.left for number in (s.attempt, *s.alike)]
        return sum(passed) / len(passed) if passed else float(self.best.passed)

    @property
    def by_text(self) -> bool:
        """What comes of taking the patch that is there most often, but for comments and layout."""
        most = max(self.left, key=lambda s: (s.votes, -s.attempt), default=None)
        return self._passed(most.attempt if most else self.chosen)

    @property
    def by_size(self) -> bool:
        """What comes of taking the one with the fewest lines."""
        least = min(self.left, key=lambda s: (s.size, s.attempt), default=None)
        return self._passed(least.attempt if least else self.chosen)

    def _passed(self, number: int) -> bool:
        return next(attempt.passed for attempt in self.attempts if attempt.number == number)
