"""All versions of the evolved definition: what is known of each, and the islands on which they have descendants.

It is what the log's `Scored` events add up to, in their order. Whatever is drawn by lot is drawn from the seed and the
number of versions so far, so that a run that goes on from its log draws what it would have drawn.
"""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from ..events import Event, Scored
from ..task import Objective
from .definition import identity
from .islands import Island, Program

SHOWN = 2
"""How many versions the model is shown."""
GENERATION = 20
"""After so many versions an island, the worse half of the islands begins anew."""


class Draw(NamedTuple):
    """What the model is shown: programs of one island, the best one last."""

    island: int
    parents: tuple[Program, ...]


class Database:
    """Begins with the base's version on every island. Changed by `add` alone."""

    def __init__(self, base: Scored, islands: int, seed: int = 0) -> None:
        founder = program(base)
        self.programs = [founder]
        """All that have a score, in the order in which they came; copies count once."""
        self.known = {identity(base.code): base}
        """What every version came to that was run, by its identity."""
        self.numbered = {0: founder}
        """Those that have a score by their numbers, copies too."""
        self.islands = [Island(founder) for _ in range(islands)]
        self.tried, self._seed = 0, seed

    @property
    def base(self) -> Program:
        return self.programs[0]

    @property
    def best(self) -> Program:
        return min(self.programs, key=lambda p: p.rank)

    def top(self, most: int) -> list[Program]:
        """The best programs, best first."""
        return sorted(self.programs, key=lambda p: p.rank)[:most]

    def draw(self) -> Draw:
        """What to show the model next. It changes nothing: the same state draws the same."""
        random = self._random("draw")
        island = random.randrange(len(self.islands))
        return Draw(island, tuple(self.islands[island].draw(SHOWN, random)))

    def add(self, scored: Scored) -> None:
        """Take in what came of a version."""
        self.tried += 1
        if scored.code:
            self.known.setdefault(identity(scored.code), scored)
        if scored.score is not None and scored.island is not None:
            new = self.numbered[scored.number] = program(scored)
            island = self.islands[scored.island]
            if scored.same is None:
                self.programs.append(new)
            if scored.same is None or not any(alike(new, p) for p in island.clusters.get(new.signature, ())):
                island.add(new)
        if self.tried % (GENERATION * len(self.islands)) == 0:
            self._renew()

    def _renew(self) -> None:
        """Give the worse half of the islands up: each begins anew with the best program of one that stays."""
        random = self._random("renew")
        lots = [random.random() for _ in self.islands]
        order = sorted(range(len(self.islands)), key=lambda i: (self.islands[i].best.rank, lots[i]))
        kept = len(order) - len(order) // 2
        for number in order[kept:]:
            self.islands[number] = Island(self.islands[random.choice(order[:kept])].best)

    def _random(self, purpose: str) -> Random:
        return Random(f"{self._seed} {purpose} {self.tried}")


def database(events: Iterable[Event], objective: Objective) -> Database:
    """The state that a log stands for; its first `Scored` is the base's."""
    base, *rest = (e for e in events if isinstance(e, Scored))
    found = Database(base, objective.islands, objective.seed)
    for scored in rest:
        found.add(scored)
    return found


def program(scored: Scored) -> Program:
    assert scored.score is not None
    return Program(number=scored.number, code=scored.code, score=scored.score, signature=scored.signature)


def alike(one: Program, other: Program) -> bool:
    return identity(one.code) == identity(other.code)
