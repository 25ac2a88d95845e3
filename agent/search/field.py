"""Where candidates are held against each other: a working copy that none of them was made in."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from ...sandbox.base import SandboxDied
from ...sandbox.patch import Patch
from ...sandbox.workspace import Workspace
from ...verify.behave import Memory, behave
from ...verify.behaviours import Behaviours, refused, result
from ...verify.delta import changes
from ...verify.same import normal
from ...verify.suite import Suite
from ...verify.tamper import put_back, touched
from ...verify.usual import Kind
from ..events import Expected
from ..run import Run
from .expect import Expectation, expectations, met, telling

MOST = 40
"""Candidates that are compared with each other."""
CROSSED = 8
"""Candidates whose own tests are run on the others."""
TESTS = 200
"""Tests of a candidate that are run on the others."""
NEAR = 0.95
"""The share of tests and probes that two candidates of a group agree on."""
SECONDS = 10.0
"""For the probes of one candidate."""


class Taken(NamedTuple):
    """A patch in the field."""

    normal: str
    tree: str
    """With the tests as they decide."""
    tests: tuple[str, ...]
    """The files of tests that it brings or changes."""
    whole: str
    """The tree with its own tests."""


class Rival(NamedTuple):
    """A candidate as it is compared."""

    attempt: int
    taken: Taken
    outcomes: Mapping[str, str]
    """What the tests of the base came to, as far as it is known; without flaky ones."""
    new: tuple[str, ...] = ()
    """Its own tests that pass."""
    votes: int = 1


class Compared(NamedTuple):
    """As in Standing."""

    behaviour: str
    agreement: float
    met: int = 0
    finer: tuple[str, ...] = ()


class Field:
    """Opened when the first patch is taken."""

    def __init__(self, run: Run) -> None:
        self._run, self._stack, self._lock = run, ExitStack(), threading.RLock()
        self._workspace: Workspace | None = None
        self._taken: dict[str, Taken | None] = {}
        self._normal: dict[str, str] = {}
        self._asked, self._crosses = set[tuple[int, str]](), dict[int, tuple[str, ...]]()
        """Who was compared the last time, and what tests came to on each."""
        self._memory = Memory()
        self.probes = Behaviours()
        """Of the latest comparison."""
        self._said = list[Expected]()
        self.expected: tuple[Expectation, ...] = ()

    def take(self, patch: Patch) -> Taken | None:
        """Lay a patch on the base; None where it is empty or does not apply."""
        with self._lock:
            if patch.digest not in self._taken:
                self._taken[patch.digest] = self._lay(patch) if patch else None
            return self._taken[patch.digest]

    def normal(self, patch: Patch) -> str:
        """What a patch comes to but for comments and layout; empty where it is empty or does not apply."""
        with self._lock:
            if patch.digest in self._normal:
                return self._normal[patch.digest]
            taken = self.take(patch)
            return taken.normal if taken else ""

    def know(self, patch: Patch, normal: str) -> None:
        """Be told what a patch comes to by who has it before them."""
        with self._lock:
            self._normal[patch.digest] = normal

    def expect(self, said: Iterable[Expected]) -> None:
        """Be told what the model expects: it is asked of all the next time."""
        with self._lock:
            self._said += said
            self.expected = tuple(expectations(self._said))
            self._asked = set()

    def telling(self, path: str, name: str, one: str, other: str, kind: Kind) -> list[str]:
        """Calls of a function that two trees answer differently; none where what is expected tells them apart."""
        with self._lock:
            return telling(path, name, self.probes, self.expected, one, other, kind)

    def compare(self, rivals: Sequence[Rival]) -> dict[int, Compared]:
        """What tells rivals apart: what tests come to on each, theirs and each other's, and what probes are answered.

        Nothing, where one of them takes the sandbox down.
        """
        with self._lock:
            asked = {(r.attempt, r.taken.tree) for r in rivals}
            if asked != self._asked:
                try:
                    self._ask(rivals)
                except SandboxDied:
                    self.close()
                    return {}
                self._asked = asked
            reached = met(self.expected, self.probes.inputs, self.probes.answers)
            found = compared(rivals, self._crosses, self.probes.answers, self.probes.kinds)
            return {r.attempt: found[r.attempt]._replace(met=reached.get(r.taken.tree, 0)) for r in rivals}

    def _ask(self, rivals: Sequence[Rival]) -> None:
        self._crosses = self._crossed(rivals)
        suite = Suite(self._open(), self._run.command())
        trees = list(dict.fromkeys(r.taken.tree for r in rivals))
        given = [one.input for one in self.expected]
        self.probes = behave(self._open(), suite, trees, given=given, seconds=SECONDS, memory=self._memory)

    def close(self) -> None:
        with self._lock:
            self._stack.close()
            self._workspace, self._asked = None, set()

    def _open(self) -> Workspace:
        if not self._workspace:
            self._workspace = self._stack.enter_context(self._run.fresh("field"))
        return self._workspace

    def _lay(self, patch: Patch) -> Taken | None:
        workspace = self._open()
        workspace.restore(workspace.base)
        if not workspace.apply(patch).ok:
            return None
        whole = workspace.snapshot()
        changed = changes(workspace, whole)
        held = touched(workspace, changed)
        tests = tuple(c.path for c in changed if c.path in (*held.tests, *held.added) and c.after)
        return Taken(normal(changed), put_back(workspace, whole, held.all), tests, whole)

    def _crossed(self, rivals: Sequence[Rival]) -> dict[int, tuple[str, ...]]:
        """For each rival, what the others' own tests come to on it."""
        found: dict[int, list[str]] = {r.attempt: [] for r in rivals}
        workspace, suite = self._open(), Suite(self._open(), self._run.command())
        for author in [r for r in rivals if r.new and r.taken.tests][:CROSSED]:
            ids = author.new[:TESTS]
            for other in rivals:
                workspace.restore(other.taken.tree)
                workspace.git("checkout", "-f", author.taken.whole, "--", *author.taken.tests)
                workspace.latest = ""
                report = suite.run(tests=ids) if suite.selectable(ids) else suite.run()
                found[other.attempt] += [report.outcomes.get(test, "absent") for test in ids]
        workspace.restore(workspace.base)
        return {attempt: tuple(outcomes) for attempt, outcomes in found.items()}


def compared(
    rivals: Sequence[Rival],
    crossed: Mapping[int, tuple[str, ...]],
    answers: Mapping[str, tuple[str, ...]],
    kinds: Sequence[Kind] = (),
) -> dict[int, Compared]:
    """Groups of rivals that do about the same, and how far each agrees with all, by votes. Pure.

    Groups form around those that most agree with. What a program does on inputs that nobody meant is not to part two
    that are the same otherwise: what most of them refuse, say an empty list, does not count, and they are grouped by
    usual inputs, where there are any. By the others these groups are parted once more, and then by what becomes of
    arguments: of two that sort a list, one may sort it in place.
    """
    total = sum(r.votes for r in rivals)
    meant = [
        number
        for number, said in enumerate(zip(*(answers.get(r.taken.tree, ()) for r in rivals), strict=True))
        if 2 * sum(r.votes for r, one in zip(rivals, said, strict=True) if refused(one)) < total
    ]
    known = [number for number in meant if not kinds or kinds[number] == Kind.USUAL] or meant

    def share(one: Rival, other: Rival, answers: Mapping[str, tuple[str, ...]]) -> float:
        if any(other.outcomes.get(test, outcome) != outcome for test, outcome in one.outcomes.items()):
            return 0.0
        rows = (
            (crossed[one.attempt], crossed[other.attempt]),
            (answers.get(one.taken.tree, ()), answers.get(other.taken.tree, ())),
        )
        shares = [same(mine, theirs) for mine, theirs in rows if mine]
        return sum(shares) / len(shares) if shares else 1.0

    def groups(answers: Mapping[str, tuple[str, ...]]) -> tuple[dict[int, str], dict[int, float]]:
        support = {r.attempt: sum(o.votes * share(r, o, answers) for o in rivals) / total for r in rivals}
        left = sorted(rivals, key=lambda r: (-support[r.attempt], r.attempt))
        names = dict[int, str]()
        while left:
            center = left[0]
            for r in [r for r in left if r is center or share(center, r, answers) >= NEAR]:
                names[r.attempt] = f"as {center.attempt}"
                left.remove(r)
        return names, support

    def of(numbers: Sequence[int], told: Callable[[str], str] = result) -> dict[str, tuple[str, ...]]:
        return {tree: tuple(told(said[n]) for n in numbers) for tree, said in answers.items()}

    (behaviours, _), (results, _) = groups(of(known)), groups(of(meant))
    wholes, support = groups(of(meant, str))
    return {n: Compared(name, support[n], 0, (results[n], wholes[n])) for n, name in behaviours.items()}


def same(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of places at which two rows are the same."""
    return sum(a == b for a, b in zip(mine, theirs, strict=True)) / len(mine)
