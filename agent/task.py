"""What is to be done, and what is given for it."""

from ..sandbox.base import Frozen


class TaskError(Exception):
    """The user's input cannot be worked with. The text says what is wrong, where, and what to do."""


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


class Limits(Frozen):
    """Where an attempt ends whatever came of it. 0: no limit."""

    steps: int = 60
    seconds: float = 0.0
    """Of the run's, what was left when the attempt began."""
