"""A test run as the model sees it: what changed, then each kind of failure once. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..sandbox.base import Frozen
from ..verify.report import ERROR, FAILED, PASSED, Failure, TestReport
from .clip import clip, line

NAMED = 6
"""Tests that a line names; the others are counted."""
WIDEST = 160
"""Characters of a test's name in such a line."""


class Change(Frozen):
    """What became of the tests between two runs."""

    mended: tuple[str, ...] = ()
    """Failed before, pass now."""
    broken: tuple[str, ...] = ()
    """Fail now, and did not before."""
    still: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    """Passed before, and did not run now."""


def change(before: Mapping[str, str], report: TestReport, whole: bool) -> Change:
    """Compare a run with what the same tests did before. `whole`: the run was to run all of them."""
    bad = {test for test, outcome in before.items() if outcome in (FAILED, ERROR)}
    passed = [test for test, outcome in before.items() if outcome == PASSED]
    now = report.having(FAILED, ERROR)
    return Change(
        mended=tuple(test for test in before if test in bad and report.passes(test)),
        broken=tuple(test for test in now if test not in bad),
        still=tuple(test for test in now if test in bad),
        gone=tuple(test for test in passed if test not in report.outcomes)
        if whole and report.outcomes
        else (),
    )


def told(since: str, found: Change, still: bool = True) -> str:
    """A change as a line; empty where nothing changed, and nothing is left to do."""
    kinds = [("now passing", found.mended), ("now failing", found.broken), ("no longer run", found.gone)]
    parts = [f"{len(tests)} {word}: {listed(tests)}" for word, tests in kinds if tests]
    if found.still and still:
        parts.append(f"{len(found.still)} still failing")
    return f"since {since}: {'; '.join(parts)}" if parts else ""


def listed(tests: Sequence[str], most: int = NAMED) -> str:
    more = f" and {len(tests) - most} more" if len(tests) > most else ""
    return ", ".join(line(test, WIDEST) for test in tests[:most]) + more


def digest(
    report: TestReport, most: int = 6_000, notes: Sequence[str] = (), first: Collection[str] = ()
) -> str:
    """A run in at most about `most` characters: the counts, `notes`, then each kind of failure with the assertion,
    the project's frames and the output; those of `first` before the others."""
    log = f"[the whole output is in {report.kept}: read it with start and lines]" if report.kept else ""
    head = "\n".join(filter(None, [headline(report), *notes, report.note]))
    if not report.outcomes and not report.failures:
        room = 1_000 if report.green else most - len(head) - len(log)
        return "\n".join(filter(None, [head, clip(report.output.strip(), max(300, room)), log]))
    kinds = sorted(alike(report.failures), key=lambda kind: not any(f.test in first for f in kind.members))
    parts, room = [head], most - len(clip(head, most)) - len(log) - 200
    shown: set[str] = set()
    for number, kind in enumerate(kinds):
        share = max(500, room // min(3, len(kinds) - number))
        part = described(kind, share)
        if shown and len(part) > room:
            break
        parts.append(part)
        shown |= {failure.test for failure in kind.members}
        room -= len(part) + 2
    if rest := [test for test in failing(report) if test not in shown]:
        parts.append(f"also failing: {listed(rest, 20)}")
    if not report.green and (not report.failures or not report.outcomes):
        parts.append(f"exit code {report.code}\n{clip(report.output.strip(), max(600, room))}")
    return clip("\n\n".join(parts), most) + (f"\n{log}" if log else "")


def failing(report: TestReport) -> list[str]:
    """What failed, without a test that only failed since a part of it did."""
    bad = report.having(FAILED, ERROR)
    told = {failure.test for failure in report.failures}
    parents = {test[:at] for test in told for at, letter in enumerate(test) if letter == "/"}
    return [test for test in bad if test in told or test not in parents]


def headline(report: TestReport) -> str:
    """The counts, and what is wrong with the run as a whole."""
    counts = Counter(report.outcomes.values())
    line = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
    if report.problem:
        return f"{report.problem} ({line})" if line else report.problem
    return line or ("passed" if report.green else f"failed with exit code {report.code}")


class Kind(NamedTuple):
    """Failures of one kind; the first stands for all."""

    members: list[Failure]
    same: bool
    """The error is the same in all; else they are one test with other parameters."""


def alike(failures: Sequence[Failure]) -> list[Kind]:
    """Failures with the same error at the same place, and then those of one test with other parameters, as one."""
    same: dict[object, list[Failure]] = {}
    for failure in failures:
        place = (failure.frames[-1].path, failure.frames[-1].line) if failure.frames else None
        said = re.sub(r"0x[0-9a-fA-F]+", "0x…", failure.message)
        same.setdefault((place, said), []).append(failure)
    tests: dict[str, list[list[Failure]]] = {}
    for group in same.values():
        tests.setdefault(re.split(r"\[| with data set ", group[0].test)[0], []).append(group)
    return [Kind([f for group in groups for f in group], len(groups) == 1) for groups in tests.values()]


def described(kind: Kind, most: int) -> str:
    """One failure in full, and who else has it."""
    failure, rest = kind.members[0], kind.members[1:]
    others = [f.test for f in rest if f.test != failure.test]
    rows = [f"FAILED {failure.test}"]
    for frame in failure.frames[-8:]:
        rows.append(f"  {frame.path}:{frame.line}" + (f" in {frame.function}" if frame.function else ""))
        if frame.source:
            rows.append(f"    {frame.source}")
    message = clip(failure.message, max(300, most * 3 // 5))
    rows += [f"E {row}" for row in message.splitlines()]
    if failure.output:
        output = clip(failure.output, min(600, max(200, most // 4)))
        rows += ["  printed:", *(f"  | {row}" for row in output.splitlines())]
    if others:
        how = "the same error in" if kind.same else "with other values too:"
        rows.append(f"  {how} {len(others)} more {'tests' if len(others) > 1 else 'test'}: {listed(others)}")
    return "\n".join(rows)
