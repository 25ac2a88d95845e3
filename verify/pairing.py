"""Base and patch timed in turns, and what is more than the noise between runs of the base. Pure.

The runs alternate: base, patch, base, patch, ... base. How far apart the base's own runs lie is the noise band; a
patch is slower only where each of its runs took longer than every run of the base (of n and n + 1 runs that do not
differ this comes about once in C(2n + 1, n): the extreme case of Wilcoxon's rank sum test, 1945), and by more than the
band. What looks slow in the first runs is run more often, by itself.
"""

from collections.abc import Mapping, Sequence
from math import comb
from statistics import median
from typing import Literal, NamedTuple

LEAST_SECONDS, LEAST_RATIO = 0.05, 1.5
"""What nobody minds: less than this, in seconds and by how many times."""
MUCH_SECONDS, MUCH_RATIO = 0.1, 2.0
"""What is an error, where it is beyond the band too."""
ENOUGH = 4
"""Runs of the patch after which chance is ruled out: once in C(9, 4) = 126."""


class Timed(NamedTuple):
    """One thing that was timed on both sides: seconds of each run, in their order."""

    base: tuple[float, ...]
    patch: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return median(self.patch) / max(median(self.base), 1e-4)

    @property
    def band(self) -> float:
        """By how many times two runs of the base differ at most."""
        return max(self.base) / max(min(self.base), 1e-4)

    @property
    def more(self) -> float:
        return median(self.patch) - median(self.base)

    def apart(self, ratio: float) -> bool:
        """Whether each run of the patch took longer than any of the base, by half of what is minded."""
        return min(self.patch) > max(self.base) * (1 + (ratio - 1) / 2)

    def suspect(self, ratio: float = LEAST_RATIO) -> bool:
        """Whether it may be slower: worth more runs."""
        return self.apart(ratio) and self.ratio >= ratio and self.more >= LEAST_SECONDS

    def severity(self, ratio: float = LEAST_RATIO) -> Literal["error", "warning", ""]:
        chance = 1 / comb(len(self.base) + len(self.patch), len(self.patch))
        if not self.suspect(ratio) or self.ratio <= self.band or chance > 0.01:
            return ""
        much = self.ratio > max(MUCH_RATIO, self.band**2) and self.more >= MUCH_SECONDS
        return "error" if much else "warning"


def timed(base: Sequence[Mapping[str, float]], patch: Sequence[Mapping[str, float]]) -> dict[str, Timed]:
    """What every run has a time for; nothing where a side was not run."""
    if not base or not patch:
        return {}
    runs = (*base, *patch)
    names = [name for name in (runs[0] if runs else ()) if all(name in run for run in runs)]
    return {n: Timed(tuple(r[n] for r in base), tuple(r[n] for r in patch)) for n in names}
