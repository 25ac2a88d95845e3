"""What every client is made to do: one small repository, one issue, and the same twenty commands."""

from dataclasses import dataclass

ISSUE = (
    "The test in tests/test_core.py fails: the median of an even number of values is wrong. "
    "Correct calc/core.py so that the tests pass. Leave the tests as they are."
)

FILES = {
    ".gitignore": "__pycache__/\n.pytest_cache/\n",
    "README.md": "# calc\n\nSmall statistics. Run the tests with `python3 -m pytest -q`.\n",
    "calc/__init__.py": "from .core import mean, median, spread\n\n__all__ = ['mean', 'median', 'spread']\n",
    "calc/core.py": '''"""Small statistics."""


def mean(values):
    """The arithmetic mean."""
    values = list(values)
    return sum(values) / len(values)


def spread(values):
    """From the smallest to the largest."""
    values = list(values)
    return max(values) - min(values)


def median(values):
    """The middle value; of an even number of values the mean of the middle two."""
    s = sorted(values)
    n = len(s)
    if n % 2:
        return s[n // 2]
    return s[n // 2 - 1]
''',
    "tests/test_core.py": """import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from calc import mean, median, spread


def test_mean():
    assert mean([1, 2, 3]) == 2


def test_spread():
    assert spread([4, 1, 9]) == 8


def test_median_of_an_odd_number():
    assert median([3, 1, 2]) == 2


def test_median_of_an_even_number():
    assert median([4, 1, 3, 2]) == 2.5
""",
}
CHECK = "from calc import median; raise SystemExit(median([4, 1, 3, 2]) != 2.5)"
"""Python that exits with 0 where the bug is gone."""

# Some clients run commands in a login shell, whose profile resets PATH; PYTHON names the one that has pytest.
TESTS = '"${PYTHON:-python3}" -m pytest -q 2>&1 | tail -15'

STEPS = (
    "ls -la",
    "git status --short",
    "git log --oneline | head -5",
    "cat README.md",
    "cat calc/core.py",
    "cat tests/test_core.py",
    "grep -rn 'def ' calc",
    "sed -n 1,20p calc/core.py",
    "wc -l calc/*.py tests/*.py",
    "grep -n median calc/core.py",
    "find . -name '*.py' -not -path './.git/*'",
    "head -20 tests/test_core.py",
    "sed -i '$s|.*|    return (s[n // 2 - 1] + s[n // 2]) / 2|' calc/core.py",
    "git diff",
    "cat calc/core.py",
    "ls calc tests",
    TESTS,
    "git status --short",
    "git diff --stat",
    "tail -12 calc/core.py",
)


@dataclass(frozen=True)
class Script:
    """What the scripted model answers, in order, and how it ends."""

    steps: tuple[str, ...] = STEPS
    said_last: str = "The median of an even number of values is the mean of the middle two; the tests pass."
    last_command: str = ""
    """A shell command that ends the work, for clients that end by one."""

    @property
    def timed(self) -> tuple[int, ...]:
        """The steps that count for the time of a step: all but the test run, which takes its own time."""
        return tuple(i for i, command in enumerate(self.steps) if command != TESTS)
