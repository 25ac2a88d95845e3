"""Candidates of a model that answers briefly and often: a tree of answers instead of one long conversation.

It is shown where the failing tests lead and asked for the edit only, for several answers to one prompt at once where
its server can. Each answer is applied and tested, and is a candidate, with a log of its own. The next batch begins
anew at another place, or goes on from the answer that came furthest, which is told what the tests said to it; and a
model that can has single statements filled in anew, of which those count that come to be something else.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...sandbox.base import SandboxDied
from ...tools.base import Call
from ...tools.locate import Located, Unwritten
from ...verify.delta import changes
from ...verify.same import normal
from ..attempt import begin, candidate, seat
from ..budget import Spent
from ..events import Alike, Ended, Expected, Filled, Fork, Opened, Replied, Start
from ..limits import copied
from ..log import Log, load
from ..loop import act, is_done, next_call, take
from ..models import dialect
from ..models.base import SMALL, Message, Model, ModelError, Reply, several
from ..session import Session, last_tree
from . import starts, worth
from .expect import ask
from .fill import Filler, codes

if TYPE_CHECKING:
    from .many import Search

LEAST, TIMES = 10.0, 10
"""A run of the tests may take so many seconds, and so many times as long as on the base: what hangs is no candidate."""
DEATHS = 2
"""Sandboxes that an answer may take down before it counts as one that does."""
FUNCTIONS, ASKINGS = 3, 4
"""Of which is asked what has to come of them, and how often in all."""
SEAT = 1
"""The working copy that all answers are tried in, one after the other."""


def grow(search: "Search") -> str:
    """Ask for answers until another one is not worth its cost, or as many were made as may be; why there are no more."""
    return Tree(search).grow()


class Tree:
    """Answers, and the working copy that they are tried in."""

    def __init__(self, search: "Search") -> None:
        self.search, self.run = search, search.run
        self.models = dict[int, Model]()
        self.deaths: Counter[int] = Counter()
        self.memory = dict[str, bytes]()
        self.unwritten: list[Unwritten] = []
        """What the tests lead to, and is yet to be written."""
        self.source = ""
        """Of these."""
        self.turn = 0
        """Of the next batch."""
        self.asked = 0
        """How often, what has to come of calls."""
        looked, known = 0, set[str]()
        for events in map(load, search.logs):
            for start in (e.start for e in events[:1] if isinstance(e, Opened)):
                self.turn = max(self.turn, start.turn + 1)
                known |= codes(events) if start.hole else set()
            self.asked += sum(isinstance(e, Expected) for e in events)
            looked = max([looked, *(e.looked for e in events if isinstance(e, Filled))])
        listen = partial(search.watcher.listen, 0)
        self.filler = Filler(self.run.task.issue, search.control, listen, looked, known)

    @property
    def written(self) -> bool:
        """Whether the code is there that the tests lead to."""
        return not self.unwritten

    def grow(self) -> str:
        unfinished = [int(p.stem) for p in self.search.logs if self._unfinished(p)]
        try:
            while True:
                try:
                    return self._sit(unfinished)
                except SandboxDied as e:
                    self.search.control.check()
                    self.deaths[unfinished[0] if unfinished else 0] += 1
                    if max(self.deaths.values()) > DEATHS:
                        raise
                    self.search.watcher.listen(0, f"\n[{e}; it is opened again]\n")
        finally:
            self._close()

    def _close(self) -> None:
        for model in [*self.models.values()]:
            model.close()

    def _unfinished(self, path: Path) -> bool:
        """Whether a log has an answer that was not tried yet; one without any is gone on with by itself."""
        if int(path.stem) in self.search.known.candidates:
            return False
        events = load(path)
        return any(isinstance(e, Replied) for e in events[copied(events) :])

    def _sit(self, unfinished: list[int]) -> str:
        """Work in one sandbox, as long as it lives."""
        first = self.model(0)
        listen = partial(self.search.watcher.listen, 0)
        with seat(self.run, SEAT, first, "", listen) as (workspace, desk, toolbox):
            self.search.control.on_stop(workspace.sandbox.kill, self._close)
            self.workspace, self.desk, self.toolbox = workspace, desk, toolbox
            desk.memory = self.memory
            if desk.command:
                desk.seconds = max(LEAST, TIMES * desk.baseline().seconds)
                self._look()
            self._finish_all(unfinished)
            while (made := len(self.search.known.candidates)) < self.search.most:
                if reason := self.search.enough():
                    return reason
                try:
                    self._batch(made + 1, unfinished)
                    self.turn += 1
                    self._confirm()
                    self._expect()
                except Spent as e:
                    self.search.limited = True
                    self._finish_all(unfinished)
                    self._unpaid(len(self.search.known.candidates) + 1, str(e))
                    self._account()
                    return str(e)
                except ModelError as e:
                    self._finish_all(unfinished)
                    self._give_up(e)
            self.search.known.compare()  # the last of them may be new there
            while self._expect():
                pass
        return ""

    def _look(self) -> None:
        """Whether the code that the tests lead to is there already, or yet to be written; and what could be filled in."""
        self.workspace.restore(self.run.base.tree)
        self.filler.places(self.desk)
        located = Located(self.workspace, self.desk.baseline())
        self.unwritten = located.unwritten()
        self.source = located.sources(stubs=False) if self.unwritten else ""
        self.search.lead = worth.LEAD if self.written else worth.UNWRITTEN

    def _confirm(self) -> None:
        if not any(s.verified and s.judged for s in self.search.known.standings()):
            self.search.known.confirm()

    def _expect(self) -> bool:
        """Where what could be the best does different things, have the model say what has to come of it; whether it
        said anything."""
        known, said = self.search.known, None
        for path, name, _, _ in self.unwritten[:FUNCTIONS]:
            calls = known.telling(path, name) if self.asked < ASKINGS else []
            if not calls:
                continue
            self.asked += 1
            listen = partial(self.search.watcher.listen, 0)
            with suppress(ModelError, Spent):  # the next batch meets it again
                model, stop = self.model(self.turn), self.search.control.stop
                said = ask(model, path, name, calls, self.source, listen, stop)
                self.search.control.check()
                known.expect(known.best(), said)
        return said is not None

    def model(self, turn: int) -> Model:
        """One for the first answer, which is the likeliest; then models that explore take turns, batch by batch."""
        kind = self._kind(turn)
        if kind not in self.models:
            self.models[kind] = self.search.model(kind)
        return self.models[kind]

    def _model_of(self, log: Log) -> Model:
        opened = log.events[0] if log.events else None
        return self.model(opened.start.turn if isinstance(opened, Opened) else self.turn)

    def _kind(self, turn: int) -> int:
        return 2 + (turn - 1) % len(self.search.sources) if turn else 1

    def _give_up(self, error: ModelError) -> None:
        """Go on without a model that gives no answer. Raises its error where there is no other."""
        kind = self._kind(self.turn)
        self.search.failed[self.search.turns.get(kind, 0)] = error
        self.models.clear()
        if len(self.search.failed) == len(self.search.sources):
            raise error

    def _batch(self, number: int, unfinished: list[int]) -> None:
        """Some answers: of those in words one at first, then as many as come about as soon as one."""
        model = self.model(self.turn)
        count = min(SMALL.batch, self.search.most + 1 - number)
        kind = starts.kind(self.turn, model.profile, self.written)
        if kind != "fill" or not self._fill(model, number, count, unfinished):
            self._say(model, kind, number, count if self.turn else 1, unfinished)
        self._finish_all(unfinished)
        self._account()

    def _account(self) -> None:
        """Have it in a log, too, what was filled in and came to nothing."""
        candidates = self.search.known.candidates
        if candidates and (filled := self.filler.account()):
            self.search.known.note(candidates[max(candidates)], filled)

    def _fill(self, model: Model, number: int, count: int, unfinished: list[int]) -> bool:
        """Have places filled in anew, and try each filling at once; whether something else came of any."""
        first = number
        for filling in self.filler.fillings(model, self.desk, count):
            start = Start(turn=self.turn, hole=filling.place, seconds=self.search.seconds_left())
            with self.log(number) as log:
                begin(self.run, log, model, start)
                session = self.session(log, model)
                self._stand(log)
                for fact in (*session.to_say(), self.filler.account()):
                    if fact:
                        log.append(fact)
                take(session, filling.reply, 0.0)
            unfinished.append(number)
            number += 1
            self._finish_all(unfinished)
            self._confirm()
            if self.search.enough():
                break
        return number > first

    def _say(self, model: Model, kind: str, number: int, count: int, unfinished: list[int]) -> None:
        """Ask for answers to one prompt."""
        start = self._start(kind)
        with self.log(number) as log:
            begin(self.run, log, model, start)
            session = self.session(log, model)
            self._stand(log)
            replies, seconds = self._ask(session, count, self._begun(start.focus) if kind == "begun" else "")
            self.search.control.check()
            prefix = len(log.events)
            for nth, reply in enumerate(replies):
                unfinished.append(number + nth)
                if nth == 0:
                    take(session, reply, seconds)
                else:
                    self._sibling(log, prefix, number + nth, reply, seconds)

    def _start(self, kind: str) -> Start:
        """Where a batch begins that is asked for in words."""
        search, angle = self.search, "" if self.written else starts.hint(self.turn)
        start = Start(focus=starts.focus(self.turn), angle=angle)
        if kind == "fork":
            deepest = self.run.config.limits.steps
            found = [p for p in search.known.points if self.written or p.good]
            if point := starts.best(found, search.known.forks, deepest):
                start = Start(fork=Fork(attempt=point.attempt, seq=point.seq))
        search.known.forks.append(start.fork)
        return start.model_copy(update={"turn": self.turn, "seconds": search.seconds_left()})

    def _begun(self, focus: int) -> str:
        """The answer up to the body of what is to be written; the model would say as much again each time."""
        path, _, _, head = self.unwritten[focus % len(self.unwritten)]
        return dialect.begun(Call(id="", tool="define", args={"path": path, "code": head})) if head else ""

    def _ask(self, session: Session, count: int, begun: str) -> tuple[Sequence[Reply], float]:
        for fact in session.to_say():
            session.log.append(fact)
        self.workspace.sandbox.check()
        started, sent = time.monotonic(), session.conversation.messages(session.log.events)
        if begun:
            sent = [*sent, Message(role="assistant", text=begun)]
            session.listen(begun)
        ask = (sent, session.schemas(), count, session.listen, session.control.stop)
        return several(session.model, *ask), time.monotonic() - started

    def _sibling(self, log: Log, prefix: int, number: int, reply: Reply, seconds: float) -> None:
        """The log of another answer to the same prompt."""
        opened = log.events[0]
        assert isinstance(opened, Opened)
        with self.log(number) as own:
            fork = Fork(attempt=int(log.path.stem), seq=prefix - 1)
            model = self.model(opened.start.turn)
            begin(self.run, own, model, opened.start.model_copy(update={"fork": fork}))
            take(self.session(own, model), reply, seconds)

    def _finish_all(self, unfinished: list[int]) -> None:
        while unfinished:
            with self.log(unfinished[0]) as log:
                self._finish(log)
            unfinished.pop(0)

    def _finish(self, log: Log) -> None:
        """Try the answer that a log ends with; then it is a candidate."""
        session = self.session(log, self._model_of(log))
        if not any(isinstance(e, Ended) for e in log.events):
            self._stand(log)
            tried = self.deaths[int(log.path.stem)] < DEATHS
            while tried and (call := next_call(log.events)):
                self.search.control.check()
                act(session, call)
            why = "" if tried else "the sandbox died of it"
            ended = session.end("finished" if is_done(log.events) else "left", why)
            if ended.patch and not ended.patch.notes:
                self.search.known.field.know(ended.patch, normal(changes(self.workspace, session.tree)))
        found = candidate(log.path, log.events)
        if not found.alike and (twin := self.search.known.twin(found.attempt, found.patch)):
            log.append(Alike(attempt=twin))
            found = candidate(log.path, log.events)
        self.search.known.add(found, log.events)

    def _stand(self, log: Log) -> None:
        """Have the working copy as a log leaves it: what is shown of it, too, is none of another answer's."""
        self.workspace.restore(last_tree(log) or self.run.base.tree)

    def _unpaid(self, number: int, reason: str) -> None:
        """Close the log of an attempt whose answer could not be paid."""
        with self.log(number) as log:
            self.session(log, self._model_of(log)).end("limit", reason)
            self.search.known.add(candidate(log.path, log.events), log.events)

    def session(self, log: Log, model: Model) -> Session:
        _, listen = self.search.ears(int(log.path.stem))
        return Session(log, model, self.workspace, self.desk, self.toolbox, self.search.control, listen)

    @contextmanager
    def log(self, number: int) -> Iterator[Log]:
        show, _ = self.search.ears(number)
        log = Log(self.run.log_path(number), show)
        try:
            with self.run.outside.into(log):
                yield log
        finally:
            log.close()
