"""Several attempts at one issue: made at once, each in its own sandbox and log, until another one is not worth it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ...sandbox.patch import Patch
from ...verify.behaviours import split
from ..attempt import Candidate, attempt, candidate, judge, settled, worked
from ..budget import Budget, Daily, count
from ..control import Control, Stopped
from ..events import SHOWING, Ended, Event, Fork, Opened, Start
from ..limits import used
from ..log import Log, load
from ..models.base import Model, ModelError, Usage
from ..models.fallback import Fallback, Place
from ..models.metered import Metered, Rate
from ..models.patient import Patient
from ..models.select import Source
from ..run import Run, put, state
from ..task import TaskError
from . import starts, worth
from .board import DECISION, Watcher, board
from .choice import Standing, choose, contenders
from .field import Compared, Field, Rival

LOOK = 0.2
"""Seconds between looks at whether somebody asked for the end."""
MOST = 10_000
"""Attempts that a run may be asked for."""
GROWTH = 1.4
"""Times as many contenders as at the last comparison before they are compared again: each one looks at all."""


def search(
    run: Run,
    source: Source,
    most: int,
    control: Control,
    watcher: Watcher | None = None,
    others: Sequence[Source] = (),
) -> Candidate:
    """Make attempts until another one is not worth its cost, or `most` are made; the best of them, with its verdict.

    With `others` attempts take turns between the models. On a run that was interrupted, what is in its logs counts and
    is not done again. Raises TaskError, ModelError, SandboxError, Stopped.
    """
    if not 1 <= most <= MOST:
        raise TaskError(f"{most} candidates: from 1 to {MOST} can be asked for.")
    made = Search(run, (source, *others), most, control, watcher or Watcher())
    try:
        return made.go()
    finally:
        made.field.close()


class Search:
    """The attempts of a run, and what is known of them."""

    def __init__(
        self, run: Run, sources: Sequence[Source], most: int, control: Control, watcher: Watcher
    ) -> None:
        self.run, self.sources, self.most, self.control, self.watcher = run, sources, most, control, watcher
        self.logs = [p for p in run.logs() if p.stem != str(SHOWING)]
        self.budgets = budgets_of(run)
        self.rate = Rate(run.config.requests_a_minute, run.config.tokens_a_minute)
        self.places = [Place() for _ in sources]
        self.failed: dict[int, ModelError] = {}
        """Sources that gave no answer, with what they said."""
        self.field, self.lock = Field(run), threading.RLock()
        self.candidates: dict[int, Candidate] = {}
        self.points: list[starts.Point] = []
        self.forks: list[Fork | None] = []
        self.normal: dict[str, int] = {}
        """Patches, by what they come to, and who had them first."""
        self._compared: dict[int, Compared] = {}
        self.limited = False
        """Whether a limit is why no further attempt is made."""
        self._among = 0
        """How many contenders there were at the latest comparison."""
        self._ends = time.monotonic() + run.config.seconds - spent_before(self.logs)

    def go(self) -> Candidate:
        self._introduce()
        if self.run.task.reproduce:
            self._show()
        first = self.model(1)
        guided = first.profile.guided
        first.close()
        self._take_up()
        if guided:
            from .grow import grow

            ended = grow(self)
        else:
            ended = self._attempts()
        return self._best(ended)

    def _introduce(self) -> None:
        def paid(model: Model) -> Model:
            metered = Metered(model, self.budgets, self.rate)
            self.control.on_stop(metered.close)
            return metered

        for source in self.sources:
            source.introduce(paid, self.control.stop)
        self.control.check()

    def _show(self) -> None:
        """Have a test written that shows the issue, before anyone tries to solve it. Raises TaskError."""
        model = self.model(SHOWING)
        try:
            if model.profile.guided:
                raise TaskError(
                    f"{model.name} repairs functions and writes no tests: leave --reproduce away."
                )
            show, listen = self.ears(SHOWING)
            with worked(self.run, SHOWING, model, self.control, show, listen):
                pass
        finally:
            model.close()

    def model(self, number: int) -> Model:
        """The model of an attempt: asked again where it may help, paid, and with others behind it where there are any.

        Raises ModelError where none is left.
        """
        left = [n for n in range(len(self.sources)) if n not in self.failed]
        if not left:
            raise next(iter(self.failed.values()))
        chosen = left[max(number - 1, 0) % len(left)]
        source = self.sources[chosen]

        def maker(one: Source) -> Callable[[], Model]:
            return lambda: Patient(Metered(one.make(number), self.budgets, self.rate))

        makers = [maker(one) for one in (source, *source.others)]
        try:
            return Fallback(makers, self.places[chosen]) if source.others else makers[0]()
        except ModelError as e:
            self.failed[chosen] = e
            return self.model(number)

    def ears(self, number: int) -> tuple[Callable[[Event], None], Callable[[str], None]]:
        """Who is told of an attempt's events, and of its text."""
        return partial(self.watcher.show, number), partial(self.watcher.listen, number)

    def _take_up(self) -> None:
        """Count what is in the logs of a run that was interrupted."""
        for path in self.logs:
            events = load(path)
            if any(isinstance(e, Ended) for e in events) and (settled(events) or self._left(events)):
                self.add(candidate(path, events), events)

    @staticmethod
    def _left(events: Sequence[Event]) -> bool:
        """Whether an attempt ended where the search went on elsewhere: it has a verdict only if it is chosen."""
        return any(isinstance(e, Ended) and e.outcome == "left" for e in events)

    # --- attempts with a loop -------------------------------------------------------------------------------------

    def _attempts(self) -> str:
        """Make attempts, some at a time; why no more were made."""
        at_once = 1 if self.run.shared else min(self.most, self.run.config.parallel)
        controls: dict[Future[None], Control] = {}
        waiting = [n for n in range(1, self.most + 1) if n not in self.candidates]
        ended = ""
        with ThreadPoolExecutor(at_once, thread_name_prefix="attempt") as pool, self._stopping(controls):
            while True:
                ended = ended or self.enough()
                while waiting and len(controls) < at_once and not ended:
                    own = Control()
                    if at_once == 1:
                        own.said = self.control.said
                    controls[pool.submit(self._attempt, waiting.pop(0), own)] = own
                    ended = self.enough()
                if not controls or worth.enough(self.ranked()):
                    return ended
                done, _ = wait(controls, LOOK, FIRST_COMPLETED)
                self.control.check()
                for future in done:
                    controls.pop(future)
                    future.result()

    @contextmanager
    def _stopping(self, controls: dict[Future[None], Control]) -> Iterator[None]:
        """At the end, whatever it is, stop the attempts that nobody waits for."""
        try:
            yield
        finally:
            for own in controls.values():
                own.stop.set()
            for own in controls.values():
                own.request_stop()

    def _attempt(self, number: int, control: Control) -> None:
        """One attempt, on a thread of its own. What keeps a model from answering is remembered where there are others."""
        try:
            model = self.model(number)
        except ModelError:
            control.over()
            raise
        try:
            show, listen = self.ears(number)
            found = attempt(
                self.run, number, model, control, show, listen, self.start(number), partial(self.twin, number)
            )
            self.add(found, load(self.run.log_path(number)))
        except Stopped:
            self.control.check()
            self._drop(number)
        except ModelError as e:
            left = [n for n in range(len(self.sources)) if n not in self.failed]
            self.failed[left[max(number - 1, 0) % len(left)]] = e
            if len(self.failed) == len(self.sources):
                raise
        finally:
            control.over()
            model.close()

    def _drop(self, number: int) -> None:
        """Close the log of an attempt that nobody waits for any more."""
        log = Log(self.run.log_path(number), partial(self.watcher.show, number))
        try:
            nothing = Patch(text="", base=self.run.base.tree)
            log.append(Ended(outcome="left", reason="the others are enough", patch=nothing))
        finally:
            log.close()

    # --- what is known --------------------------------------------------------------------------------------------

    def start(self, number: int) -> Start:
        """How an attempt begins, where it was not begun before."""
        with self.lock:
            begun = starts.following(number, self.points, self.forks)
            self.forks.append(begun.fork)
            return begun.model_copy(update={"seconds": self.seconds_left()})

    def seconds_left(self) -> float:
        """Of the run's seconds; 0: it has no limit."""
        return max(self._ends - time.monotonic(), 0.001) if self.run.config.seconds else 0.0

    def twin(self, number: int, patch: Patch) -> int:
        """The attempt that had the same patch first, but for comments and layout; 0: it is this one."""
        if self.most == 1 or not (taken := self.field.take(patch)):
            return 0
        with self.lock:
            first = self.normal.setdefault(taken.normal, number)
            return first if first != number else 0

    def originals(self) -> list[Candidate]:
        return [c for c in self.candidates.values() if not c.alike]

    def add(self, found: Candidate, events: Sequence[Event]) -> None:
        """A candidate more."""
        with self.lock:
            self.candidates[found.attempt] = found
            if not found.alike:
                self.twin(found.attempt, found.patch)
            opened = events[0]
            assert isinstance(opened, Opened)
            if before := self.run.measured:
                self.points += starts.points(found.attempt, events, before)
            if self.most > 1:
                self._compare()
                self.tell()

    def standings(self) -> dict[int, Standing]:
        """What the choice knows of each candidate, those with another's patch apart."""
        alike: dict[int, list[int]] = {}
        for one in self.candidates.values():
            if one.alike:
                alike.setdefault(one.alike, []).append(one.attempt)
        return {c.attempt: self._standing(c, alike.get(c.attempt, [])) for c in self.originals()}

    def _standing(self, one: Candidate, alike: Sequence[int]) -> Standing:
        compared = self._compared.get(one.attempt, Compared("", 0.0))
        verdict, patch = one.verdict, one.patch
        about: dict[str, object] = {
            "attempt": one.attempt,
            "alike": tuple(alike),
            "size": patch.added + patch.removed or len(patch.files),
            "behaviour": compared.behaviour,
            "agreement": compared.agreement,
        }
        last = next((p for p in reversed(self.points) if p.attempt == one.attempt), None)
        if one.judged:
            about |= {"verified": verdict.verified, "judged": True, "applies": verdict.applies}
            about |= {"broke": len(verdict.broke), "fixed": len(verdict.fixed)}
            about["findings"] = sum(f.severity != "note" for f in verdict.findings)
        else:
            about["verified"] = one.ended.outcome == "finished" and bool(patch)
            about |= {"broke": last.broke, "fixed": last.fixed} if last else {}
        return Standing.model_validate(about)

    def _compare(self) -> None:
        """Hold the contenders against each other, where there are enough more of them than the last time."""
        standings = self.standings()
        among = contenders([s for s in standings.values() if s.size])
        if len(among) < 2 or not (among[0].verified or among[0].fixed or not self.run.command()):
            return
        if len(among) < self._among * GROWTH and {s.attempt for s in among} != set(self._compared):
            return
        self._hold(among)

    def _hold(self, among: Sequence[Standing]) -> None:
        rivals = []
        for one in among:
            found = self.candidates[one.attempt]
            if taken := self.field.take(found.patch):
                verdict = found.verdict
                outcomes = verdict.after.outcomes if verdict.after else {}
                stable = {t: o for t, o in outcomes.items() if t not in verdict.flaky}
                own = verdict.own or verdict.after
                new = tuple(t for t in verdict.new if own and own.passes(t))
                rivals.append(Rival(one.attempt, taken, stable, new, one.votes))
        if len(rivals) > 1:
            self._compared, self._among = self.field.compare(rivals), len(rivals)

    def ranked(self) -> list[Standing]:
        with self.lock:
            return [*self.standings().values()]

    def enough(self) -> str:
        """Why no further attempt is begun; empty where one is worth it."""
        with self.lock:
            known = self.ranked()
            if not known:
                return ""
            if self.run.config.seconds and self._ends <= time.monotonic():
                self.limited = True
                return f"the limit of {self.run.config.seconds:g} seconds"
            if self.most > 1 and (reason := worth.enough(known)):
                return reason
            return self._too_dear()

    def _too_dear(self) -> str:
        """Whether what is left of the budget is less than half of what an attempt took so far."""
        own = self.budgets[0]
        mean = sum((c.usage for c in self.candidates.values()), Usage())
        for most, spent, what in (
            (own.tokens, count(mean), "tokens"),
            (own.dollars, mean.dollars or 0.0, "dollars"),
        ):
            each = spent / len(self.candidates)
            if most and most - spent < each / 2:
                self.limited = True
                return f"what is left of {most:g} {what} is too little for another attempt"
        return ""

    def tell(self, over: bool = False, ended: str = "") -> None:
        """Show how the candidates stand."""
        standings = self.standings()
        decision = choose(list(standings.values())) if standings else None
        differing = tuple(one.input for one in split(self.field.probes))
        told = board([*self.candidates.values()], standings, decision, differing, over, ended)
        put(self.run.folder / DECISION, told.model_dump_json(indent=1))
        self.watcher.board(told)

    def _best(self, ended: str) -> Candidate:
        """The best candidate. A verdict is made where the choice falls on one without, and may change the choice."""
        if not self.candidates:
            raise next(iter(self.failed.values()), TaskError(f"no attempt was made: {ended}."))
        while True:
            if self.most > 1:
                self._hold_at_last()
            decision = choose(self.ranked())
            best = self.candidates[decision.best]
            if best.judged:
                if self.most > 1:
                    self.tell(over=True, ended=ended)
                return best.model_copy(update={"limit": ended if self.limited else ""})
            self.judge(best)

    def confirm(self) -> None:
        """Have a verdict on the best candidate, as long as there is none that is verified: it is shown at once."""
        while standings := self.ranked():
            best = next(s for s in standings if s.attempt == choose(standings).best)
            if best.judged or not best.verified:
                return
            self.judge(self.candidates[best.attempt])

    def _hold_at_last(self) -> None:
        among = contenders([s for s in self.standings().values() if s.size])
        if len(among) > 1 and {s.attempt for s in among} - set(self._compared):
            self._hold(among)

    def judge(self, one: Candidate) -> Candidate:
        """The candidate with a verdict."""
        log = Log(self.run.log_path(one.attempt), partial(self.watcher.show, one.attempt))
        try:
            judge(self.run, log, one.ended)
            found = candidate(log.path, log.events)
        finally:
            log.close()
        with self.lock:
            self.candidates[one.attempt] = found
        return found


def budgets_of(run: Run) -> list[Budget]:
    """What a run may spend: its own budget, less what its attempts have used so far, within the day's."""
    so_far = sum((used(load(path)) for path in run.logs()), Usage())
    own = Budget("a run", run.config.tokens, run.config.dollars, so_far)
    return [own, Daily(state() / "spent", run.config.dollars_a_day)]


def spent_before(logs: Sequence[Path]) -> float:
    """Seconds in which at least one of these attempts was worked at."""
    spans = sorted((events[0].at, events[-1].at) for path in logs if (events := load(path)))
    total, until = 0.0, 0.0
    for start, end in spans:
        total += max(end - max(start, until), 0.0)
        until = max(until, end)
    return total
