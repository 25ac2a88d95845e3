"""The sandboxes' figures as Markdown: medians, bests, and ratios within the rounds."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .crowd import Crowd
from .table import line, met, number

COMMAND, START, SNAPSHOT = "command", "start", "snapshot"


@dataclass(frozen=True)
class Figure:
    """Samples of one probe, by round; milliseconds."""

    room: str
    what: str
    name: str
    rounds: tuple[tuple[float, ...], ...]

    @property
    def medians(self) -> list[float]:
        return [statistics.median(times) for times in self.rounds]

    @property
    def median(self) -> float:
        return statistics.median(self.medians)

    @property
    def best(self) -> float:
        return min(time for times in self.rounds for time in times)


@dataclass(frozen=True)
class Target:
    """At most so many times the floor's; or at most so many milliseconds, where there is no floor."""

    what: str
    name: str
    floor: str
    limit: float
    rooms: tuple[str, ...] = ("bubblewrap", "Docker")


OURS, SHELL = "patchwright", "kept shell"
SAME, ONE = "patchwright, nothing changed", "patchwright, one file changed"
TARGETS = (
    Target(COMMAND, OURS, SHELL, 3),
    Target(COMMAND, OURS, "docker-py exec_run", 1 / 10),
    Target(COMMAND, OURS, "docker exec", 1 / 10),
    Target(START, OURS, "bwrap … true", 2),
    Target(SNAPSHOT, SAME, "", 50),
    Target(SNAPSHOT, ONE, "", 50),
)


def ratio(ours: Figure, floor: Figure) -> float:
    """The median over the rounds of the ratio of a round's medians: what slows a whole round leaves it alone."""
    return statistics.median(a / b for a, b in zip(ours.medians, floor.medians, strict=True))


def shown(figures: Sequence[Figure]) -> str:
    heads = ("sandbox", "what", "by", "ms", "patchwright's is × this")
    lines = [line(heads), line(["---", "---", "---", "---:", "---:"])]
    for figure in figures:
        lines.append(
            line(
                [
                    figure.room,
                    figure.what,
                    figure.name,
                    f"{exact(figure.median)} ({exact(figure.best)})",
                    compared(figure, figures),
                ]
            )
        )
    return "\n".join(lines)


def compared(figure: Figure, figures: Sequence[Figure]) -> str:
    """patchwright's ratio to a floor; of patchwright itself, nothing."""
    if figure.name.startswith(OURS):
        return ""
    _, _, case = figure.name.partition(", ")
    same = [f for f in figures if (f.room, f.what) == (figure.room, figure.what)]
    ours = [f for f in same if f.name.startswith(OURS)]
    fitting = [f for f in ours if f.name == f"{OURS}, {case}"] or ours[:1]
    return exact(ratio(fitting[0], figure)) if fitting else ""


def exact(value: float) -> str:
    return f"{value:.2f}" if value < 10 else number(value)


def crowded(crowds: Mapping[str, Crowd]) -> str:
    heads = (
        "sandboxes at once",
        "all open, s",
        "a command in each, ms",
        "memory, MB",
        "all gone, ms",
        "left behind",
    )
    lines = [line(heads), line(["---", *["---:"] * 5])]
    for name, crowd in crowds.items():
        cells = [
            f"{crowd.opened / 1000:.2f}",
            number(crowd.answered),
            f"{crowd.memory:.0f}",
            number(crowd.closed),
        ]
        lines.append(line([f"{crowd.number} {name}", *cells, f"{crowd.left} of {crowd.processes} processes"]))
    return "\n".join(lines)


def targets(figures: Sequence[Figure], crowds: Mapping[str, Crowd]) -> str:
    """What patchwright sets itself, and whether this run met it."""
    lines = [line(["target", "limit", "here", ""]), line(["---", "---:", "---:", "---"])]
    lines += [line(cells) for target in TARGETS for cells in judged(target, figures)]
    for name, crowd in crowds.items():
        lines.append(line([f"left of {crowd.number} {name}", "0", str(crowd.left), met(crowd.left == 0)]))
    return "\n".join(lines)


def judged(target: Target, figures: Sequence[Figure]) -> Iterator[list[str]]:
    """A row for each sandbox that has what the target compares."""
    for room in target.rooms:
        by_name = {f.name: f for f in figures if (f.room, f.what) == (room, target.what)}
        if target.name not in by_name or (target.floor and target.floor not in by_name):
            continue
        value = by_name[target.name].median
        unit, said = "ms", target.name
        if target.floor:
            value, unit = ratio(by_name[target.name], by_name[target.floor]), "×"
            said = f"{target.name} by {target.floor}"
        sizes = [f"{exact(target.limit)} {unit}", f"{exact(value)} {unit}"]
        yield [f"{target.what} in {room}, {said}", *sizes, met(value <= target.limit)]
