"""What is known of a run's candidates: kept up as they come, from any thread."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ...sandbox.patch import Patch
from ...verify.behaviours import split
from ...verify.usual import Kind
from ..attempt import Candidate, candidate, judge
from ..events import Event, Expected, Filled, Fork
from ..log import Log, load
from ..run import Run, put
from . import starts
from .board import DECISION, Kept, Watcher, board, kept
from .choice import Standing, choose, contenders
from .field import MOST, Compared, Field, Rival, Taken

GROWTH = 1.4
"""Times as many contenders as were compared already before they are compared again: each comparison looks at all."""

NEWS = 1.01
"""Times as many candidates as were told of already before one that fails is told of: each telling is of all."""


class Known:
    """The candidates, what they were compared by, and from where more can begin.

    Two locks: one for what is kept here, held for moments, and one for the comparing, which takes seconds. The second
    is never waited for by who holds the first.
    """

    def __init__(self, run: Run, watcher: Watcher, several: bool) -> None:
        self.run, self.watcher, self.several = run, watcher, several
        self.candidates: dict[int, Kept] = {}
        self.points: list[starts.Point] = []
        self.forks: list[Fork | None] = []
        self.field = Field(run)
        self._lock, self._comparing = threading.RLock(), threading.RLock()
        self._normal: dict[str, int] = {}
        """Patches, by what they come to, and who had them first."""
        self._compared: dict[int, Compared] = {}
        self._held = set[tuple[int, bool, int]]()
        """Who was held against each other last, with what is looked at besides their patches."""
        self._last: dict[int, starts.Point] = {}
        """What the tests came to last in each attempt."""
        self._told = 0
        """How many candidates there were when they were shown last."""
        self._standings: list[Standing] | None = None
        """None where something changed since they were put together."""

    def add(self, found: Candidate, events: Sequence[Event]) -> None:
        """A candidate more; `events` are its log's."""
        if not found.alike:
            self.twin(found.attempt, found.patch)
        before = self.run.measured
        points = [*starts.points(found.attempt, events, before)] if before else []
        with self._lock:
            self.candidates[found.attempt] = kept(found)
            self.points += points
            self._last |= {point.attempt: point for point in points}
            self._standings = None
        if self.several:
            with self._comparing:
                if said := [e for e in events if isinstance(e, Expected)]:
                    self.field.expect(said)
                    self._held = set()
                self._compare()
            if self.candidates[found.attempt].verified or len(self.candidates) >= self._told * NEWS:
                self.tell()

    def twin(self, number: int, patch: Patch) -> int:
        """The attempt that had the same patch first, but for comments and layout; 0: it is this one."""
        if not self.several or not (normal := self.field.normal(patch)):
            return 0
        with self._lock:
            first = self._normal.setdefault(normal, number)
            return first if first != number else 0

    def standings(self) -> list[Standing]:
        """What the choice knows of each candidate, those with another's patch apart."""
        with self._lock:
            if self._standings is None:
                alike: dict[int, list[int]] = {}
                for one in self.candidates.values():
                    if one.alike:
                        alike.setdefault(one.alike, []).append(one.attempt)
                originals = [one for one in self.candidates.values() if not one.alike]
                self._standings = [self._standing(one, alike.get(one.attempt, [])) for one in originals]
            return [*self._standings]

    def best(self) -> Kept:
        return self.candidates[choose(self.standings()).best]

    def whole(self, one: Kept) -> Candidate:
        """A candidate, as its log has it."""
        return candidate(Path(one.log), load(Path(one.log)))

    def judge(self, one: Kept) -> None:
        """Have a verdict on a candidate."""
        with self._reopened(one) as log:
            judge(self.run, log, candidate(log.path, log.events).ended)

    def telling(self, path: str, name: str) -> list[str]:
        """Calls of a function that are answered differently by what could be chosen, where nothing that is expected
        tells it apart: usual ones by the best two groups of what passes, else, within the best group, those at an
        edge, such as with a 0, where that parts it."""
        standings = {s.attempt: s for s in self.standings()}
        passing = {s.attempt for s in standings.values() if s.verified}
        clusters = choose([*standings.values()]).clusters if passing else ()
        groups = [
            c.members for c in clusters if passing >= {*c.members} and standings[c.members[0]].behaviour
        ]
        if not groups:
            return []
        (best, *group), *others = groups
        parted = [one for one in group if standings[one].finer[:1] != standings[best].finer[:1]]
        pairs = [*((one[0], Kind.USUAL) for one in others[:1]), *((one, Kind.EDGE) for one in parted[:1])]
        for other, kind in pairs:
            match [self.field.take(self.whole(self.candidates[one]).patch) for one in (best, other)]:
                case [Taken(tree=mine), Taken(tree=theirs)]:
                    if calls := self.field.telling(path, name, mine, theirs, kind):
                        return calls
                case _:
                    pass
        return []

    def note(self, one: Kept, said: Expected | Filled) -> None:
        """Keep what belongs to no candidate with the log of one."""
        with self._reopened(one) as log:
            log.append(said)

    def expect(self, one: Kept, said: Expected) -> None:
        """Keep what the model expects, and choose by it from now on."""
        self.note(one, said)
        with self._comparing:
            self.field.expect([said])
        self.compare()
        self.tell()

    def compare(self) -> None:
        """Hold all contenders against each other, however few of them are new."""
        with self._comparing:
            self._compare(all_of_them=True)

    @contextmanager
    def _reopened(self, one: Kept) -> Iterator[Log]:
        """The log of a candidate, for something more to be written."""
        log = Log(Path(one.log), partial(self.watcher.show, one.attempt))
        try:
            yield log
            found = candidate(log.path, log.events)
        finally:
            log.close()
        with self._lock:
            self.candidates[one.attempt] = kept(found)
            self._standings = None

    def confirm(self) -> None:
        """Have a verdict on the best candidate, until that is verified or nothing more speaks for one."""
        while (best := self.best()) and not best.judged:
            green = next(s.verified for s in self.standings() if s.attempt == best.attempt)
            if not green:
                return
            self.judge(best)

    def settle(self) -> Candidate:
        """The best candidate. A verdict is made where the choice falls on one without, and may change the choice."""
        while True:
            if self.several:
                self.compare()
            if (best := self.best()).judged:
                return self.whole(best)
            self.judge(best)

    def tell(self, over: bool = False, ended: str = "") -> None:
        """Show how the candidates stand, and keep it with the run."""
        with self._lock:
            standings = self.standings()
            decision = choose(standings) if standings else None
            differing = tuple(one.input for one in split(self.field.probes))
            by_number = {s.attempt: s for s in standings}
            told = board([*self.candidates.values()], by_number, decision, differing, over, ended)
            self._told = len(told.rows)
            put(self.run.folder / DECISION, told.model_dump_json(exclude_defaults=True))
            self.watcher.board(told)

    def _standing(self, one: Kept, alike: Sequence[int]) -> Standing:
        compared = self._compared.get(one.attempt, Compared("", 0.0))
        counted = one if one.judged else self._last.get(one.attempt, one)
        return Standing(
            attempt=one.attempt,
            alike=tuple(alike),
            verified=one.verified,
            judged=one.judged,
            applies=one.applies,
            broke=counted.broke,
            fixed=counted.fixed,
            findings=one.findings,
            size=one.added + one.removed or len(one.files),
            behaviour=compared.behaviour,
            agreement=compared.agreement,
            met=compared.met,
            finer=compared.finer,
        )

    def _compare(self, all_of_them: bool = False) -> None:
        """Hold the first contenders against each other, where there are enough more of them than the last time."""
        among = contenders([s for s in self.standings() if s.size])[:MOST]
        if len(among) < 2 or not (among[0].verified or among[0].fixed or not self.run.command()):
            return
        new = {s.attempt for s in among} - self._compared.keys()
        if new and not all_of_them and len(among) < (len(among) - len(new)) * GROWTH:
            return
        held = {(s.attempt, s.judged, s.votes) for s in among}
        if held == self._held and not all_of_them:
            return  # each of their logs would be read once more
        self._held = held
        rivals = [*filter(None, map(self._rival, among))]
        if len(rivals) > 1:
            compared = self.field.compare(rivals)
            with self._lock:
                self._compared = compared
                self._standings = None

    def _rival(self, one: Standing) -> Rival | None:
        found = self.whole(self.candidates[one.attempt])
        if not (taken := self.field.take(found.patch)):
            return None
        verdict = found.verdict
        outcomes = verdict.after.outcomes if verdict.after else {}
        stable = {t: o for t, o in outcomes.items() if t not in verdict.flaky}
        own = verdict.own or verdict.after
        new = tuple(t for t in verdict.new if own and own.passes(t))
        return Rival(one.attempt, taken, stable, new, one.votes)
