"""patchwright's own search on one problem: the one place that knows how a search is started and read."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from patchwright.agent import run
from patchwright.agent.attempt import Candidate
from patchwright.agent.config import Config
from patchwright.agent.control import Control
from patchwright.agent.events import SHOWING, Ended, Event, Expected, Judged
from patchwright.agent.limits import used
from patchwright.agent.log import load
from patchwright.agent.models.base import Usage
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.board import DECISION, Board
from patchwright.agent.search.many import search
from patchwright.agent.task import Task
from patchwright.frontends.carry import interruptible
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.folders import remove

from . import cell, repository
from .case import Attempt, Case, Searched


class Engine(NamedTuple):
    """What all problems are searched with."""

    source: Source
    model: str
    most: int
    """Candidates a problem."""
    work: Path
    keep: bool
    """Whether a problem's repository and logs stay."""
    every: bool
    """Whether as many are made as may be, however much they agree."""


def searched(case: Case, engine: Engine) -> Searched:
    """Search, then run the hidden tests on every candidate.

    Raises ModelError, SandboxError, and Stopped where somebody asked for the end.
    """
    started, control = time.monotonic(), Control()
    with begun(case, engine.model, engine.work, engine.keep) as one:
        with interruptible(control):
            best = search(one, engine.source, engine.most, control, every=engine.every)
        took = time.monotonic() - started
        logs = {int(path.stem): load(path) for path in one.logs()}
        return summed(case, best, logs, took, board_of(one))


def board_of(run: Run) -> Board:
    """What a run's choice went by."""
    kept = run.folder / DECISION
    return Board.model_validate_json(kept.read_bytes()) if kept.exists() else Board(rows=())


@contextmanager
def begun(case: Case, model: str, work: Path, keep: bool) -> Iterator[Run]:
    """A run on a repository of its own."""
    folder = work / "repositories" / case.name.replace("/", "-")
    repository.make(folder, case.files)
    task = Task(id="", repo=str(folder), issue=case.issue, test_command=repository.TEST)
    config = Config.model_validate({"model": model, "sandbox": "bubblewrap"})
    one = run.create(task, config, Repository(folder))
    try:
        yield one
    finally:
        one.close(keep=False)
        if not keep:
            remove(one.folder)
            remove(folder)


def summed(case: Case, best: Candidate, logs: dict[int, list[Event]], took: float, board: Board) -> Searched:
    passes = remembered(case.passes)
    attempts = [
        Attempt(
            number=number,
            verified=any(isinstance(e, Judged) and e.verdict.verified for e in events),
            passed=passes(cell.patched(case.files, ended.patch.text, case.target)),
            patch=ended.patch.text,
        )
        for number, events in sorted(logs.items())
        if number != SHOWING and (ended := next((e for e in events if isinstance(e, Ended)), None))
    ]
    return Searched(
        name=case.name,
        chosen=best.attempt,
        state=best.verdict.state,
        attempts=tuple(attempts),
        usage=sum((used(events) for events in logs.values()), Usage()),
        seconds=took,
        standings=board.standings,
        ended=board.ended,
        expected=tuple(e for events in logs.values() for e in events if isinstance(e, Expected)),
    )


def remembered(passes: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same question is asked once: candidates are often alike."""
    known: dict[str, bool] = {}

    def asked(source: str) -> bool:
        if source not in known:
            known[source] = passes(source)
        return known[source]

    return asked
