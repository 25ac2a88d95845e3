"""Have `patchwright verify` judge fixes that were merged upstream, and compare its verdicts with the right ones.

Each fix of real.toml is judged as it is, without its tests, and by its tests alone; then each receipt is checked again.
Ends with 1 where a verdict is not the right one, or a receipt does not hold. See README.md beside this file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAIN = (sys.executable, "-c", "from patchwright.frontends.cli import main; raise SystemExit(main())")
LIST = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Outcome:
    """What came of judging a patch in one way."""

    name: str
    way: str
    state: str
    wrong: str
    """Why the verdict is not the right one; empty where it is."""
    bare: float
    """Seconds of the test command alone, on the base."""
    seconds: float
    again: float
    """Seconds of checking the receipt."""


def main() -> int:
    options = parser().parse_args()
    patches = [p for p in tomllib.loads(LIST.read_text())["patch"] if options.only in p["name"]]
    with tempfile.TemporaryDirectory(prefix="patchwright-real-") as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        env = environment(work, patches)
        outcomes: list[Outcome] = []
        print("| project | judged | state | right | bare, s | verify, s | receipt, s |")
        print("| --- | --- | --- | --- | ---: | ---: | ---: |")
        for patch in patches:
            command = patch["test"].replace("{work}", str(work))
            for outcome in judged(patch | {"test": command}, work, options.mirrors, env):
                print(row(outcome), flush=True)
                outcomes.append(outcome)
    wrong = [f"{o.name}, {o.way}: {o.wrong}" for o in outcomes if o.wrong]
    print(f"\n{len(outcomes) - len(wrong)} of {len(outcomes)} verdicts are right and their receipts hold.")
    print("".join(f"\n- {text}" for text in wrong))
    return 1 if wrong else 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument("--mirrors", type=Path, metavar="DIR", help="bare repositories by name (else: cloned)")
    top.add_argument("--work", type=Path, metavar="DIR", help="keep checkouts and environments here")
    top.add_argument("--only", default="", metavar="TEXT", help="only projects with this in their name")
    return top


def environment(work: Path, patches: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Variables with a Python and a Node prefix first on the PATH that hold what the projects' tests need."""
    venv, node = work / "venv", work / "node"
    python = sorted({"pytest", *(name for patch in patches for name in patch.get("python", ()))})
    if not venv.exists():
        run([sys.executable, "-m", "venv", venv])
    run([venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *python])
    if wanted := sorted({name for patch in patches for name in patch.get("node", ())}):
        run(["npm", "install", "--global", "--silent", "--no-audit", "--no-fund", "--prefix", node, *wanted])
    path = os.pathsep.join([str(venv / "bin"), str(node / "bin"), os.environ["PATH"]])
    own = {"PATH": path, "VIRTUAL_ENV": str(venv)}
    return {**os.environ, **own, "XDG_STATE_HOME": str(work / "state")}


def judged(
    patch: Mapping[str, Any], work: Path, mirrors: Path | None, env: Mapping[str, str]
) -> Iterator[Outcome]:
    name, repo = checkout(patch, work, mirrors)
    bare = seconds(patch["test"], repo, env)
    git(repo, "clean", "--quiet", "-xdff")
    for way, right in patch["right"].items():
        file = work / f"{name}.{way}.diff"
        file.write_bytes(difference(repo, patch, way))
        yield outcome(patch, way, right, repo, file, env, bare)


def checkout(patch: Mapping[str, Any], work: Path, mirrors: Path | None) -> tuple[str, Path]:
    """A name of the project's, and a clone of it that stands at the patch's base."""
    name = patch.get("mirror", patch["name"])
    repo = work / "checkouts" / name
    if not repo.exists():
        run(["git", "clone", "--quiet", "--no-checkout", mirrors / name if mirrors else patch["url"], repo])
    git(repo, "checkout", "--quiet", "--force", "--detach", patch["base"])
    git(repo, "clean", "--quiet", "-xdff")
    return name, repo


def seconds(command: str, repo: Path, env: Mapping[str, str]) -> float:
    """How long a test command takes outside of a sandbox."""
    start = time.monotonic()
    subprocess.run(["sh", "-c", command], cwd=repo, env=env, capture_output=True, check=False)
    return time.monotonic() - start


def difference(repo: Path, patch: Mapping[str, Any], way: str) -> bytes:
    """The part of the commit that is judged in this way."""
    without = [".", *(f":(exclude){path}" for path in patch["tests"])]
    paths = {"tests": patch["tests"], "source": without}.get(way, ["."])
    return git(repo, "diff", "--binary", patch["base"], patch["fix"], "--", *paths)


def outcome(
    patch: Mapping[str, Any],
    way: str,
    right: Sequence[str],
    repo: Path,
    file: Path,
    env: Mapping[str, str],
    bare: float,
) -> Outcome:
    about = ["--test", patch["test"], "--quick", "--json", *(["--allow-test-edits"] * (way == "allowed"))]
    if way == "worktree":
        git(repo, "apply", str(file))
        args = ["--worktree", str(repo), *about]
    else:
        args = [str(file), "--repo", str(repo), "--base", patch["base"], *about]
    took, _, found = verify(args, env)
    if way == "worktree":
        git(repo, "checkout", "--quiet", "--force", patch["base"])
        git(repo, "clean", "--quiet", "-xdff")
    again, code, checked = verify(["--receipt", found["receipt"], "--json"], env)
    wrong = differs(found, right)
    if code:
        wrong = f"{wrong} the receipt does not hold: {checked['differences']}".strip()
    return Outcome(patch["name"], way, found["state"], wrong, bare, took, again)


def differs(found: Mapping[str, Any], right: Sequence[str]) -> str:
    """Why this is not the right verdict; empty where it is."""
    state, *words = right
    if found["state"] != state:
        return f"it is {found['state']!r} ({found['why']}) and not {state!r}."
    said = "\n".join([found["why"], *(finding["message"] for finding in found["findings"])])
    return " ".join(f"Nothing is said of {word!r}." for word in words if word not in said)


def verify(args: Sequence[str], env: Mapping[str, str]) -> tuple[float, int, dict[str, Any]]:
    """Seconds, exit code and verdict. Raises RuntimeError where there is none."""
    start = time.monotonic()
    done = subprocess.run([*MAIN, "verify", *args], env=env, capture_output=True, text=True, check=False)
    took = time.monotonic() - start
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"patchwright verify {' '.join(args)} ends with {done.returncode}:\n{done.stderr}")
    return took, done.returncode, json.loads(done.stdout)


def row(outcome: Outcome) -> str:
    times = (outcome.bare, outcome.seconds, outcome.again)
    cells = [outcome.name, outcome.way, outcome.state, "no" if outcome.wrong else "yes"]
    return f"| {' | '.join([*cells, *(f'{each:.1f}' for each in times)])} |"


def git(repo: Path, *args: str) -> bytes:
    return run(["git", "-C", repo, *args])


def run(command: Sequence[str | Path]) -> bytes:
    """What a command prints. Raises RuntimeError with what it says where it fails."""
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
