"""`patchwright evolve`: from the command line to an evolution, and from there to a patch or the reason why there is none."""

import argparse
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from ..agent import config, run
from ..agent.attempt import Candidate
from ..agent.control import Control
from ..agent.evolve.conclusion import Evolved, evolved
from ..agent.models.select import Source, choose
from ..agent.run import Run
from ..agent.task import Objective, Task, TaskError
from ..sandbox.checkout import Repository
from ..tools.clip import line
from .carry import Lines, carry_out, hand_over, interruptible
from .cli import flags
from .ending import LIMIT, MODEL, NOT_VERIFIED, OK, say
from .plain import Plain, as_json, figure
from .solve import PLACE, issue

SETTINGS = (*PLACE, "candidates", "tokens", "dollars", "seconds")
SHOWN = 10
"""How many of the best versions the table shows."""


def evolve(options: argparse.Namespace) -> int:
    """Begin an evolution, or go on with one that the same command began and that was interrupted."""
    repository = Repository(Path(options.repo))
    settings = config.load(repository.top, os.environ, flags(options, *SETTINGS))
    task = Task(
        id="",
        repo=str(repository.top),
        issue=issue(options.issue),
        base=options.base,
        test_command=settings.test,
        objective=objective(options),
    )
    choice = choose(settings.model, settings.base_url, os.environ, say, settings.profile, settings.effort)
    settings = settings.model_copy(update={"model": choice.name})
    begun = run.create(task, settings, repository, ahead=True, tell=say)
    return carry_out(taken_up(begun), choice, options)


def objective(options: argparse.Namespace) -> Objective:
    if not options.maximise.strip():
        raise TaskError("--maximise is empty: give a command that prints the number.")
    try:
        return Objective(
            command=options.maximise,
            definition=options.evolve,
            islands=options.islands,
            seed=options.seed,
        )
    except ValidationError as e:
        raise TaskError(f"--islands {options.islands}: {e.errors()[0]['msg']}.") from e


def taken_up(begun: Run) -> Run:
    """The run that the same command began on the same base and that was interrupted; else this new one."""
    for folder in reversed(run.runs()):
        if folder == begun.folder or not run.same(folder, begun.plan):
            continue
        try:
            older = run.reopen(folder)
        except TaskError:  # another process has it
            continue
        begun.close(keep=False)
        say(f"goes on with run {older.id}, which was interrupted")
        return older
    return begun


def carry(begun: Run, sources: Sequence[Source], options: argparse.Namespace) -> int:
    """Evolve, then deliver."""
    control, watcher = Control(), Lines() if options.json else Plain()
    with interruptible(control):
        found = evolved(begun, sources, control, partial(watcher.show, 1), partial(watcher.listen, 1))
    return deliver(begun, found, options)


def deliver(begun: Run, found: Evolved, options: argparse.Namespace) -> int:
    """Put the patch where it was asked for, and say how it ended."""
    for row in table(found):
        say(row)
    if found.ended.patch:
        kept = begun.folder / "patch.diff"
        run.put(kept, found.ended.patch.text)
        say(f"the patch is kept in {kept}")
    if found.verdict:
        run.put(begun.folder / "verdict.json", found.verdict.model_dump_json(indent=1))
        if found.verdict.secrets:
            say(f"look at the patch before you share it: it holds {', '.join(found.verdict.secrets)}")
    say(ending(found))
    if found.verdict and found.verified:
        best = Candidate(
            attempt=1, log=found.log, ended=found.ended, verdict=found.verdict, usage=found.usage
        )
        hand_over(begun, best, options)
    if options.json:
        print(as_json(result(begun, found)), flush=True)
    say(f"the log is {found.log}")
    return exit_code(found)


def table(found: Evolved) -> list[str]:
    """The best versions, best first."""
    rows = [f"{'version':>8}  {'score':>12}  {'characters':>10}  begins"]
    for p in found.programs[:SHOWN]:
        first = next((r.strip() for r in p.code.split("\n")[1:] if r.strip()), "")
        rows.append(f"{p.number or 'base':>8}  {figure(p.score):>12}  {len(p.code):>10}  {line(first, 60)}")
    return rows


def ending(found: Evolved) -> str:
    """What came of it, in a sentence."""
    base, why = figure(found.base.score), f" ({found.ended.reason})" if found.ended.reason else ""
    if not found.again:
        return f"none of {found.tried} versions scores more than the base's {base}{why}"
    if found.again.score is None:
        return f"the best version scored {figure(found.best.score)}, and has no score in a fresh workspace: {found.again.reason}"
    scores = f"{figure(found.again.score)} in a fresh workspace"
    if found.unsteady:
        scores += f", much else than the {figure(found.best.score)} that it had before"
    if not found.verdict:
        return f"no version is better for sure: the best scores {scores}, the base {base}{why}"
    verdict = "verified" if found.verified else "not verified, so it was not delivered"
    return f"version {found.best.number} of {found.tried} scores {scores}, the base {base}; {verdict}{why}"


def result(begun: Run, found: Evolved) -> dict[str, object]:
    verdict = found.verdict and found.verdict.model_dump(mode="json", exclude={"before", "after"})
    return {
        "kind": "result",
        "run": begun.id,
        "verified": found.verified,
        "base": found.base.score,
        "score": found.again and found.again.score,
        "searched": found.best.score,
        "version": found.best.number,
        "code": found.best.code,
        "tried": found.tried,
        "programs": [p.model_dump(mode="json") for p in found.programs[:SHOWN]],
        "verdict": verdict,
        "patch": found.ended.patch.text,
        "usage": found.usage.model_dump(mode="json"),
        "log": found.log,
    }


def exit_code(found: Evolved) -> int:
    if found.verified:
        return OK
    if found.ended.outcome == "stuck":
        return MODEL
    return LIMIT if found.ended.outcome == "limit" and not found.again else NOT_VERIFIED
