"""`patchwright resume`, and what it shares with `solve` and `evolve`: a run's work, then its patch to where it was asked for."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..agent import run
from ..agent.attempt import PARTIAL, Candidate
from ..agent.control import Control
from ..agent.events import Event
from ..agent.models.base import ModelError, ModelRefused
from ..agent.models.fallback import with_fallbacks
from ..agent.models.select import Choice, Source, choose
from ..agent.run import Run
from ..agent.search.board import Board, Watcher
from ..agent.search.many import search
from .ending import LIMIT, MODEL, NOT_VERIFIED, OK, say
from .plain import Plain, as_json


def resume(options: argparse.Namespace) -> int:
    """Go on where a run was interrupted."""
    begun = run.reopen(run.find(options.run))
    config = begun.config
    choice = choose(config.model, config.base_url, os.environ, say, config.profile, config.effort)
    return carry_out(begun, choice, options)


def carry_out(begun: Run, choice: Choice, options: argparse.Namespace) -> int:
    """Attempts, then delivery; a run that was cut off stays, to be resumed."""
    sources, done = list[Source](), False
    try:
        names, effort = begun.config.fallbacks, begun.config.effort
        fallbacks = [choose(name, "", os.environ, say, None, effort) for name in names]
        say(f"model: {choice.why}")
        for one in (choice, *taking_turns(begun)):
            try:
                sources.append(with_fallbacks(one.open(), [other.open for other in fallbacks]))
            except ModelError as e:
                if not begun.config.others:
                    raise
                say(f"{one.name} takes no turns: {e}")
        if not sources:
            raise ModelRefused("none of the models that were named can be asked.")
        say(f"run {begun.id}, log {begun.log_path(1)}")
        code = (evolve if begun.task.objective else solve)(begun, sources, options)
        done = True
        return code
    finally:
        worth_it = not done and begun.answered()
        if worth_it:
            if (partial := begun.folder / PARTIAL).exists():
                say(f"the patch as far as it came is in {partial}")
            say(f"go on with: patchwright resume {begun.id}")
        begun.close(keep=worth_it)
        for source in sources:
            source.close()


def taking_turns(begun: Run) -> Iterator[Choice]:
    """The further models that attempts are made with."""
    config = begun.config
    for name in config.others:
        yield choose(name, "", os.environ, say, None, config.effort)


def solve(begun: Run, sources: Sequence[Source], options: argparse.Namespace) -> int:
    return deliver(begun, best_of(begun, sources, options), options)


def evolve(begun: Run, sources: Sequence[Source], options: argparse.Namespace) -> int:
    from .evolve import carry  # it needs what is here

    return carry(begun, sources, options)


def best_of(begun: Run, sources: Sequence[Source], options: argparse.Namespace) -> Candidate:
    control, most = Control(), begun.config.attempts
    watcher = Lines() if options.json else Plain(many=most > 1)
    with interruptible(control):
        return search(begun, sources[0], most, control, watcher, sources[1:])


class interruptible:
    """Ctrl-C and SIGTERM stop the session instead of tearing it down."""

    def __init__(self, control: Control) -> None:
        self._control, self._before = control, {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._stop)

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        threading.Thread(target=self._control.request_stop, daemon=True).start()


def deliver(begun: Run, best: Candidate, options: argparse.Namespace) -> int:
    """Put the patch where it was asked for, and say how it ended."""
    kept, verdict = begun.folder / "patch.diff", best.verdict
    run.put(kept, best.patch.text)
    run.put(begun.folder / "verdict.json", verdict.model_dump_json(indent=1))
    if verdict.secrets:
        say(f"look at the patch before you share it: it holds {', '.join(verdict.secrets)}")
    if verdict.verified:
        hand_over(begun, best, options)
    elif best.patch:
        if options.output:
            run.put(Path(options.output), best.patch.text)
        say(
            f"not verified, so it was not {'applied' if options.apply else 'delivered'}; the patch is kept in {kept}"
        )
    if options.json:
        print(as_json(result(begun, best)), flush=True)
    say(f"the log is {best.log}")
    return exit_code(best)


def hand_over(begun: Run, best: Candidate, options: argparse.Namespace) -> None:
    if options.apply or options.branch:
        land(begun, best, options)
    elif options.output:
        run.put(Path(options.output), best.patch.text)
        say(f"the patch is in {options.output}")
    elif not options.json:
        sys.stdout.write(best.patch.text)
        sys.stdout.flush()


def land(begun: Run, best: Candidate, options: argparse.Namespace) -> None:
    from ..sandbox import landing  # slow to import, and no start needs it

    top = Path(begun.base.repo)
    if options.apply:
        landing.apply(top, best.patch)
        say(f"applied to {top}")
    else:
        title = begun.task.issue.strip().splitlines()[0].lstrip("# ")[:72]
        commit = landing.branch(top, options.branch, best.patch, begun.base.head, title)
        say(f"branch {options.branch} is at {commit[:10]}")


def result(begun: Run, best: Candidate) -> dict[str, object]:
    verdict = best.verdict.model_dump(mode="json", exclude={"before", "after"})
    return {
        "kind": "result",
        "run": begun.id,
        "attempt": best.attempt,
        "verified": best.verdict.verified,
        "verdict": verdict,
        "patch": best.patch.text,
        "usage": best.usage.model_dump(mode="json"),
        "log": best.log,
    }


def exit_code(best: Candidate) -> int:
    if best.verdict.verified:
        return OK
    if best.ended.outcome == "stuck":
        say(f"{best.ended.reason}: a model that calls tools is needed")
        return MODEL
    return LIMIT if best.limit or best.ended.outcome == "limit" else NOT_VERIFIED


class Lines(Watcher):
    """Events and boards as JSON lines on standard output."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def show(self, attempt: int, event: Event) -> None:
        self._print({"attempt": attempt, **event.model_dump(mode="json")})

    def board(self, board: Board) -> None:
        self._print({"kind": "board", **board.model_dump(mode="json")})

    def _print(self, value: dict[str, object]) -> None:
        with self._lock:
            print(as_json(value), flush=True)
