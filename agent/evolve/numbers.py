"""The numbers in what a scorer prints. Pure."""

import math
import re
from collections.abc import Sequence

from ...sandbox.base import Frozen

NUMBER = r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf(?:inity)?)"
ROW = re.compile(rf"\s*(?:([^:]*[^:\s])\s*:)?\s*({NUMBER})\s*", re.IGNORECASE)
MOST = 100
"""Named numbers that a version is measured by."""


class NoScore(Exception):
    """There is no score. The text says why."""


class Numbers(Frozen):
    """What was printed: numbers with names, and one without where that comes last. The last one is the score."""

    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def score(self) -> float:
        return self.values[-1]


def numbers(text: str) -> Numbers:
    """Read the lines that are `NUMBER` or `name: NUMBER`. Raises NoScore."""
    rows = [found for line in text.splitlines() if (found := ROW.fullmatch(line))]
    if not rows:
        raise NoScore("it prints no number")
    taken = [row for row in rows[:-1] if row[1]] + rows[-1:]
    if len(taken) > MOST:
        raise NoScore(f"it prints {len(taken)} numbers with names, and {MOST} are the most")
    values = [float(row[2]) for row in taken]
    for row, value in zip(taken, values, strict=True):
        if not math.isfinite(value):
            raise NoScore(f"it prints {row[0].strip()}")
    return Numbers(names=tuple(row[1] or "" for row in taken), values=tuple(values))


def told(names: Sequence[str]) -> str:
    return ", ".join(name or "a number without a name" for name in names)
