"""How an evolution ends: the best version's score in a fresh workspace, and there the verdict on its patch."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from ...sandbox.base import Frozen
from ...sandbox.secrets import ours
from ...verify.report import TestReport
from ...verify.suite import Suite
from ...verify.verdict import Verdict
from ..attempt import opened, usable
from ..control import Control
from ..events import Ended, Event, Fact, Judged, Rescored, Start
from ..limits import used
from ..live import Live
from ..log import Log
from ..models.base import Usage
from ..models.select import Source
from ..run import Run
from ..task import TaskError
from .asking import Asker
from .database import database
from .evolution import evolve
from .islands import Program
from .measure import measure
from .scorer import MOST

MUCH = 0.1
"""The part of what was gained from which on two measurements of one version differ by much."""
T = TypeVar("T", bound=Fact)


class Evolved(Frozen):
    """What came of a run."""

    log: str
    ended: Ended
    tried: int
    programs: tuple[Program, ...]
    """All that have a score, best first."""
    base: Program
    again: Rescored | None
    """The best version, measured once more; None where it is the base's."""
    verdict: Verdict | None
    """On the best version's patch; None where it is no better than the base's once it is measured again."""
    usage: Usage

    @property
    def best(self) -> Program:
        return self.programs[0]

    @property
    def verified(self) -> bool:
        """Whether a better version was found, and its patch verified."""
        return bool(self.verdict and self.verdict.verified)

    @property
    def unsteady(self) -> bool:
        """Whether the best version's two scores differ by much of what it gained."""
        if not self.again or self.again.score is None:
            return False
        return abs(self.again.score - self.best.score) > MUCH * (self.best.score - self.base.score)


def evolved(
    run: Run,
    sources: Sequence[Source],
    control: Control,
    read_event: Callable[[Event], None] = lambda _: None,
    listen: Callable[[str], None] = lambda _: None,
) -> Evolved:
    """Evolve, or go on with it where it was interrupted, up to the verdict.

    Raises TaskError, ModelError, SandboxError, Stopped; the log is then as far as it came, and can be taken up again.
    """
    assert run.task.objective
    log = Log(run.log_path(1), read_event)
    try:
        asker = Asker(run, sources, control, Live(ours(), listen).hear)
        if not log.events:
            log.append(opened(run, 1, asker.name, Start(seconds=run.config.seconds)))
        with run.outside.into(log):
            tests = tests_of(run)
            ended = only(log, Ended) or evolve(run, log, asker, control, tests)
            known = database(log.events, run.task.objective)
            again = verdict = None
            if ended.patch:
                again = only(log, Rescored) or rescore(run, log, ended, known.best.number, control)
            if again and again.score is not None and again.score > known.base.score:
                verdict = (only(log, Judged) or judge(run, log, ended, tests)).verdict
            return Evolved(
                log=str(log.path),
                ended=ended,
                tried=known.tried,
                programs=tuple(known.top(len(known.programs))),
                base=known.base,
                again=again,
                verdict=verdict,
                usage=used(log.events),
            )
    finally:
        log.close()


def tests_of(run: Run) -> TestReport | None:
    """What the tests come to on the base, where they can tell whether a version breaks anything. Raises TaskError."""
    report = usable(run)
    if run.task.test_command and report.problem:
        raise TaskError(f"--test {run.task.test_command}: on the base {report.problem}.")
    tells = report.command and not report.problem and (report.outcomes or report.green)
    return report if tells else None


def rescore(run: Run, log: Log, ended: Ended, number: int, control: Control) -> Rescored:
    """Measure what the patch makes of the base, where no version was before."""
    assert run.task.objective
    with run.fresh("score") as workspace:
        control.on_stop(workspace.sandbox.kill)
        done = workspace.apply(ended.patch)
        assert done.ok, done.output
        found = measure(workspace, run.task.objective.command, MOST, control.check)
    score = found.numbers.score if found.numbers else None
    event = log.append(Rescored(number=number, score=score, reason=found.reason, seconds=found.seconds))
    assert isinstance(event, Rescored)
    return event


def judge(run: Run, log: Log, ended: Ended, tests: TestReport | None) -> Judged:
    """Verify the patch. Where there are no tests, the command that measures is all that can be run.

    Tests that fail on the base are not what the patch is for.
    """
    from ...verify.trial import Terms, verify  # the checks are not loaded before there is something to check

    assert run.task.objective
    before = tests
    if not before:
        with run.fresh("baseline") as workspace:
            before = Suite(workspace, run.task.objective.command).baseline()
    terms = Terms(known_failing=before.failing)
    with run.fresh("verify") as workspace:
        verdict = verify(workspace, ended.patch, before.command, before, terms, run.beside())
    judged = log.append(Judged(verdict=verdict))
    assert isinstance(judged, Judged)
    return judged


def only(log: Log, kind: type[T]) -> T | None:
    """The one event of a kind, where it has happened."""
    return next((e for e in log.events if isinstance(e, kind)), None)
