"""What a test run came to, as data: which test did what, and each failure with its frames."""

from pydantic import Field

from ..sandbox.base import Frozen

PASSED, FAILED, ERROR, SKIPPED = "passed", "failed", "error", "skipped"
NOT_STARTED, NOT_INSTALLED = "the test command could not be started", "the test runner is not installed"
"""Why a run says nothing, where the command or what it calls is not there."""


class Frame(Frozen):
    """One call of a traceback, inside the project."""

    path: str
    line: int
    function: str
    source: str = ""


class Failure(Frozen):
    """One test that failed, or could not run."""

    test: str
    message: str
    """The exception or the assertion with both values."""
    frames: tuple[Frame, ...] = ()
    """Outermost first."""
    output: str = ""
    """What the test printed."""


class TestReport(Frozen):
    """One run of a test command."""

    __test__ = False  # for pytest: not a class of tests

    command: str
    code: int
    outcomes: dict[str, str] = {}
    """Test id to passed, failed, error or skipped; empty where the runner's output is not understood, or does not
    name every test. A file, package or build that could not be loaded stands there as an error, by an id that its
    tests' ids begin with."""
    failures: tuple[Failure, ...] = ()
    problem: str = ""
    """Why the run as a whole says nothing: it timed out, the command does not exist, no test was found."""
    output: str = ""
    seconds: float = 0.0
    runner: str = ""
    """Whose report was understood."""
    flaky: tuple[str, ...] = ()
    """Of what failed: what passed when it was run once more, alone, on the same files. Known of a base."""
    note: str = ""
    """What the command leaves out, say the tests of other projects in the repository."""
    kept: str = ""
    """The file inside that holds the whole output, where it is long and the sandbox still there."""
    times: dict[str, float] = Field(default_factory=dict, exclude=True)
    """Seconds of each test, with what sets it up, where the runner tells them. No part of what is stored."""

    @property
    def unrunnable(self) -> bool:
        """Whether there is nothing that could run the tests: no patch changes that."""
        return self.problem.startswith((NOT_STARTED, NOT_INSTALLED))

    @property
    def green(self) -> bool:
        return self.code == 0 and not self.problem

    def having(self, *outcomes: str) -> tuple[str, ...]:
        return tuple(test for test, outcome in self.outcomes.items() if outcome in outcomes)

    @property
    def failing(self) -> tuple[str, ...]:
        """Ids of what failed; the command itself stands for them where the runner is not understood."""
        named = self.having(FAILED, ERROR)
        return named if named or self.green else (self.command,)

    def passes(self, test: str) -> bool:
        """Whether a test passed. What could not be loaded before passes once its tests are there and none fails; the
        command itself passes where the whole run does."""
        if test in self.outcomes:
            return self.outcomes[test] == PASSED
        if test == self.command:
            return self.green
        inner = (f"{test}::",) if "/" in test else (f"{test}::", f"{test}.")  # unittest joins by dots
        within = [outcome for name, outcome in self.outcomes.items() if name.startswith(inner)]
        return PASSED in within and not {FAILED, ERROR} & set(within)
