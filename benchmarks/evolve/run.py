"""Evolve a rule for online bin packing with the embedded model, and tell what it is worth on other items.

Ends with 0 where a better rule was found and verified. With --work the same command goes on where it was interrupted.
See README.md beside this file.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

MAIN = (sys.executable, "-c", "from patchwright.frontends.cli import main; raise SystemExit(main())")
TASK = Path(__file__).parent / "packing"
OTHERS = 1_000
"""The first of the instances that no version is scored by."""
IDENTITY = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
Events = Sequence[Mapping[str, Any]]


def main(given: Sequence[str] | None = None) -> int:
    options = parser().parse_args(given)
    with tempfile.TemporaryDirectory(prefix="patchwright-evolve-") as temporary:
        work = (options.work or Path(temporary)).resolve()
        repo, env = checkout(work), {**os.environ, "XDG_STATE_HOME": str(work / "state")}
        code = subprocess.run([*MAIN, *words(options)], cwd=repo, env=env).returncode
        logs = sorted((work / "state/patchwright/runs").glob("*/1.jsonl"))
        events = [json.loads(line) for line in logs[-1].read_text().splitlines()] if logs else []
        if not any(e["kind"] == "ended" for e in events):
            return code
        print("\n".join(report(events, held_out(repo, env, events))))
        return code


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument("--seconds", type=float, default=900, metavar="S", help="of asking and scoring (900)")
    top.add_argument("--candidates", type=int, default=10_000, metavar="N", help="versions at most (10000)")
    top.add_argument("--model", default="local", metavar="NAME", help="as evolve's --model takes it (local)")
    top.add_argument("--islands", type=int, default=4, metavar="N", help="populations (4)")
    top.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn by lot (0)")
    top.add_argument("--work", type=Path, metavar="DIR", help="keep the repository and the run here")
    return top


def words(options: argparse.Namespace) -> list[str]:
    """The command that is measured."""
    found = ["evolve", str(TASK / "ISSUE.md"), "--maximise", "python3 score.py", "--output", os.devnull]
    found += ["--test", "python3 -m unittest -q", "--model", options.model, "--seconds", str(options.seconds)]
    found += ["--candidates", str(options.candidates)]
    return [*found, "--islands", str(options.islands), "--seed", str(options.seed)]


def checkout(work: Path) -> Path:
    """A repository of the task's files."""
    repo = work / "packing"
    if not repo.exists():
        shutil.copytree(TASK / "repo", repo, ignore=shutil.ignore_patterns("__pycache__"))
        for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "best fit"]):
            subprocess.run(["git", *command], cwd=repo, check=True)
    return repo


def held_out(repo: Path, env: Mapping[str, str], events: Events) -> tuple[float, float]:
    """The base's score on other instances, and the best version's; measured in the sandbox."""
    patch = next(e["patch"]["text"] for e in events if e["kind"] == "ended")
    command = ["sandbox", "exec", "--repo", str(repo), "--", f"python3 score.py {OTHERS}"]
    found: list[float] = []
    for change in ("", patch):
        if change:
            subprocess.run(["git", "apply", "-"], cwd=repo, input=change.encode(), check=True)
        done = subprocess.run([*MAIN, *command], env=env, capture_output=True, text=True, check=True)
        found.append(float(done.stdout.split()[-1]))
    subprocess.run(["git", "checkout", "-q", "."], cwd=repo, check=True)
    return found[0], found[1]


def report(events: Events, others: tuple[float, float]) -> Iterator[str]:
    """The figures of a run."""
    base, *scored = (e for e in events if e["kind"] == "scored")
    asked = [e for e in events if e["kind"] == "proposed"]
    tried = [e for e in scored if e["code"] and e["same"] is None]
    rises = [e for last, e in pairwise([base, *scored]) if e["best"] > last["best"]]
    best = rises[-1] if rises else base
    yield "| | score | on other items |"
    yield "| --- | ---: | ---: |"
    yield f"| best fit | {base['score']:.2f} | {others[0]:.2f} |"
    yield f"| version {best['number']} | {best['score']:.2f} | {others[1]:.2f} |"
    yield ""
    tokens = sum(e["reply"]["usage"]["completion"] for e in asked)
    yield f"- {len(asked)} versions asked for in {sum(e['seconds'] for e in asked):.0f} s, {tokens} tokens"
    yield f"- {sum(not e['code'] for e in scored)} answers without one; {sum(e['same'] is not None for e in scored)} the same as one before"
    yield f"- {len(tried)} run in {sum(e['seconds'] for e in tried):.0f} s, {sum(e['score'] is None for e in tried)} of them without a score"
    steps = [f"{e['number']} ({e['score']:.2f})" for e in rises]
    yield f"- better than all before: {', '.join(steps) or 'none'}"
    yield f"- verified: {any(e['kind'] == 'judged' and e['verdict']['verified'] for e in events)}"
    yield f"\n```python\n{best['code']}\n```"


if __name__ == "__main__":
    sys.exit(main())
