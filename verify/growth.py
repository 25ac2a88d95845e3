"""What the times of a call with growing inputs say, on the base and with a patch. Pure."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..sandbox.base import Frozen

CLEAR = 20e-6
"""Seconds from which a time tells of the work, and not of the call."""
POINTS = 5
"""The largest sizes, to which the exponent is fitted: at small ones lower powers have their part."""
STEEPER = 0.5
QUADRATIC = 1.7
RATIO, LARGE_RATIO = 4.0, 10.0
"""How many times as slow a call may be at the largest size that both were called with, in the same and in
another order of growth. Far above what a busy machine does to the least of some times."""
LEAST = 0.005
"""Seconds of a call below which nobody minds."""


class Row(NamedTuple):
    size: int
    seconds: float
    capped: bool
    """It was ended: it takes at least so long."""
    said: str
    """A digest of what came out, for small sizes; or what was raised."""


class Curve(Frozen):
    """One way to call one function, with the times that it took."""

    path: str
    name: str
    how: str
    given: str
    rows: tuple[Row, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.path, self.name, self.how, self.given


class Growth(NamedTuple):
    """How a call grows on both sides."""

    size: int
    """The largest that both were called with."""
    before: float
    after: float
    exponents: tuple[float | None, float | None]
    same: bool
    """What came out was the same, wherever it was compared."""
    capped: bool

    @property
    def ratio(self) -> float:
        return self.after / max(self.before, 1e-7)

    @property
    def steeper(self) -> bool:
        old, new = self.exponents
        if self.capped and self.ratio > LARGE_RATIO:
            return True
        return new is not None and new - (old or 0.0) > STEEPER and new > 0.8

    @property
    def severity(self) -> Literal["error", "warning", ""]:
        """How bad it is that the patch takes so long."""
        if self.after < LEAST or self.ratio < RATIO:
            return ""
        if not self.same:
            power = self.exponents[1] or (9.0 if self.capped else 0.0)
            return "warning" if self.steeper and power >= QUADRATIC else ""
        return "error" if self.steeper or self.ratio > LARGE_RATIO else "warning"


def exponent(rows: Sequence[Row]) -> float | None:
    """The power of the size by which the time grows: the slope of a least-squares line through the logarithms.
    None where too few times are long enough to tell."""
    points = [(math.log(r.size), math.log(r.seconds)) for r in rows if r.seconds >= CLEAR and not r.capped]
    points = points[-POINTS:]
    if len(points) < 3:
        return None
    x, y = (sum(p[i] for p in points) / len(points) for i in (0, 1))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def least(a: Sequence[Row], b: Sequence[Row]) -> tuple[Row, ...]:
    """Of two measurements of one thing the shorter times: what disturbs only adds."""
    other = {r.size: r for r in b}
    return tuple(min(r, other.get(r.size, r), key=lambda r: (r.capped, r.seconds)) for r in a)


def compared(base: Sequence[Row], patch: Sequence[Row]) -> Growth | None:
    """Two curves of the same calls; None where there is no size at which both did their work."""
    old = {r.size: r for r in base if not r.capped}
    both = [(old[r.size], r) for r in patch if r.size in old and raised(r) == raised(old[r.size])]
    if not both:
        return None
    before, after = both[-1]
    same = all(a.said == b.said for a, b in both if a.said and b.said)
    powers = exponent([r for r in base if r.size <= after.size]), exponent(patch)
    return Growth(after.size, before.seconds, after.seconds, powers, same, after.capped)


def raised(row: Row) -> str:
    return row.said if row.said.startswith("raises") else ""
