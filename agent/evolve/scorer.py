"""What versions score: each in a working copy that is as on the base but for the definition, in a sandbox."""

import time
from collections.abc import Callable
from typing import TypeVar

from ...sandbox.base import SandboxDied
from ...verify.delta import Changed
from ...verify.finding import some
from ...verify.report import TestReport
from ...verify.static import looked
from ...verify.suite import Suite
from ...verify.verdict import broken
from ..control import Control
from ..events import Proposed, Scored
from ..task import TaskError
from .answer import version
from .bench import Bench
from .database import Database
from .definition import identity
from .forgery import check
from .measure import measure
from .numbers import Numbers, told
from .site import Site, Unusable

MOST, LEAST, TIMES = 600.0, 10.0, 10
"""Seconds that a run may take; on a version, so many times as long as on the base, but so many at least."""
T = TypeVar("T")


class Scorer:
    """Scores versions of one definition by one command, where the tests stay as they were."""

    def __init__(
        self, bench: Bench, site: Site, command: str, control: Control, tests: TestReport | None
    ) -> None:
        self._bench, self._site, self._command, self._control = bench, site, command, control
        self._tests = tests
        """What the tests come to on the base; None where there are none."""
        self.base = Scored(number=0)
        """The base's version, which the others are compared with."""

    def kill(self) -> None:
        """End what runs, from another thread."""
        self._bench.kill()

    def begin(self) -> Scored:
        """Measure the base's version. Raises TaskError where it has no score."""
        self._bench.clear()
        done = measure(self._bench.workspace, self._command, MOST, self._control.check)
        if not done.numbers:
            raise TaskError(f"--maximise {self._command}: on the base {done.reason}.")
        names, values = done.numbers.names, done.numbers.values
        touched = tuple(sorted(self._bench.changed() - {self._site.path}))
        about = {"score": values[-1], "best": values[-1], "signature": values, "names": names}
        self.base = self.base.model_copy(
            update={**about, "code": self._site.code, "touches": touched, "seconds": done.seconds}
        )
        return self.base

    def scored(self, proposed: Proposed, known: Database) -> Scored:
        """What comes of an answer. Raises Stopped, SandboxError."""
        found = Scored(number=proposed.number, island=proposed.island, best=known.best.score)
        begun = time.monotonic()
        try:
            code = version(self._site, proposed.reply.text)
            found = found.model_copy(update={"code": code})
            if before := known.known.get(identity(code)):
                about = before.model_dump(include={"score", "signature", "names", "reason"})
                return found.model_copy(update={**about, "same": before.number})
            check(self._site, code)
            done = self._values(code, known.best.score)
            about = {"signature": done.values, "names": done.names, "score": done.score}
            found = found.model_copy(update={**about, "best": max(done.score, known.best.score)})
        except Unusable as e:
            found = found.model_copy(update={"reason": str(e)})
        return found.model_copy(update={"seconds": time.monotonic() - begun})

    def _values(self, code: str, best: float) -> Numbers:
        """Measure a version and run the tests on it, what takes less time first. Raises Unusable."""
        data = self._site.encoded(code)
        tests = self._tests
        if tests and tests.seconds < self.base.seconds:
            self._alive(lambda: self._test(data, tests))
        found = self._alive(lambda: self._measure(data))
        if tests and tests.seconds >= self.base.seconds:
            self._alive(lambda: self._test(data, tests))
        if found.score > best:
            self._review(code)
        return found

    def _alive(self, step: Callable[[], T]) -> T:
        """Do a step, once more where the sandbox dies in it. Raises Unusable where it dies again."""
        for _ in range(2):
            try:
                return step()
            except SandboxDied:
                self._control.check()
                self._bench.reopen()
        raise Unusable("the sandbox died twice while it ran")

    def _measure(self, data: bytes) -> Numbers:
        """Raises Unusable."""
        self._lay(data)
        done = measure(self._bench.workspace, self._command, limit(self.base.seconds), self._control.check)
        if not done.numbers:
            raise Unusable(done.reason)
        if changed := self._bench.changed() - {*self.base.touches, self._site.path}:
            raise Unusable(f"it changes {some(sorted(changed))}")
        if done.numbers.names != self.base.names:
            raise Unusable(f"it prints {told(done.numbers.names)}, the base {told(self.base.names)}")
        return done.numbers

    def _test(self, data: bytes, before: TestReport) -> None:
        """Raises Unusable where a test that passed does not."""
        self._lay(data)
        after = Suite(self._bench.workspace, before.command, limit(before.seconds)).run()
        self._control.check()
        if after.problem:
            raise Unusable(f"the tests: {after.problem}")
        if lost := [test for test in broken(before, after) if test not in before.flaky]:
            raise Unusable(f"it breaks {some(lost)}")
        if after.code and not before.code:
            raise Unusable(f"the test command ends with {after.code}")

    def _lay(self, data: bytes) -> None:
        self._bench.clear()
        self._bench.workspace.write(self._site.path, data)

    def _review(self, code: str) -> None:
        """Raises Unusable where a version that would be the best holds what keeps a patch from being verified."""
        change = Changed(path=self._site.path, before=self._site.text, after=self._site.with_version(code))
        for issue in looked([change]).issues:
            if issue.severity == "error":
                raise Unusable(f"{issue.rule}: {issue.message}")


def limit(seconds: float) -> float:
    """Seconds for what takes so many on the base."""
    return min(MOST, max(LEAST, TIMES * seconds))
