"""How the functions that a patch changes grow with their inputs: measured inside, in the tests' own process."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple

from ..sandbox.workspace import Workspace
from .delta import Changed
from .finding import Finding
from .growth import LEAST, QUADRATIC, Curve, Growth, Row, compared, exponent, least
from .probe import probe
from .suite import Suite
from .targets import Found, Target, targets

NEW_LEAST = 0.02
"""Seconds of a call of a function that has no counterpart on the base, from which its growth is told of."""

ROUNDS = 3
"""How often what looks slower is measured before it is told, where there is time: a machine can be busy for longer than
a call takes."""


class Scaled(NamedTuple):
    """What growing inputs showed."""

    findings: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()
    figures: Mapping[str, float] = {}
    fine: frozenset[tuple[str, str]] = frozenset()
    """Path and name of what was measured and is no slower."""


def scaling(
    workspace: Workspace,
    changes: Sequence[Changed],
    suite: Suite,
    trees: tuple[str, str],
    target: str = "",
    known: Collection[tuple[str, str]] = (),
    seconds: float = 20,
) -> Scaled:
    """Run the tests (`target`, in the runner's terms) with the probe, on the base and the patched tree. `known`: path
    and name of functions in which a slow pattern is new. Leaves the files at the patched tree."""
    found = targets(changes)
    if not found.patch:
        return Scaled(left=found.left)
    ends = monotonic() + seconds
    curves = both(workspace, suite, trees, found, target, ends)
    on_base = {(t.path, t.name) for t in found.base}
    for _ in range(ROUNDS - 1):
        doubtful = {
            curve.name
            for curve, growth, finding in told(curves, found, known)
            if finding or (growth is None and (curve.path, curve.name) in on_base)
        }
        if not doubtful or monotonic() > ends:
            break
        again = both(workspace, suite, trees, only(found, doubtful), target, ends)
        curves = merged(curves[0], again[0]), merged(curves[1], again[1])
    return judged(curves, found, known)


def only(found: Found, names: Collection[str]) -> Found:
    base, patch = (tuple(t for t in side if t.name in names) for side in (found.base, found.patch))
    return Found(base=base, patch=patch)


def both(
    workspace: Workspace, suite: Suite, trees: tuple[str, str], found: Found, target: str, ends: float
) -> tuple[list[Curve], list[Curve]]:
    curves = []
    for tree, side in zip(trees, (found.base, found.patch), strict=True):
        workspace.restore(tree)
        time = max((ends - monotonic()) / (2 - len(curves)), 1.0)
        curves.append(probed(workspace, suite, side, target, time) if side else [])
    return curves[0], curves[1]


def probed(
    workspace: Workspace, suite: Suite, side: Sequence[Target], target: str, seconds: float
) -> list[Curve]:
    """Run the tests with the probe, and fetch what it measured."""
    plan = {"root": workspace.root, "targets": [t.model_dump() for t in side], "seconds": seconds * 0.7}
    with probe(workspace, suite, plan) as watched:
        watched.suite.run(target, seconds=seconds)
        return list(read(watched.told()))


def read(text: str) -> Iterator[Curve]:
    """The curves of all processes; of what is measured twice, the first."""
    seen = set[tuple[str, str, str, str]]()
    for line in text.splitlines():
        try:
            rows: Any = json.loads(line)
            curves = [Curve.model_validate({**row, "rows": [Row(*r) for r in row["rows"]]}) for row in rows]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # cut off, or written by another
        for curve in curves:
            if curve.key not in seen and curve.rows:
                seen.add(curve.key)
                yield curve


def merged(a: Sequence[Curve], b: Sequence[Curve]) -> list[Curve]:
    other = {curve.key: curve.rows for curve in b}
    return [c.model_copy(update={"rows": least(c.rows, other.get(c.key, ()))}) for c in a]


def pairs(base: Sequence[Curve], patch: Sequence[Curve]) -> Iterator[tuple[Curve, Growth | None]]:
    """Each curve of the patch with what the same calls came to on the base; None: they are not made there."""
    old = {curve.key: curve.rows for curve in base}
    for curve in patch:
        yield curve, compared(old[curve.key], curve.rows) if curve.key in old else None


def judged(
    curves: tuple[Sequence[Curve], Sequence[Curve]], found: Found, known: Collection[tuple[str, str]]
) -> Scaled:
    """Pure."""
    worst = dict[tuple[str, str], tuple[float, Finding]]()
    measured, slow, figures = set[tuple[str, str]](), set[tuple[str, str]](), dict[str, float]()
    for curve, growth, finding in told(curves, found, known):
        key = curve.path, curve.name
        measured |= {key} if growth else set()
        if not finding:
            continue
        slow.add(key)
        if growth:
            figures[f"{curve.name} after/before at {growth.size}"] = round(growth.ratio, 2)
        rank = (finding.severity == "error") * 1e9 + (growth.ratio if growth else 1.0)
        if key not in worst or rank > worst[key][0]:
            worst[key] = rank, finding
    left = [
        f"{t.path}: {t.name} was not called with larger inputs: no test calls it with any, or they do not fit"
        for key, t in {(t.path, t.name): t for t in found.patch}.items()
        if t.changed and key not in measured | slow
    ]
    findings = tuple(finding for _, finding in worst.values())
    return Scaled(findings, (*found.left, *left), figures, frozenset(measured - slow))


def told(
    curves: tuple[Sequence[Curve], Sequence[Curve]], found: Found, known: Collection[tuple[str, str]]
) -> Iterator[tuple[Curve, Growth | None, Finding | None]]:
    """What is to be said of each curve of the patch. Pure."""
    about = {(t.path, t.name): t for t in found.patch}
    for curve, growth in pairs(*curves):
        key = curve.path, curve.name
        if target := about.get(key):
            slow = key in known
            finding = against_base(curve, growth, target, slow) if growth else alone(curve, target, slow)
            yield curve, growth, finding


def against_base(curve: Curve, growth: Growth, target: Target, known: bool) -> Finding | None:
    severity = growth.severity
    if not severity:
        return None
    if severity == "warning" and known and growth.steeper:
        severity = "error"
    least = "at least " if growth.capped else ""
    what = f"{target.name} takes {least}{growth.ratio:.0f} times as long as on the base for {kind(curve)} of {growth.size}"
    times = f"{shown(growth.after)}, and {shown(growth.before)} before{powers(growth)}"
    rule = "grows-faster" if growth.steeper else "slower"
    message = f"{what} ({times})"
    return Finding(
        check="speed", rule=rule, severity=severity, message=message, path=target.path, line=target.first
    )


def alone(curve: Curve, target: Target, known: bool) -> Finding | None:
    """A function whose calls the base does not know: only its growth speaks, and what is slow by its form."""
    power, last = exponent(curve.rows), curve.rows[-1]
    if (
        last.seconds < NEW_LEAST
        or (power or 0) < QUADRATIC
        or not (target.new or known)
        or "..." in curve.how
    ):
        return None
    message = (
        f"the time of {target.name} grows by the power {power:.1f} of its input's size:"
        f" {shown(last.seconds)} for {kind(curve)} of {last.size}"
    )
    return Finding(
        check="speed",
        rule="grows",
        severity="error" if known else "warning",
        message=message,
        path=target.path,
        line=target.first,
    )


def powers(growth: Growth) -> str:
    old, new = growth.exponents
    if new is None:
        return ""
    before = f", and {old:.1f} before" if old is not None else ""
    return f"; the time grows by the power {new:.1f} of the size{before}"


def kind(curve: Curve) -> str:
    return curve.how.removesuffix(" again")


def shown(seconds: float) -> str:
    return (
        f"{seconds:.2f} s"
        if seconds >= 0.1
        else f"{seconds * 1000:.2g} ms"
        if seconds >= LEAST / 10
        else f"{seconds * 1e6:.2g} µs"
    )
