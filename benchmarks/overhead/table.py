"""The figures as Markdown."""

import os
import platform
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchwright.agent.tokens import counter

from .clients import DOCKER, FLOOR, OURS, Client
from .measure import Run
from .memory import Memory


@dataclass(frozen=True)
class Row:
    """A client, its timed runs in the order of the rounds, and its memory."""

    client: Client
    runs: tuple[Run, ...]
    memory: Memory | None
    trouble: str = ""


@dataclass(frozen=True)
class Help:
    """Milliseconds of `patchwright --help` and of a Python that does nothing, one after the other."""

    ours: tuple[float, ...]
    python: tuple[float, ...]


HEADINGS = (
    "client",
    "version",
    "first request, ms",
    "× floor",
    "step, ms",
    "× floor",
    "exit, ms",
    "whole, ms",
    "memory, MB (tree / client)",
    "first request, tokens (system + tools + messages)",
    "extends",
    "requests",
    "solved",
)


def overhead(rows: Sequence[Row]) -> str:
    floor = next(row for row in rows if row.client.name == FLOOR)
    lines = [line(HEADINGS), line(["---", "---", *["---:"] * (len(HEADINGS) - 3), "---"])]
    for row in rows:
        lines.append(line(cells(row, floor)) if row.runs else line(failed(row)))
    return "\n".join(lines)


def cells(row: Row, floor: Row) -> Iterator[str]:
    runs, memory, tokens = row.runs, row.memory, row.runs[0].tokens
    yield row.client.name
    yield row.client.version or "-"
    yield spread([r.first for r in runs])
    yield ratio(row, floor, lambda r: r.first)
    yield spread([r.step for r in runs])
    yield ratio(row, floor, lambda r: r.step)
    yield spread([r.tail for r in runs])
    yield spread([r.wall for r in runs])
    yield f"{memory.tree:.0f} / {memory.client:.0f}" if memory else "-"
    yield f"{tokens.total} ({tokens.system} + {tokens.tools} + {tokens.messages})"
    yield f"{100 * min(r.extending for r in runs):.0f} %"
    yield str(runs[0].requests)
    yield "yes" if all(r.solved for r in runs) else "no"


def failed(row: Row) -> list[str]:
    return [row.client.name, row.client.version or "-", row.trouble, *[""] * (len(HEADINGS) - 3)]


def spread(values: Sequence[float]) -> str:
    """The median, and the best in brackets."""
    return f"{number(statistics.median(values))} ({number(min(values))})"


def number(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def ratio(row: Row, floor: Row, figure: Callable[[Run], float]) -> str:
    """The median over the rounds of this client's figure by the floor's of the same round."""
    pairs = zip(row.runs, floor.runs, strict=False)
    return f"{statistics.median(figure(a) / figure(b) for a, b in pairs):.1f}"


def line(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def targets(rows: Sequence[Row], help_: Help) -> str:
    """What patchwright sets itself, and whether this run met it. A container's start and memory are its engine's."""
    mine = [row for row in rows if row.client.name.startswith(OURS) and row.runs]
    checks = [("`patchwright --help`", statistics.median(help_.ours), 100.0, "ms")]
    for row in mine:
        if DOCKER in row.client.name:
            continue
        first = statistics.median(r.first for r in row.runs)
        checks.append((f"first request, {row.client.name}", first, 600.0, "ms"))
        if row.memory:
            checks.append((f"process tree, {row.client.name}", row.memory.tree, 120.0, "MB"))
    if mine:
        checks.append(
            ("fixed prompt, all tools", max(r.runs[0].tokens.total for r in mine), 1200.0, "tokens")
        )
    lines = [line(["target", "limit", "here", ""]), line(["---", "---:", "---:", "---"])]
    for what, value, limit, unit in checks:
        lines.append(line([what, f"{limit:.0f} {unit}", f"{number(value)} {unit}", met(value < limit)]))
    if mine:
        share = min(r.extending for row in mine for r in row.runs)
        lines.append(
            line(["requests that extend the one before", "all", f"{100 * share:.0f} %", met(share == 1)])
        )
    return "\n".join(lines)


def met(is_met: bool) -> str:
    return "met" if is_met else "**not met**"


def helped(times: Help) -> str:
    share = statistics.median(a / b for a, b in zip(times.ours, times.python, strict=True))
    return (
        f"`patchwright --help`: {spread(times.ours)} ms; `python -c pass`: {spread(times.python)} ms; "
        f"ratio {share:.1f}."
    )


def machine() -> str:
    """Where it was measured, and by whose tokens."""
    return f"{host()} Tokens by {counter()[0]}."


def host() -> str:
    return (
        f"{processor()}, {os.cpu_count()} processors, {memory()} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load {os.getloadavg()[0]:.1f} at the end."
    )


def processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    names = (row.partition(":")[2].strip() for row in text.splitlines() if row.startswith("model name"))
    return next(names, platform.machine())


def memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
