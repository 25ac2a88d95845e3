"""An island: versions that evolve apart from those of others, in clusters of those that behave alike.

After FunSearch (Romera-Paredes et al., Nature 2023), but for two things. There the temperature is of the scores' own
unit; here a user's number may be of any size, so scores are counted in the distance from the best cluster to one a
quarter down. And a parent is drawn once, not perhaps twice.
"""

import math
from collections.abc import Sequence
from random import Random

from ...sandbox.base import Frozen

TEMPERATURE, PERIOD = 1.0, 100
"""What clusters are drawn with at first, and the versions over which it falls to nothing, to begin again."""
SHORTNESS = 1.0
"""What versions of a cluster are drawn with, by their lengths as parts of the longest."""


class Program(Frozen):
    """A version of the definition that has a score."""

    number: int
    code: str
    score: float
    signature: tuple[float, ...]

    @property
    def rank(self) -> tuple[float, int, int]:
        """Smaller is better: by score, then length, then age."""
        return -self.score, len(self.code), self.number


class Island:
    """Programs by signature, the first one the founder."""

    def __init__(self, founder: Program) -> None:
        self.clusters: dict[tuple[float, ...], list[Program]] = {}
        self.size, self.best = 0, founder
        self.add(founder)

    def add(self, program: Program) -> None:
        """Put it into its cluster."""
        self.clusters.setdefault(program.signature, []).append(program)
        self.size += 1
        self.best = min(self.best, program, key=lambda p: p.rank)

    @property
    def programs(self) -> list[Program]:
        return [program for cluster in self.clusters.values() for program in cluster]

    def draw(self, most: int, random: Random) -> list[Program]:
        """Up to so many programs of different clusters, the best one last."""
        temperature = TEMPERATURE * (1 - (self.size - 1) % PERIOD / PERIOD)
        left, found = list(self.clusters.values()), list[Program]()
        heights = steps([max(p.score for p in cluster) for cluster in left])
        while left and len(found) < most:
            at = lot([height / temperature for height in heights], random)
            heights.pop(at)
            found.append(shortish(left.pop(at), random))
        return sorted(found, key=lambda p: p.rank, reverse=True)


def steps(scores: Sequence[float]) -> list[float]:
    """Scores as distances below the best, in a unit of their own: from the best to the first lower one, a quarter
    down or further."""
    order = sorted(scores, reverse=True)
    gaps = (order[0] - score for score in order[len(order) // 4 :])
    unit = next((gap for gap in gaps if gap > 0), 1.0)
    return [(score - order[0]) / unit for score in scores]


def shortish(cluster: Sequence[Program], random: Random) -> Program:
    """One of programs that are alike in what they do: the shorter, the likelier."""
    lengths = [len(p.code) for p in cluster]
    least, most = min(lengths), max(lengths)
    return cluster[lot([(least - n) / (most or 1) / SHORTNESS for n in lengths], random)]


def lot(heights: Sequence[float], random: Random) -> int:
    """A place, drawn by the softmax of what stands there."""
    top = max(heights)
    weights = [math.exp(height - top) for height in heights]
    return random.choices(range(len(weights)), weights)[0]
