"""Several attempts at one issue: made at once, each in its own sandbox and log, until another one is not worth it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ...sandbox.patch import Patch
from ..attempt import Candidate, attempt, candidate, settled, worked
from ..budget import Budget, Daily, count
from ..control import Control, Stopped
from ..events import SHOWING, Ended, Event, Start
from ..limits import used
from ..log import Log, load
from ..models.base import Model, ModelError, Usage
from ..models.fallback import Fallback, Place
from ..models.metered import Metered, Rate
from ..models.patient import Patient
from ..models.select import Source
from ..run import Run, state
from ..task import TaskError
from . import starts, worth
from .board import Watcher
from .choice import Standing
from .known import Known

LOOK = 0.2
"""Seconds between looks at whether somebody asked for the end."""
MOST = 10_000
"""Attempts that a run may be asked for."""


def search(
    run: Run,
    source: Source,
    most: int,
    control: Control,
    watcher: Watcher | None = None,
    others: Sequence[Source] = (),
    every: bool = False,
) -> Candidate:
    """Make attempts until another one is not worth its cost, or `most` are made; the best of them, with its verdict.

    With `others` attempts take turns between the models. With `every` as many are made as may be, whatever they are
    worth: how good a choice is shows in what it could have been. On a run that was interrupted, what is in its logs counts and
    is not done again. Raises TaskError, ModelError, SandboxError, Stopped.
    """
    if not 1 <= most <= MOST:
        raise TaskError(f"{most} candidates: from 1 to {MOST} can be asked for.")
    made = Search(run, (source, *others), most, control, watcher or Watcher(), every)
    try:
        return made.go()
    finally:
        made.known.field.close()


class Search:
    """The attempts of a run, and what is known of them."""

    def __init__(
        self,
        run: Run,
        sources: Sequence[Source],
        most: int,
        control: Control,
        watcher: Watcher,
        every: bool = False,
    ) -> None:
        self.run, self.sources, self.most, self.control, self.watcher = run, sources, most, control, watcher
        self.every = every
        self.logs = [p for p in run.logs() if p.stem != str(SHOWING)]
        self.budgets = budgets_of(run)
        self.rate = Rate(run.config.requests_a_minute, run.config.tokens_a_minute)
        self.places = [Place() for _ in sources]
        self.failed: dict[int, ModelError] = {}
        """Sources that gave no answer, with what they said."""
        self.turns: dict[int, int] = {}
        """Which of them an attempt is made with."""
        self.known = Known(run, watcher, several=most > 1)
        self.limited = False
        """Whether a limit is why no further attempt is made."""
        self.lead = worth.LEAD
        """Votes by which a behaviour has to lead."""
        self._beginning = threading.Lock()
        self._ends = time.monotonic() + run.config.seconds - spent_before(self.logs)

    def go(self) -> Candidate:
        self._introduce()
        if self.run.task.reproduce:
            self._show()
        first = self.model(1)
        guided = first.profile.guided
        first.close()
        self._take_up()
        if guided and self.most > 1:
            from .grow import grow

            ended = grow(self)
        else:
            ended = self._attempts()
        if not self.known.candidates:
            raise next(iter(self.failed.values()), TaskError(f"no attempt was made: {ended}."))
        best = self.known.settle()
        if self.most > 1:
            self.known.tell(over=True, ended=ended)
        return best.model_copy(update={"limit": ended if self.limited else ""})

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
        chosen = self.turns[number] = left[max(number - 1, 0) % len(left)]
        try:
            return paid(
                self.sources[chosen],
                lambda one: one.make(number),
                self.budgets,
                self.rate,
                self.places[chosen],
            )
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
                self.known.add(candidate(path, events), events)

    @staticmethod
    def _left(events: Sequence[Event]) -> bool:
        """Whether an attempt ended where the search went on elsewhere: it has a verdict only if it is chosen."""
        return any(isinstance(e, Ended) and e.outcome == "left" for e in events)

    def _attempts(self) -> str:
        """Make attempts, some at a time; why no more were made."""
        at_once = 1 if self.run.shared else min(self.most, self.run.config.parallel)
        controls: dict[Future[None], Control] = {}
        waiting = [n for n in range(1, self.most + 1) if n not in self.known.candidates]
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
                others_agree = self._worthless(self.known.standings())
                if not controls or others_agree:
                    return ended or others_agree
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
                self.run,
                number,
                model,
                control,
                show,
                listen,
                self.start(number),
                partial(self.known.twin, number),
            )
            self.known.add(found, load(self.run.log_path(number)))
        except Stopped:
            self.control.check()
            if not control.stop.is_set():
                raise
            self._drop(number)
        except ModelError as e:
            self.failed[self.turns[number]] = e
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

    def start(self, number: int) -> Start:
        """How an attempt begins, where it was not begun before."""
        with self._beginning:
            begun = starts.following(number, self.known.points, self.known.forks)
            self.known.forks.append(begun.fork)
        return begun.model_copy(update={"seconds": self.seconds_left()})

    def seconds_left(self) -> float:
        """Of the run's seconds; 0: it has no limit."""
        return max(self._ends - time.monotonic(), 0.001) if self.run.config.seconds else 0.0

    def enough(self) -> str:
        """Why no further attempt is begun; empty where one is worth it."""
        if not (standings := self.known.standings()):
            return ""
        if self.run.config.seconds and self._ends <= time.monotonic():
            self.limited = True
            return f"the limit of {self.run.config.seconds:g} seconds"
        if reason := self._worthless(standings):
            return reason
        return self._too_dear()

    def _worthless(self, standings: Sequence[Standing]) -> str:
        return "" if self.every or self.most == 1 else worth.enough(standings, self.lead)

    def _too_dear(self) -> str:
        """Whether what is left of the budget is less than half of what an attempt took so far."""
        own = self.budgets[0]
        if not (own.tokens or own.dollars):
            return ""
        usages = [c.usage for c in [*self.known.candidates.values()]]
        used_up = sum(usages, Usage())
        for most, spent, what in (
            (own.tokens, count(used_up), "tokens"),
            (own.dollars, used_up.dollars or 0.0, "dollars"),
        ):
            each = spent / len(usages)
            if most and most - spent < each / 2:
                self.limited = True
                return f"what is left of {most:g} {what} is too little for another attempt"
        return ""


def paid(
    source: Source, make: Callable[[Source], Model], budgets: Sequence[Budget], rate: Rate, place: Place
) -> Model:
    """A model of a source: asked again where it may help, paid, and with others behind it where there are any."""

    def maker(one: Source) -> Callable[[], Model]:
        return lambda: Patient(Metered(make(one), budgets, rate))

    makers = [maker(one) for one in (source, *source.others)]
    return Fallback(makers, place) if source.others else makers[0]()


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
