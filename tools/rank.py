"""Which definitions matter most: those that much refers to, from files that matter themselves.

Personalised PageRank (Page, Brin, Motwani, Winograd 1999; Haveliwala 2002) by power iteration. A file passes its rank
to the names it speaks of, and a name passes what it got to the files that define it, so that nothing has to be held
for each pair of files.
"""

from collections.abc import Collection, Container, Sequence

DAMPING = 0.85
ROUNDS = 8
COMMON = 8
"""A name that more files define says nothing about which of them is meant."""
FOCUS = 10.0
"""How much more a name counts that the task speaks of."""


class Graph:
    """Files with the names that each defines and speaks of, as indices."""

    def __init__(
        self, files: Sequence[tuple[Collection[str], Collection[str]]], focus: Container[str]
    ) -> None:
        definers: dict[str, list[int]] = {}
        for number, (defined, _) in enumerate(files):
            for name in defined:
                definers.setdefault(name, []).append(number)
        self.names: dict[str, int] = {}
        """Those that are spoken of outside of the one file that defines them."""
        self.definers: list[list[int]] = []
        self.spoken: list[list[int]] = []
        self.shares: list[list[float]] = []
        values: list[float] = []
        for number, (_, names) in enumerate(files):
            spoken: list[int] = []
            for name in names:
                where = definers.get(name)
                if where is None or len(where) > COMMON or where == [number]:
                    continue
                if name not in self.names:
                    self.names[name] = len(values)
                    self.definers.append(where)
                    values.append(telling(name, focus) / len(where))
                spoken.append(self.names[name])
            total = sum(values[index] for index in spoken)
            self.spoken.append(spoken)
            self.shares.append([values[index] / total for index in spoken])

    def flow(self, ranks: Sequence[float]) -> list[float]:
        """What each name gets from the files that speak of it."""
        got = [0.0] * len(self.definers)
        for rank, spoken, shares in zip(ranks, self.spoken, self.shares, strict=True):
            for index, share in zip(spoken, shares, strict=True):
                got[index] += rank * share
        return got


def telling(name: str, focus: Container[str]) -> float:
    """How much is learned from a file's speaking of a name."""
    if name in focus:
        return FOCUS
    if name.startswith("_"):
        return 0.1
    if name.islower() and "_" not in name:
        return 0.2  # a word such as `line`, which most files mean something of their own by
    return 2.0 if len(name) >= 8 else 1.0


def ranked(
    files: Sequence[tuple[Collection[str], Collection[str]]],
    start: Sequence[float],
    focus: Container[str] = (),
) -> list[dict[str, float]]:
    """For each file (the names it defines, the names it speaks of), how much each of its definitions matters.

    `start` is how much each file matters to begin with; above zero somewhere.
    """
    graph = Graph(files, focus)
    total = sum(start)
    begin = [value / total for value in start]
    ranks = begin
    silent = [number for number, spoken in enumerate(graph.spoken) if not spoken]
    for _ in range(ROUNDS):
        lost = sum(ranks[number] for number in silent)
        ranks_next = [(1 - DAMPING + DAMPING * lost) * value for value in begin]
        for got, where in zip(graph.flow(ranks), graph.definers, strict=True):
            each = DAMPING * got / len(where)
            for number in where:
                ranks_next[number] += each
        ranks = ranks_next
    flow = graph.flow(ranks)
    return [
        {
            name: of_definition(graph, flow, name) + 0.001 * rank + (name in focus) * FOCUS / len(files)
            for name in defined
        }
        for (defined, _), rank in zip(files, ranks, strict=True)
    ]


def of_definition(graph: Graph, flow: Sequence[float], name: str) -> float:
    """One definition's part of what its name got; one of a common name got nothing."""
    index = graph.names.get(name)
    return flow[index] / len(graph.definers[index]) if index is not None else 0.0
