"""The command line that the proofs share: options, errors as sentences, problems one after the other."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from patchwright import prompts
from patchwright.agent.control import Stopped
from patchwright.agent.models.base import ModelError
from patchwright.agent.task import TaskError
from patchwright.sandbox.base import SandboxError
from platformdirs import user_cache_path

from . import models
from .again import chosen_again
from .case import Case, Searched
from .records import Records
from .searching import Engine, searched

MOST = 20
One = TypeVar("One")
"""A problem, or a name of one."""


def parser(about: str, name: str, most: int) -> argparse.ArgumentParser:
    """The options of a proof whose work folder has this name, and which makes so many candidates."""
    top = argparse.ArgumentParser(description=about)
    top.add_argument("--every", type=number(), default=1, metavar="N", help="only every Nth problem")
    top.add_argument(
        "--skip", type=number(least=0), default=0, metavar="N", help="leave out the first N problems"
    )
    top.add_argument("--only", default="", metavar="NAME", help="only this problem")
    top.add_argument(
        "--most", type=number(MOST), default=most, metavar="K", help="most candidates a problem (%(default)s)"
    )
    top.add_argument("--model", default=models.LOCAL, metavar="NAME", help="the model (%(default)s)")
    top.add_argument("--all", action="store_true", help="make all of them, however much they agree")
    top.add_argument(
        "--again", action="store_true", help="choose again among the candidates in --work, without a model"
    )
    top.add_argument("--keep", action="store_true", help="keep the problems' repositories and logs")
    top.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        default=user_cache_path("patchwright") / "benchmarks" / name,
        help="what was found out is kept here, and not asked again (%(default)s)",
    )
    return top


def number(most: int = sys.maxsize, least: int = 1) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            until = "on" if most == sys.maxsize else f"to {most}"
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} {until}")
        return int(text)

    return read


def share(every: Sequence[One], options: argparse.Namespace) -> Sequence[One]:
    """Those that are wanted of all problems or programs. Raises TaskError where none is left."""
    if not (wanted := every[options.skip :: options.every]):
        raise TaskError(f"there are {len(every)}, and all of them are left out: give a smaller --skip.")
    return wanted


def guarded(proof: Callable[[], int]) -> int:
    """Run a proof; what keeps it from its end is a sentence."""
    try:
        return proof()
    except (TaskError, ModelError, SandboxError) as e:
        models.say(f"run.py: {e}")
        return 2
    except OSError as e:  # of the work folder, mostly: it is full, or not ours
        models.say(f"run.py: {e.filename or 'a file'}: {e.strerror or e}")
        return 2
    except (KeyboardInterrupt, Stopped):
        models.say("stopped; the same command goes on from here")
        return 130


def search_all(cases: Sequence[Case], options: argparse.Namespace) -> list[Searched]:
    """Search the problems that are not known yet, with one model for all.

    One that the model or the sandbox fails on is told and left out; the next start tries it again.
    """
    work: Path = options.work.resolve()
    about = {"model": options.model, "most": options.most, "prompts": prompts.digest(), "all": options.all}
    records = Records(work / "search.jsonl", Searched, about)
    os.environ["XDG_STATE_HOME"] = str(work / "state")
    if options.again:
        if not records.rows:
            raise TaskError(f"there are no candidates in {work}: search first, then --again.")
        return [*choose_all(cases, records, work)]
    if left := [case for case in cases if case.name not in records.rows]:
        with models.source(options.model) as source:
            engine = Engine(source, options.model, options.most, work, options.keep, options.all)
            for case in left:
                try:
                    records.add(searched(case, engine))
                    models.say(told(records.rows[case.name]))
                except (ModelError, SandboxError) as e:
                    models.say(f"{case.name}: {e}")
    return [records.rows[case.name] for case in cases if case.name in records.rows]


def choose_all(cases: Sequence[Case], records: Records[Searched], work: Path) -> Iterator[Searched]:
    """Choose again for the problems that were searched."""
    for case in cases:
        if row := records.rows.get(case.name):
            yield (now := chosen_again(case, row, work))
            then = "" if now.best.passed == row.best.passed else f"; before: {told(row)}"
            models.say(f"{told(now)}{then}")


def told(row: Searched) -> str:
    right = sum(attempt.passed for attempt in row.attempts)
    outcome = "passed" if row.best.passed else "failed"
    return f"{row.name}: {outcome} ({row.state}), {right} of {len(row.attempts)} right, {row.seconds:.0f} s"


def deliver(text: str, work: Path) -> None:
    """Print a report, and keep it beside what it is made from."""
    (work / "results.md").write_text(f"{text}\n", encoding="utf-8")
    print(text)
