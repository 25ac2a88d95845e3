"""QuixBugs' Python programs repaired by patchwright's search with a real model. See README.md beside this file.

What is found out is kept in the work folder; started again, it goes on where it was.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it can be started as a file

from benchmarks.proof import command, table
from benchmarks.quixbugs import programs

MOST = 10
TARGET = 80
"""Percent of the programs: 32 of the 40."""


def main(words: Sequence[str] | None = None) -> int:
    return command.guarded(partial(prove, parser().parse_args(words)))


def prove(options: argparse.Namespace) -> int:
    names = programs.names(options.checkout, options.only)
    cases = programs.load(options.checkout, names if options.only else command.share(names, options))
    found = command.search_all(cases, options)
    if found:
        parts = [table.heading(), table.outcomes(table.ways(found, options.most))]
        command.deliver("\n\n".join([*parts, *table.judged(found, len(cases), TARGET)]), options.work)
    return 1 if len(found) < len(cases) else 0


def parser() -> argparse.ArgumentParser:
    top = command.parser(__doc__ or "", "quixbugs", MOST)
    top.add_argument(
        "--checkout",
        type=Path,
        required=True,
        metavar="DIR",
        help="a clone of QuixBugs, of which only files are read",
    )
    return top


if __name__ == "__main__":
    sys.exit(main())
