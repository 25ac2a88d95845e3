"""The figures as Markdown."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..overhead.table import host, line, met
from .greedy import Answered

PUBLISHED = 70.7
"""Percent, pass@1 of Qwen2.5-Coder-1.5B-Instruct (Hui et al., Qwen2.5-Coder Technical Report, 2024)."""
NEAR = 3.0
"""Points that our own figure may be off, if what measures it is sound."""
PROBLEMS = 164


def shown(answers: Sequence[Answered]) -> str:
    parts = [f"{datetime.now(UTC):%Y-%m-%d}; {host()}", greedy(answers)]
    if len(answers) == PROBLEMS:
        parts.append(compared(percent(answers)))
    return "\n\n".join(parts)


def percent(answers: Sequence[Answered]) -> float:
    return 100 * sum(a.passed for a in answers) / len(answers)


def greedy(answers: Sequence[Answered]) -> str:
    heads = ("answers", "problems", "passed", "pass@1", "tokens written", "seconds", "tokens/s")
    written, took = sum(a.usage.completion for a in answers), sum(a.seconds for a in answers)
    cells = [
        "greedy",
        str(len(answers)),
        str(sum(a.passed for a in answers)),
        f"{percent(answers):.1f} %",
        f"{written:,}",
        f"{took:,.0f}",
        f"{written / took:.1f}" if took else "-",
    ]
    return "\n".join([line(heads), line(["---", *["---:"] * (len(heads) - 1)]), line(cells)])


def compared(ours: float) -> str:
    """Beside the published figure, which is of all problems."""
    off = ours - PUBLISHED
    rows = [line(["published", "here", "off by", f"at most {NEAR:g}"]), line(["---:", "---:", "---:", "---"])]
    return "\n".join([*rows, line([f"{PUBLISHED} %", f"{ours:.1f} %", f"{off:+.1f}", met(abs(off) <= NEAR)])])
