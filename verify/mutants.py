"""Whether any test would notice if the changed lines were a little different."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, zip_longest
from time import monotonic
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from .delta import Changed
from .finding import Checked, Finding
from .impact import impacted
from .mutate import Mutant
from .mutate import mutants as made_of
from .report import ERROR, FAILED, TestReport
from .suite import Suite

MOST = 80
"""Mutants of one patch."""
SHOWN = 20
"""Survivors that are shown one by one."""
GRACE = 5.0
"""Seconds that a mutant may take beyond three times the clean run."""
BESIDE = re.compile(
    r"(^|/)(setup|conf|noxfile|versioneer|_?version)\.py$|(^|/)(docs?|examples?|benchmarks?|scripts|tools/ci)/"
)
"""Files that are not what the tests are about."""
KILLED, SURVIVED, ENDLESS = "killed", "survived", "timed out"


class Tried(NamedTuple):
    """One mutant, and what the tests said to it."""

    path: str
    mutant: Mutant
    outcome: str


def mutants(
    workspace: Workspace,
    changes: Sequence[Changed],
    tree: str,
    suite: Suite,
    tests: Sequence[str],
    seconds: float = 60,
) -> Checked:
    """Change the changed lines of a patched tree, at which the files stand, one at a time, and run the tests that the
    change reaches. `tests`: those that pass on it."""
    begun = monotonic()
    every = spread(changes)
    left = [f"{c.path}: only Python is changed for this" for c in changes if other_code(c)]
    if not every:
        return Checked(check="mutants", left=tuple(left), seconds=monotonic() - begun)
    try:
        tried, why = run(workspace, every, tree, suite, tests, begun + seconds)
    finally:
        workspace.restore(tree)
    left += [why] if why else []
    if len(tried) < len(every) and not why:
        left.append(f"{len(every) - len(tried)} of {len(every)} mutants were not run: the time was up")
    counted = Counter(t.outcome for t in tried)
    figures = {word: float(counted[word]) for word in (KILLED, SURVIVED, ENDLESS)}
    figures["not run"] = float(len(every) - len(tried))
    if tried:
        figures["score"] = round(1 - counted[SURVIVED] / len(tried), 3)
    findings = tuple(told(tried))
    return Checked(
        check="mutants", findings=findings, left=tuple(left), figures=figures, seconds=monotonic() - begun
    )


def other_code(change: Changed) -> bool:
    ends = (".js", ".ts", ".tsx", ".jsx", ".go", ".rs", ".java", ".c", ".cpp", ".rb", ".php", ".cs", ".kt")
    return not change.is_test and change.path.endswith(ends)


def spread(changes: Sequence[Changed]) -> list[tuple[Changed, Mutant]]:
    """Mutants of all files, of each in turn, up to the most that are made."""
    code = [
        c for c in changes if c.path.endswith(".py") and c.after and not (c.is_test or BESIDE.search(c.path))
    ]
    rows = [[(c, m) for m in made_of(c.after, c.lines)] for c in code]
    return [one for one in chain.from_iterable(zip_longest(*rows)) if one][:MOST]


def run(
    workspace: Workspace,
    every: Sequence[tuple[Changed, Mutant]],
    tree: str,
    suite: Suite,
    tests: Sequence[str],
    ends: float,
) -> tuple[list[Tried], str]:
    """What became of each that there was time for; and why there is nothing to tell, if so."""
    target = " ".join(path for path in impacted(workspace, suite.command) if " " not in path)
    clean = suite.run(target, seconds=max(ends - monotonic(), 1.0))
    passing = set(tests) & set(clean.having("passed")) if clean.outcomes else set[str]()
    if clean.problem or (not passing and not clean.green):
        return (
            [],
            f"no mutant was run: the tests that the change reaches do not pass: {clean.problem or 'they fail'}",
        )
    workspace.restore(tree)
    if clean.green and (fast := first_failure(suite.command)):
        target = f"{fast} {target}".strip()
    tried = list[Tried]()
    for change, mutant in every:
        allowed = 3 * clean.seconds + GRACE
        if monotonic() + clean.seconds > ends:
            break
        source = change.after.encode()
        workspace.write(change.path, mutant.applied(source))
        report = suite.run(target, seconds=min(allowed, max(ends - monotonic(), 1.0)))
        workspace.write(change.path, source)
        if "timed out" in report.problem and monotonic() > ends and report.seconds < allowed * 0.9:
            break  # it was our time that was up
        tried.append(Tried(change.path, mutant, outcome(report, passing)))
    return tried, ""


def first_failure(command: str) -> str:
    """The word that makes a runner stop at the first failure."""
    from .runners import PYTEST, UNITTEST, Project, recognise
    from .runners.runner import ending

    runner, _ = recognise(ending(command), Project())
    return {PYTEST.name: "-x", UNITTEST.name: "-f"}.get(runner.name, "") if runner else ""


def outcome(report: TestReport, passing: Collection[str]) -> str:
    """What the tests say to a mutant. Pure."""
    if "timed out" in report.problem:
        return ENDLESS
    if report.problem or not report.outcomes:
        return KILLED if report.problem or report.code else SURVIVED
    bad = report.having(FAILED, ERROR)
    lost = any(t in passing for t in bad) or any(t not in report.outcomes for t in passing if not bad)
    return KILLED if lost or any("::" not in t for t in bad) else SURVIVED


def told(tried: Sequence[Tried]) -> Iterator[Finding]:
    """The survivors, and the functions of which nothing is noticed. Pure."""
    alive = [t for t in tried if t.outcome == SURVIVED]
    for one in alive[:SHOWN]:
        was, now = one.mutant.was, one.mutant.now
        what = f"no test would notice if `{was}` were `{now}`"
        if one.mutant.kind == "statement":
            what = f"no test would notice if `{was}` were gone"
        yield note("survived", "note", what, one.path, one.mutant.line)
    by_function = dict[tuple[str, str], list[Tried]]()
    for one in tried:
        by_function.setdefault((one.path, one.mutant.function), []).append(one)
    for (path, name), rows in by_function.items():
        if name and len(rows) > 1 and all(t.outcome == SURVIVED for t in rows):
            what = f"no test notices any of {len(rows)} changes in {name}"
            yield note("untested", "warning", what, path, min(t.mutant.line for t in rows))


def note(rule: str, severity: str, message: str, path: str, line: int) -> Finding:
    return Finding.model_validate(
        {
            "check": "mutants",
            "rule": rule,
            "severity": severity,
            "message": message,
            "path": path,
            "line": line,
        }
    )
