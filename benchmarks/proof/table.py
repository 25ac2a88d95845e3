"""What a search came to, as Markdown."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..overhead.table import host, line, met
from .case import Searched

KS = (2, 5, 10)
"""How many candidates an estimate is given for, where each problem has more."""
SHARE = 95
"""Percent of the oracle that a selection has to reach."""


def heading() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}; {host()}"


def outcomes(rows: Sequence[tuple[str, float, int]]) -> str:
    """How many of so many problems each way solved."""
    lines = [line(["by", "problems", "solved", "share"]), line(["---", "---:", "---:", "---:"])]
    for name, solved, problems in rows:
        lines.append(line([name, str(problems), f"{solved:.4g}", f"{100 * solved / problems:.1f} %"]))
    return "\n".join(lines)


def ways(found: Sequence[Searched], most: int) -> list[tuple[str, float, int]]:
    """The ways to get one answer from a search's candidates."""
    size, least = len(found), min(len(row.attempts) for row in found)
    return [
        ("the first attempt alone", sum(row.first for row in found), size),
        ("one of the candidates, at random: pass@1", sum(row.pass_at(1) for row in found), size),
        *((f"pass@{k}, estimated", sum(row.pass_at(k) for row in found), size) for k in KS if k < least),
        ("of those that pass the tests it was given: one at random", sum(r.blind for r in found), size),
        ("… the patch that is there most often", sum(row.by_text for row in found), size),
        ("… the smallest patch", sum(row.by_size for row in found), size),
        (f"search, k ≤ {most}: the one that it chose", solved(found), size),
        ("the oracle: any of the candidates", sum(row.oracle for row in found), size),
    ]


def solved(found: Sequence[Searched]) -> int:
    return sum(row.best.passed for row in found)


def share(found: Sequence[Searched]) -> float:
    """Percent of the problems with a right candidate where that, or another right one, was chosen."""
    possible = sum(row.oracle for row in found)
    return 100 * solved(found) / possible if possible else 100.0


def costs(found: Sequence[Searched]) -> str:
    """What the search took, in all and for each problem that it solved."""
    made = sum(len(row.attempts) for row in found)
    written = sum(row.usage.completion for row in found)
    read = sum(row.usage.prompt for row in found)
    took, each = sum(row.seconds for row in found), max(solved(found), 1)
    heads = (
        "",
        "candidates",
        "kinds of behaviour",
        "tokens read",
        "of these cached",
        "tokens written",
        "seconds",
    )
    sums = [
        made,
        sum(row.groups for row in found),
        read,
        sum(row.usage.cached for row in found),
        written,
        took,
    ]
    return "\n".join(
        [
            line(heads),
            line(["---", *["---:"] * len(sums)]),
            line(["in all", *(f"{value:,.0f}" for value in sums)]),
            line(["a solved problem", *(f"{value / each:,.1f}" for value in sums)]),
        ]
    )


def targets(rows: Sequence[tuple[str, float, float, str]]) -> str:
    """What patchwright sets itself (name, least, here, unit), and whether this run met it."""
    lines = [line(["target", "at least", "here", ""]), line(["---", "---:", "---:", "---"])]
    for name, least, here, unit in rows:
        lines.append(line([name, f"{least:g}{unit}", f"{here:.4g}{unit}", met(here >= least)]))
    return "\n".join(lines)


def judged(found: Sequence[Searched], asked: int, least: float) -> list[str]:
    """The rest of a search's report: its costs, what to look at, and the targets. `least`: percent to be solved."""
    reached = ("solved by search", least, 100 * solved(found) / len(found), " %")
    chosen = ("selection, of the oracle", SHARE, share(found), " %")
    return [costs(found), names(found, asked), targets([reached, chosen])]


def names(found: Sequence[Searched], asked: int) -> str:
    """Where the selection missed, where a verdict was wrong, and what is not there."""
    missed = [row.name for row in found if row.oracle and not row.best.passed]
    wrong = [row.name for row in found if row.best.verified and not row.best.passed]
    lines = [
        f"- A right candidate was there and another was chosen: {', '.join(missed) or 'nowhere'}.",
        f"- Verified by the tests it was given, and failing the hidden ones: {', '.join(wrong) or 'nowhere'}.",
    ]
    if len(found) < asked:
        lines.append(f"- **{asked - len(found)} of {asked} could not be searched**; started again, they are.")
    return "\n".join(lines)
