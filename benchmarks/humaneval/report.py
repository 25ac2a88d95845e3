"""The figures as Markdown."""

from collections.abc import Sequence

from ..overhead.table import line, met
from ..proof import table
from ..proof.case import Searched
from .greedy import Answered

PUBLISHED = 70.7
"""Percent, pass@1 of Qwen2.5-Coder-1.5B-Instruct (Hui et al., Qwen2.5-Coder Technical Report, 2024)."""
NEAR = 3.0
"""Points that our own figure may be off, if what measures it is sound."""
TARGET = 85
"""Percent of the problems, by search."""
PROBLEMS = 164


def shown(answers: Sequence[Answered], found: Sequence[Searched], most: int, asked: int) -> str:
    """The whole report, of the ways that were gone."""
    rows = table.ways(found, most) if found else []
    if answers:
        rows.insert(0, ("one answer, greedy", sum(a.passed for a in answers), len(answers)))
    parts = [table.heading(), table.outcomes(rows)]
    if answers:
        parts.append(speed(answers))
    if len(answers) == PROBLEMS:
        parts.append(compared(percent(answers)))
    if found:
        parts += table.judged(found, asked, TARGET)
    return "\n\n".join(parts)


def percent(answers: Sequence[Answered]) -> float:
    return 100 * sum(a.passed for a in answers) / len(answers)


def speed(answers: Sequence[Answered]) -> str:
    written, took = sum(a.usage.completion for a in answers), sum(a.seconds for a in answers)
    rate = f", {written / took:.1f} a second" if took else ""
    return f"The greedy answers took {written:,} tokens and {took:,.0f} s{rate}."


def compared(ours: float) -> str:
    """Beside the published figure, which is of all problems."""
    off = ours - PUBLISHED
    rows = [line(["published", "here", "off by", f"at most {NEAR:g}"]), line(["---:", "---:", "---:", "---"])]
    return "\n".join([*rows, line([f"{PUBLISHED} %", f"{ours:.1f} %", f"{off:+.1f}", met(abs(off) <= NEAR)])])
