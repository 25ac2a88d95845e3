"""Measure the outline on generated repositories: the first call, later ones, after an edit, and from a new session."""

import argparse
import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.workspace import Workspace
from patchwright.tools.apart import shared
from patchwright.tools.atlas import HELPERS, Atlas
from patchwright.tools.outline import of_folder, where
from patchwright.tools.search import find

from . import table
from .probes import Room, fresh, timed

TASK = "`function_7_2` in area_0/module_7.py returns the wrong sum for an empty Part7"
NAME = "function_7_2"
LIMIT = 2_000
"""Milliseconds that a call may take."""
HEADS = ("files", "what", "ms", "parsed before → after")


@dataclass(frozen=True)
class Timed:
    """One kind of call on one size of repository; milliseconds of each round."""

    files: int
    what: str
    times: tuple[float, ...]
    parsed: tuple[int, int] = (0, 0)


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    found: list[Timed] = []
    with TemporaryDirectory(prefix="overhead-") as top:
        Path(top).chmod(0o755)
        for files in options.files:
            print(f"{files} files", file=sys.stderr)
            found += measured(Room(Path(top)), files, options.runs)
    print(table.host(), end="\n\n")
    print(shown(found))
    if options.json:
        kept = {"machine": table.host(), "figures": found}
        options.json.write_text(json.dumps(kept, default=dataclasses.asdict, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run.py outline", description=__doc__)
    top.add_argument("--runs", type=int, default=3, metavar="N", help="rounds (3)")
    sizes = (100, 1_000, 10_000, 100_000)
    top.add_argument("--files", type=int, nargs="+", default=sizes, metavar="N", help=f"sizes {sizes}")
    top.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    return top


def measured(room: Room, files: int, rounds: int) -> list[Timed]:
    """Every kind of call in every round. A round begins with nothing known and no process started."""
    kinds: dict[str, list[tuple[float, int, int]]] = {}
    with opened(room, files) as workspace:
        workspace.snapshot()
        for number in range(rounds):
            for n in range(HELPERS):
                shared(n).close()
            shelf = fresh(room.top) / "shelf"
            for what, took, before, after in a_round(workspace, shelf, number):
                kinds.setdefault(what, []).append((took, before, after))
    return [
        Timed(files, what, tuple(took for took, _, _ in rows), rows[-1][1:]) for what, rows in kinds.items()
    ]


def a_round(workspace: Workspace, shelf: Path, number: int) -> Iterator[tuple[str, float, int, int]]:
    one = Atlas(workspace, shelf, lambda: TASK)

    def call(atlas: Atlas, action: Callable[[], object]) -> tuple[float, int, int]:
        before = atlas.parsed
        return timed(action), before, atlas.parsed

    yield "the snapshot alone", timed(workspace.snapshot), 0, 0
    yield "first call", *call(one, lambda: of_folder(one, "."))
    yield "second call", *call(one, lambda: of_folder(one, "."))
    yield "third call", *call(one, lambda: of_folder(one, "."))
    workspace.write("area_0/module_7.py", module(7, 100) + b"# %d\n" % number)
    workspace.snapshot()  # as after each step of a session
    yield "after one edit", *call(one, lambda: of_folder(one, "."))
    two = Atlas(workspace, shelf, lambda: TASK)
    yield "first call of another session", *call(two, lambda: of_folder(two, "."))
    yield "where a name is defined and used", *call(two, lambda: where(two, NAME, "."))
    yield "the search in it alone", timed(lambda: find(workspace, rf"\b{NAME}\b")), 0, 0
    if rg := shutil.which("rg"):
        command = [rg, "-n", rf"\b{NAME}\b", str(workspace.folders.tree)]
        bare = timed(lambda: subprocess.run(command, check=True, capture_output=True))
        yield "the ripgrep in it, on the host", bare, 0, 0


@contextmanager
def opened(room: Room, files: int) -> Iterator[Workspace]:
    repo = fresh(room.top) / "repo"
    make_repository(repo, files)
    folders = room.folders(str(repo))
    folders.base.mkdir()
    base = Repository(repo).base(folders.base, "HEAD")
    with room.open(folders) as sandbox:
        workspace = Workspace(sandbox, folders, base.tree, base.commit)
        workspace.fill()
        yield workspace


def make_repository(repo: Path, files: int) -> None:
    """Modules of some seventy lines that call one another, a hundred to a folder."""
    for number in range(files):
        path = repo / f"area_{number // 100}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(module(number, files))
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "gc.auto=0"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run([*git, *words], cwd=repo, check=True)


def module(number: int, files: int) -> bytes:
    """Every module calls two of its neighbours and one of the first ten, as code leans on a few modules."""
    near = [(number + step) % files for step in (1, 2)] + [number * 7 % min(10, files)]
    lines = [f'"""Module {number}."""', ""]
    lines += [f"from area_{n // 100}.module_{n} import function_{n}_0, Part{n}" for n in near]
    for k in range(6):
        lines += ["", "", f"def function_{number}_{k}(values, factor=1, *, offset=0):"]
        lines += [f'    """Sum {k} of values, by a factor."""', "    total = offset"]
        lines += ["    for index, value in enumerate(values):", "        total += value * factor + index"]
        lines += [f"    return total + function_{near[k % 3]}_0(values[1:])"]
    lines += [
        "",
        "",
        f"class Part{number}(Part{near[2]}):",
        "    def __init__(self, name):",
        "        self.name = name",
    ]
    lines += [
        "",
        "    def compute(self, values):",
        f"        return function_{number}_1(values) + len(self.name)",
        "",
    ]
    return "\n".join(lines).encode()


def shown(found: Sequence[Timed]) -> str:
    lines = [table.line(HEADS), table.line(["---:", "---", "---:", "---:"])]
    for row in found:
        cells = [f"{row.files:,}", row.what, f"{median(row.times):.0f} ({min(row.times):.0f})"]
        lines.append(
            table.line([*cells, "" if row.parsed == (0, 0) else f"{row.parsed[0]} → {row.parsed[1]}"])
        )
    slow = [row for row in found if not row.what.startswith("the ") and median(row.times) > LIMIT]
    told = ", ".join(f"{row.what} of {row.files:,} files" for row in slow)
    return "\n".join([*lines, "", f"Over {LIMIT} ms: {told or 'none'}."])
