"""Evolution: ask for versions, score them, keep the good ones. The next move is a function of the log."""

from collections.abc import Sequence
from contextlib import suppress

from ...sandbox.base import SandboxError
from ...sandbox.patch import Patch
from ...verify.report import TestReport
from ..attempt import PARTIAL
from ..budget import Spent
from ..config import Config
from ..control import Control
from ..events import Ended, Event, Proposed, Scored
from ..log import Log
from ..run import Run, put
from ..session import Outcome
from .asking import Answer, Asker, question, room
from .bench import Bench
from .database import Draw, database
from .scorer import Scorer
from .site import Site, site

BATCH = 4
"""Versions that are asked for by one question."""
USUAL = 100
"""Versions that are asked for where nothing limits them."""
LOST = 24
"""Answers in a row without a version, after which the model is taken not to be able to write one."""


class Evolution:
    """The log of a run with the live things that it is about. The log has the base's score."""

    def __init__(
        self, run: Run, log: Log, site: Site, scorer: Scorer, asker: Asker, control: Control
    ) -> None:
        assert run.task.objective
        self._run, self._log, self._site = run, log, site
        self._scorer, self._asker, self._control = scorer, asker, control
        self._spent = ""
        """The budget that the next answer could pass."""
        self.known = database(log.events, run.task.objective)

    def go_on(self) -> tuple[Outcome, str]:
        """Ask and score until there is a reason to stop. All versions of a question are asked for before any of them
        is scored, so that a run that was interrupted between them goes on with the same question."""
        while True:
            self._control.check()
            asked = [e for e in self._log.events if isinstance(e, Proposed)]
            waiting, stop = asked[self.known.tried :], self._must_stop(asked)
            begun = len(asked) % BATCH
            if waiting and (stop or not begun):
                self._score(waiting[0])
            elif stop:
                return stop
            else:
                self._ask(self._again(asked[-1]) if begun else self.known.draw(), len(asked))

    def patch(self, bench: Bench) -> Patch:
        """What the best version changes; empty where that is the base's."""
        workspace = bench.workspace
        if self.known.best.score <= self.known.base.score:
            return Patch(text="", base=workspace.base)
        bench.clear()
        workspace.write(self._site.path, self._site.encoded(self.known.best.code))
        return workspace.diff(workspace.base, workspace.snapshot())

    def _ask(self, draw: Draw, asked: int) -> None:
        last = min(asked - asked % BATCH + BATCH, most(self._run.config))
        messages = question(self._run.task.issue, self._site.name, draw.parents)
        try:
            numbers, longest = range(asked + 1, last + 1), room(draw.parents)
            for answers in self._asker.answers(messages, numbers, asked // BATCH, longest):
                for answer in answers:
                    self._log.append(self._proposed(answer, draw))
                if self._must_stop(self._log.events):
                    return
        except Spent as e:
            self._spent = str(e)

    def _proposed(self, answer: Answer, draw: Draw) -> Proposed:
        return Proposed(
            number=answer.number,
            island=draw.island,
            parents=tuple(p.number for p in draw.parents),
            reply=answer.reply,
            model=answer.model if answer.model != self._asker.name else "",
            seconds=answer.seconds,
        )

    def _again(self, last: Proposed) -> Draw:
        """What was shown for the versions of a question that was not asked to its end."""
        return Draw(last.island, tuple(self.known.numbered[number] for number in last.parents))

    def _score(self, proposed: Proposed) -> None:
        self._control.on_stop(self._scorer.kill)
        scored = self._scorer.scored(proposed, self.known)
        self._control.check()
        event = self._log.append(scored)
        assert isinstance(event, Scored)
        self.known.add(event)

    def _must_stop(self, events: Sequence[Event]) -> tuple[Outcome, str] | None:
        """Why no more versions are asked for; None where they are."""
        config = self._run.config
        if self._spent:
            return "limit", self._spent
        if sum(isinstance(e, Proposed) for e in events) >= most(config):
            return "finished", ""
        if config.seconds and seconds(self._log.events) >= config.seconds:
            return "limit", f"the limit of {config.seconds:g} seconds"
        latest = [e for e in self._log.events if isinstance(e, Scored)][1:][-LOST:]
        if len(latest) == LOST and not any(e.code for e in latest):
            return "stuck", f"the last {LOST} answers held no version of {self._site.name}"
        return None


def evolve(run: Run, log: Log, asker: Asker, control: Control, tests: TestReport | None) -> Ended:
    """Work from where the log stands until there is a reason to stop.

    Raises TaskError, ModelError, SandboxError, Stopped; the log is then as far as it came, and can be taken up again.
    """
    objective = run.task.objective
    assert objective
    with Bench(run) as bench:
        control.on_stop(bench.kill)
        place = site(bench.workspace, objective)
        scorer = Scorer(bench, place, objective.command, control, tests)
        begun = next((e for e in log.events if isinstance(e, Scored)), None)
        scorer.base = begun or scorer.begin()
        if not begun:
            log.append(scorer.base)
        evolution = Evolution(run, log, place, scorer, asker, control)
        try:
            outcome, reason = evolution.go_on()
        except BaseException as e:
            if isinstance(e, SandboxError):
                control.check()  # it may be what was cut when somebody asked for the end
            with suppress(SandboxError):
                put(run.folder / PARTIAL, evolution.patch(bench).text)
            raise
        ended = log.append(Ended(outcome=outcome, reason=reason, patch=evolution.patch(bench)))
        assert isinstance(ended, Ended)
        return ended


def most(config: Config) -> int:
    """How many versions are asked for."""
    limited = config.seconds or config.tokens or config.dollars
    return config.candidates or (10**9 if limited else USUAL)


def seconds(events: Sequence[Event]) -> float:
    """What answers and scores took, over all the times that a run was taken up."""
    return sum(e.seconds for e in events if isinstance(e, Proposed | Scored))
