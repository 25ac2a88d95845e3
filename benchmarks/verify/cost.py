"""What a verdict costs beside the bare test command: both in turns, on projects with tests of some seconds.

Prints the best of each and their ratios, and ends with 1 where a target is missed: the run that decides up to 1.1 times
the bare command, a whole `verify --quick` of a base that is not known yet below 3 times. See README.md beside this file.
"""

import argparse
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.verify.real import LIST, checkout, difference, environment, parser, seconds, verify

DECIDING, WHOLE = 1.1, 3.0


def main() -> int:
    options = arguments().parse_args()
    patches = [
        p for p in tomllib.loads(LIST.read_text())["patch"] if "whole" in p and options.only in p["name"]
    ]
    met = True
    with tempfile.TemporaryDirectory(prefix="patchwright-cost-") as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        env = environment(work, patches)
        print("| project | bare, s | deciding run | whole verdict |")
        print("| --- | ---: | ---: | ---: |")
        for patch in patches:
            bare, deciding, whole = cost(patch, work, options.mirrors, env, options.rounds)
            print(
                f"| {patch['name']} | {bare:.2f} | {deciding / bare:.2f} | {whole / bare:.2f} |", flush=True
            )
            met &= deciding <= DECIDING * bare and whole < WHOLE * bare
    print("\ntargets met" if met else "\ntargets missed")
    return 0 if met else 1


def arguments() -> argparse.ArgumentParser:
    top = parser()
    top.description = __doc__
    top.add_argument("--rounds", type=int, default=4, metavar="N", help="how often each is run (4)")
    return top


def cost(
    patch: Mapping[str, Any], work: Path, mirrors: Path | None, env: Mapping[str, str], rounds: int
) -> tuple[float, float, float]:
    """The least seconds of the bare command, of the run that decides, and of the whole verdict."""
    name, repo = checkout(patch, work, mirrors)
    file = work / f"{name}.cost.diff"
    file.write_bytes(difference(repo, patch, "fix"))
    args = [
        str(file),
        "--repo",
        str(repo),
        "--base",
        patch["base"],
        "--test",
        patch["whole"],
        "--quick",
        "--json",
    ]
    seconds(patch["whole"], repo, env)  # compiles it
    bare, deciding, whole = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        shutil.rmtree(Path(env["XDG_STATE_HOME"]), ignore_errors=True)
        bare.append(seconds(patch["whole"], repo, env))
        took, _, found = verify(args, env)
        whole.append(took)
        deciding.append(found["tests"]["after"]["seconds"])
    return min(bare), min(deciding), min(whole)


if __name__ == "__main__":
    sys.exit(main())
