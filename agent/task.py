"""What is to be done, and what is given for it."""

from pydantic import Field

from ..sandbox.base import Frozen


class TaskError(Exception):
    """The user's input cannot be worked with. The text says what is wrong, where, and what to do."""


class Objective(Frozen):
    """A number that is to become as large as it can, by other versions of one definition."""

    command: str
    """Prints the number, on its last line of standard output that holds one."""
    definition: str = ""
    """`PATH::NAME`: a function or class at the top of a Python file, or `PATH::CLASS.NAME`. Empty: the one that a
    comment marks."""
    islands: int = Field(default=4, ge=1, le=100)
    seed: int = 0
    """Of all that is drawn by lot."""


class Task(Frozen):
    """One issue on one repository."""

    id: str
    repo: str
    issue: str
    base: str = ""
    """A commit, branch or tag; empty: the checkout as it stands."""
    test_command: str = ""
    """Empty: what the project's files suggest."""
    required: tuple[str, ...] = ()
    """Tests that have to pass in the end; none: all that fail on the base."""
    allow_test_edits: bool = False
    reproduce: bool = False
    """Whether a test is first written from the issue, which has to fail on the base and pass with the patch."""
    objective: Objective | None = None
    """What is to be made as large as it can; None: the issue is to be solved."""


class Limits(Frozen):
    """Where an attempt ends whatever came of it. 0: no limit."""

    steps: int = 60
    seconds: float = 0.0
    """Of the run's, what was left when the attempt began."""
