"""Measure the file tools against what they are made of: the sandbox's own reads and writes, and a bare ripgrep."""

import argparse
import dataclasses
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwright.agent.attempt import TOOLS
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.workspace import Workspace
from patchwright.tools.base import Call, Toolbox

from . import ratios, sandboxes, table
from .probes import Group, Probe, Room, fresh, timed
from .ratios import Figure, exact
from .table import line, met
from .trees import make_repository

EDIT, WHOLE, READ, SEARCH = "edit", "edit, whole file checked", "read", "search"
LIMIT, TIMES = 5.0, 1.5
"""Milliseconds that an edit or a read may take beyond the sandbox's own; a search's ratio to ripgrep."""
BIG = "big.py"
FUNCTION = """def function_{0}(value):
    total = value * {0}
    for item in value:
        total += item.price * {0}

"""
PATTERN = "file 1[0-9]*7$"


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="overhead-") as top:
        Path(top).chmod(0o755)
        for room in [Room(Path(top))] + ([Room(Path(top), options.image)] if options.image else []):
            groups = (
                (EDIT, edits(options.lines), 30),
                (WHOLE, wholes(options.lines), 3),
                (READ, reads(options.lines), 30),
                (SEARCH, searches(options.files), 10),
            )
            for what, group, samples in groups:
                figures += sandboxes.measured(room, what, group, options.runs, samples)
    print(table.host(), end="\n\n")
    print(shown(figures), end="\n\n")
    print(targets(figures))
    if options.json:
        found = {"machine": table.host(), "figures": figures}
        options.json.write_text(json.dumps(found, default=dataclasses.asdict, indent=1) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run.py tools", description=__doc__)
    top.add_argument(
        "--runs", type=int, default=5, metavar="N", help="timed rounds, after one that is not (5)"
    )
    top.add_argument("--image", default="", metavar="IMAGE", help="also measure Docker, in this image")
    top.add_argument(
        "--lines", type=int, default=10_000, metavar="N", help="lines of the file that is edited and read"
    )
    top.add_argument(
        "--files", type=int, default=2_000, metavar="N", help="files of the tree that is searched"
    )
    top.add_argument("--json", type=Path, metavar="FILE", help="write every sample")
    return top


@contextmanager
def workspace(room: Room, files: int) -> Iterator[Workspace]:
    """A working copy of a repository of so many files."""
    repo = fresh(room.top) / "repo"
    make_repository(repo, files)
    folders = room.folders(str(repo))
    folders.base.mkdir()
    base = Repository(repo).base(folders.base, "HEAD")
    with room.open(folders) as sandbox:
        found = Workspace(sandbox, folders, base.tree, base.commit)
        found.fill()
        yield found


def source(lines: int) -> str:
    """A program of so many lines, five to a function."""
    return "".join(FUNCTION.format(n) for n in range(0, lines, 5))


def edits(lines: int) -> Group:
    """An edit in the middle of a long file, to and fro, beside a bare read and write of the same bytes."""

    @contextmanager
    def group(room: Room) -> Iterator[list[Probe]]:
        with workspace(room, 10) as found:
            box, sandbox = Toolbox([TOOLS["edit"], TOOLS["patch"]], (found,)), found.sandbox
            text = source(lines)
            block, later = (
                text[text.index(f"def function_{lines // 10 * 5 + n}(") :].split("\n\n")[0] for n in (0, 10)
            )
            turns = Turns(box, block, block.replace("item.price", "item.cost"))
            calling = Turns(box, later, later.replace("item.price", "function_5(item)"))

            def bare() -> None:
                sandbox.write(BIG, sandbox.read(BIG))

            found.write(BIG, text.encode())
            yield [
                Probe("bare read and write", lambda: timed(bare)),
                Probe("patchwright, exact", turns.edit(lambda t: t)),
                Probe("patchwright, a call of another function", twice(calling)),
                Probe("patchwright, another indent", turns.edit(lambda t: t.replace("    ", "\t"))),
                Probe("patchwright, refused", turns.refused()),
                Probe("patchwright, a patch of three hunks", turns.patch(text)),
            ]

    return group


class Turns:
    """Edits that are undone by the next one, so that each has something to do."""

    def __init__(self, box: Toolbox, one: str, other: str) -> None:
        self.box, self.one, self.other = box, one, other

    def edit(self, quoted: Callable[[str], str]) -> Callable[[], float]:
        def measure() -> float:
            old, new = self.one, self.other
            self.one, self.other = new, old
            return self.took("edit", path=BIG, old=quoted(old) + "\n", new=quoted(new) + "\n")

        return measure

    def refused(self) -> Callable[[], float]:
        wrong = self.one.replace("total +=", "total -=")
        return lambda: self.took("edit", False, path=BIG, old=wrong, new="x")

    def patch(self, text: str) -> Callable[[], float]:
        heads = [row for row in text.splitlines() if row.startswith("def ")]
        names = [heads[len(heads) * n // 4 + 1] for n in (1, 2, 3)]

        sign = cycle("+-")

        def measure() -> float:
            now = next(sign)
            hunks = "".join(f"@@\n {name}\n{now}    # one\n" for name in names)
            return self.took("patch", text=f"*** Update File: {BIG}\n{hunks}")

        return measure

    def took(self, tool: str, ok: bool = True, **args: object) -> float:
        answers = []
        call = Call(id="1", tool=tool, args=args)
        took = timed(lambda: answers.append(self.box.observe(call)))
        assert answers[0].ok == ok, answers[0].text
        return took


def wholes(lines: int) -> Group:
    """An edit that brings a name which nothing defines: only the whole file tells that."""

    @contextmanager
    def group(room: Room) -> Iterator[list[Probe]]:
        with workspace(room, 10) as found:
            text, sandbox = source(lines), found.sandbox
            block = text[text.index(f"def function_{lines // 10 * 5}(") :].split("\n\n")[0]
            broken = Turns(
                Toolbox([TOOLS["edit"]], (found,)), block, block.replace("item.price", "nowhere(item)")
            )
            found.write(BIG, text.encode())
            yield [
                Probe(
                    "bare read and write",
                    lambda: timed(lambda: sandbox.write(BIG, sandbox.read(BIG))),
                ),
                Probe("patchwright, a name that nothing defines", twice(broken)),
            ]

    return group


def twice(turns: Turns) -> Callable[[], float]:
    """The edit alone, which is undone without being timed."""

    def measure() -> float:
        took = turns.edit(lambda t: t)()
        turns.edit(lambda t: t)()
        return took

    return measure


def reads(lines: int) -> Group:
    """A window of a long file, beside a bare read of all of it."""

    @contextmanager
    def group(room: Room) -> Iterator[list[Probe]]:
        with workspace(room, 10) as found:
            found.write(BIG, source(lines).encode())
            turns = Turns(Toolbox([TOOLS["read"]], (found,)), "", "")
            yield [
                Probe("bare read", lambda: timed(lambda: found.sandbox.read(BIG))),
                Probe("patchwright, 200 lines", lambda: turns.took("read", path=BIG, start=lines // 2)),
            ]

    return group


def searches(files: int) -> Group:
    """A search through a tree, beside ripgrep run in the same sandbox, where it has one."""

    @contextmanager
    def group(room: Room) -> Iterator[list[Probe]]:
        with workspace(room, files) as found:
            turns = Turns(Toolbox([TOOLS["search"]], (found,)), "", "")
            probes = [Probe("patchwright", lambda: turns.took("search", pattern=PATTERN))]
            if found.sandbox.run(["rg", "--version"]).ok:
                command = ["rg", "-n", "--hidden", PATTERN, "."]
                probes.append(Probe("bare rg", lambda: timed(lambda: found.sandbox.run(command))))
            yield probes

    return group


def shown(figures: Sequence[Figure]) -> str:
    lines = [
        line(("sandbox", "what", "by", "ms", "beyond the bare one, ms")),
        line(["---", "---", "---", "---:", "---:"]),
    ]
    for figure in figures:
        floor = floor_of(figure, figures)
        more = exact(beyond(figure, floor)) if floor and floor is not figure else ""
        lines.append(
            line(
                [
                    figure.room,
                    figure.what,
                    figure.name,
                    f"{exact(figure.median)} ({exact(figure.best)})",
                    more,
                ]
            )
        )
    return "\n".join(lines)


def floor_of(figure: Figure, figures: Sequence[Figure]) -> Figure | None:
    same = [f for f in figures if (f.room, f.what) == (figure.room, figure.what)]
    return next((f for f in same if f.name.startswith("bare")), None)


def beyond(ours: Figure, floor: Figure) -> float:
    """The median over the rounds of how much longer a round's median is than the floor's."""
    return statistics.median(a - b for a, b in zip(ours.medians, floor.medians, strict=True))


def targets(figures: Sequence[Figure]) -> str:
    """What patchwright sets itself, and whether this run met it."""
    lines = [line(["target", "limit", "here", ""]), line(["---", "---:", "---:", "---"])]
    for figure in figures:
        floor = floor_of(figure, figures)
        if not floor or floor is figure:
            continue
        name = f"{figure.what} in {figure.room}, {figure.name}"
        if figure.what == SEARCH:
            times = ratios.ratio(figure, floor)
            lines.append(
                line([f"{name} by {floor.name}", f"{TIMES} ×", f"{exact(times)} ×", met(times <= TIMES)])
            )
        else:
            more = beyond(figure, floor)
            lines.append(
                line(
                    [
                        f"{name}, beyond the {floor.name}",
                        f"{exact(LIMIT)} ms",
                        f"{exact(more)} ms",
                        met(more <= LIMIT),
                    ]
                )
            )
    return "\n".join(lines)
