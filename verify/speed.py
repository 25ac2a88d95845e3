"""Whether a patch is slower: by the times of the tests, by a workload, and by how its functions grow."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from .delta import Changed
from .finding import Checked, Finding, some
from .impact import impacted
from .pairing import ENOUGH, LEAST_RATIO, Timed, timed
from .scaling import scaling
from .slow import finding, patterns
from .suite import Suite
from .tamper import put_back

ALL = "the tests together"
WORKLOAD_RATIO = 1.2
"""For what was named to be fast: from where on it is told, if it is beyond the band."""
MOST_AGAIN = 20
"""Tests that are timed by themselves."""
Measure = Callable[[float], Mapping[str, float]]
"""Runs something within so many seconds; the seconds that its parts took, nothing where it did not run."""


def speed(
    workspace: Workspace,
    changes: Sequence[Changed],
    tree: str,
    suite: Suite,
    tests: Sequence[str],
    workload: str = "",
    seconds: float = 60,
) -> Checked:
    """Compare a patched tree, at which the files stand, with its base. `tests`: those that pass on both."""
    begun = monotonic()
    ends = begun + seconds
    slow = patterns(changes)
    nearest = chosen(workspace, suite, tests)
    patched = put_back(workspace, tree, [c.path for c in changes if c.is_test and c.before])
    trees = workspace.base, patched
    try:
        known = {(path, owner) for path, p in slow for owner in (p.name, p.name.partition(".")[0])}
        scaled = scaling(workspace, changes, suite, trees, nearest, known, seconds * 0.4)
        compared = [by_tests(workspace, suite, trees, nearest, tests, ends)]
        if workload:
            compared.append(by_workload(workspace, trees, workload, max(ends, monotonic() + seconds * 0.3)))
    finally:
        workspace.restore(tree)
    told = {(f.path, f.message.split(" ")[0]) for f in scaled.findings}
    seen = scaled.fine | told
    by_form = [
        finding(path, p) for path, p in slow if not {(path, p.name), (path, p.name.partition(".")[0])} & seen
    ]
    return Checked(
        check="speed",
        findings=(*scaled.findings, *(f for c in compared for f in c.findings), *by_form),
        left=(*scaled.left, *(line for c in compared for line in c.left)),
        figures={**scaled.figures, **{k: v for c in compared for k, v in c.figures.items()}},
        seconds=monotonic() - begun,
    )


class Compared(NamedTuple):
    findings: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()
    figures: Mapping[str, float] = {}


def chosen(workspace: Workspace, suite: Suite, tests: Sequence[str]) -> str:
    """The test files that the change reaches and that are there on both sides, in the runner's terms; empty: all."""
    there = {test.partition("::")[0] for test in tests}
    return " ".join(path for path in impacted(workspace, suite.command) if path in there and " " not in path)


def by_tests(
    workspace: Workspace,
    suite: Suite,
    trees: tuple[str, str],
    nearest: str,
    tests: Sequence[str],
    ends: float,
) -> Compared:
    """By the times of the tests that pass on both; by the whole command's where its runner tells none."""
    wanted = set(tests)

    def run(target: str, only: Sequence[str] = ()) -> Measure:
        def measure(seconds: float) -> Mapping[str, float]:
            report = suite.run(target, seconds=seconds, tests=only)
            if report.problem:
                return {}
            own = {t: s for t, s in report.times.items() if t in wanted}
            return {**own, ALL: sum(own.values())} if own else {ALL: report.seconds}

        return measure

    runs = in_turns(workspace, trees, run(nearest), 1, ends)
    suspects = [name for name, t in timed(*runs).items() if t.suspect()]
    if suspects:
        alone = [name for name in suspects if name != ALL]
        single = 0 < len(alone) <= MOST_AGAIN and suite.selectable(alone)
        more = in_turns(workspace, trees, run("", alone) if single else run(nearest), ENOUGH, ends)
        runs = more if more[1] else runs
    found = timed(*runs)
    return said(found, "tests", LEAST_RATIO)


def by_workload(workspace: Workspace, trees: tuple[str, str], workload: str, ends: float) -> Compared:
    """By what the user named."""

    def measure(seconds: float) -> Mapping[str, float]:
        done = workspace.shell(workload, seconds)
        return {workload: done.seconds} if done.ok else {}

    found = timed(*in_turns(workspace, trees, measure, ENOUGH, ends))
    return said(found, "workload", WORKLOAD_RATIO)


def in_turns(
    workspace: Workspace, trees: tuple[str, str], measure: Measure, rounds: int, ends: float
) -> tuple[list[Mapping[str, float]], list[Mapping[str, float]]]:
    """Base, patch, base, patch, ... base, as often as there is time for; nothing where a run does not end well."""
    base, patch = list[Mapping[str, float]](), list[Mapping[str, float]]()

    def once(number: int) -> Mapping[str, float]:
        workspace.restore(trees[number])
        return measure(max(ends - monotonic(), 1.0))

    begun = monotonic()
    first = once(0)
    took = monotonic() - begun
    if not first:
        return [], []
    base.append(first)
    while len(patch) < rounds and monotonic() + 2 * took < ends:
        after, before = once(1), once(0)
        if not after or not before:
            break
        patch.append(after)
        base.append(before)
    return base, patch


def said(found: Mapping[str, Timed], what: str, ratio: float) -> Compared:
    """Findings of what is slower, and what there was no time for. Pure."""
    if not found:
        why = "they did not run to their end on both sides within the time"
        return Compared(left=(f"the {what} were not timed in turns: {why}",))
    findings = [told(name, t, what, ratio) for name, t in found.items()]
    if len([f for f in findings if f]) > 1:  # what is slow in all of them is told by itself
        findings = [f for f in findings if f and f.path]
    open_ = [name for name, t in found.items() if t.suspect(ratio) and not t.severity(ratio)]
    left = (
        (f"{some(open_)} took longer, but not beyond chance and the noise of this machine",) if open_ else ()
    )
    most = found.get(ALL) or max(found.values(), key=lambda t: t.more)
    figures = {f"{what}: after/before": round(most.ratio, 2), f"{what}: noise band": round(most.band, 2)}
    return Compared(tuple(f for f in findings if f), left, {**figures, f"{what}: runs": len(most.patch)})


def told(name: str, times: Timed, what: str, ratio: float) -> Finding | None:
    severity = times.severity(ratio)
    if not severity:
        return None
    n = len(times.patch)
    message = (
        f"{name} takes {times.ratio:.1f} times as long as on the base ({n} runs in turns; two runs of the base differ"
        f" by {times.band:.1f} times at most): {times.more:.2f} s more"
    )
    path = name.partition("::")[0] if "::" in name else ""
    return Finding(check="speed", rule=f"slower-{what}", severity=severity, message=message, path=path)
