"""The candidates as a table, in plain lines."""

from collections.abc import Iterator

from ..agent.search.board import Board, Row
from ..agent.search.choice import Lost
from ..sandbox.readable import readable
from ..tools.clip import line

HEAD = ("#", "group", "fixed", "broke", "findings", "lines", "tokens", "cost", "s", "state")
MOST = 3
"""Inputs that are named at which candidates differ."""


def standing(board: Board) -> str:
    """How it stands at the moment, in a line."""
    made, verified = len(board.rows), sum(row.state == "verified" for row in board.rows)
    best = f"; best so far: {board.decision.best}" if board.decision else ""
    groups = len({row.cluster for row in board.rows if row.cluster})
    return f"[{made} candidates, {verified} verified, {groups} kinds of behaviour{best}]"


def table(board: Board) -> Iterator[str]:
    """The candidates in their order, the chosen one first, then why it is the one."""
    rows = [HEAD, *(cells(row) for row in ordered(board))]
    wide = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    yield "── candidates"
    for row in rows:
        yield "   " + "  ".join([*(c.rjust(w) for c, w in zip(row[:-1], wide, strict=False)), row[-1]])
    if board.ended:
        yield f"   no more were made: {board.ended}"
    for lost in board.decision.lost if board.decision else ():
        yield f"   {reason(lost)}"
    if board.differing:
        more = f" and {len(board.differing) - MOST} more" if board.differing[MOST:] else ""
        shown = "; ".join(line(readable(text.encode()), 80) for text in board.differing[:MOST])
        yield f"   they differ at: {shown}{more}"


def ordered(board: Board) -> list[Row]:
    order = board.decision.order if board.decision else ()
    place = {attempt: n for n, attempt in enumerate(order)}
    return sorted(board.rows, key=lambda row: (place.get(row.alike or row.attempt, len(place)), row.attempt))


def cells(row: Row) -> tuple[str, ...]:
    used = row.usage
    return (
        str(row.attempt),
        row.cluster or "-",
        str(row.fixed),
        str(row.broke),
        str(row.findings),
        f"+{row.added} -{row.removed}",
        str(used.prompt + used.completion),
        f"${used.dollars:.3f}" if used.dollars is not None else "-",
        f"{row.seconds:.0f}",
        f"{row.state}{f'  {row.model}' if row.model else ''}",
    )


def reason(lost: Lost) -> str:
    """Who lost to whom on what."""
    if not lost.on:
        return f"{lost.attempt} is equal to {lost.to}, and came later"
    return f"{lost.attempt} lost to {lost.to} on {lost.on}: {lost.mine} against {lost.theirs}"
