"""A patch on trial: rebuilt from its base in a fresh workspace, tested there, and looked at by every check."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..sandbox.base import Frozen
from ..sandbox.patch import Patch, misfit
from ..sandbox.secrets import ours
from ..sandbox.workspace import Workspace
from .api import api
from .asked import asked
from .counter import witnessed
from .delta import Changed, changes
from .finding import Checked
from .linters import external, own
from .mutants import mutants
from .report import PASSED, TestReport
from .reproduce import reproduces
from .speed import speed
from .static import static
from .suite import Suite
from .tamper import Touched, eased, findings, put_back, touched
from .verdict import Policy, Runs, Verdict, broken, fell, judge

ALONE = r"(.*/)?(test_[^/]*|[^/]*_test)\.py"
"""Names of files that hold tests, and nothing for others to use."""
LEAST, TIMES = 60.0, 20
"""A run on the patch may take so many seconds, and so many times as long as on the base."""
LINTING = 120.0
"""Seconds for the project's own linters and type checkers."""


class Terms(Frozen):
    """How a patch is judged."""

    required: tuple[str, ...] = ()
    """Tests that have to pass; none: all that fail on the base."""
    known_failing: tuple[str, ...] = ()
    """Tests that fail for reasons that the patch does not answer for."""
    allow_test_edits: bool = False
    policy: Policy = "default"
    quick: bool = True
    """Without the checks that run the tests many times over."""
    workload: str = ""
    """A command whose time matters."""
    reproduction: Mapping[str, str] = {}
    """Files of tests, by their paths, that have to fail on the base and pass on the patch."""
    external: tuple[str, ...] = ()
    """Commands that print SARIF."""
    online: bool = False
    """Whether registries may be asked."""
    seconds: float = 600
    """The most for one run of the tests."""
    budget: float = 60
    """Seconds for each of the checks that run the tests many times over."""


def verify(
    workspace: Workspace, patch: Patch, command: str, before: TestReport | None, terms: Terms
) -> Verdict:
    """Judge a patch in a workspace that is at its base and that no candidate has touched."""
    known = Verdict(patch=patch.digest, policy=terms.policy)
    if not patch:
        return known.refused("unverified: empty patch", "the patch is empty")
    suite = Suite(workspace, command, patience(before, terms.seconds))
    applied = workspace.apply(patch)
    if not applied.ok:
        why = f"the patch does not apply to its base: {misfit(patch.text, applied.output)}"
        known = known.model_copy(update={"applies": False})
        return known.refused("unverified: does not apply", why)
    tree = workspace.snapshot()
    changed = changes(workspace, tree)
    held = touched(workspace, changed)
    decided = tree if terms.allow_test_edits else put_back(workspace, tree, held.all)
    runs = Runs(before, None)
    if command:
        runs = ran(
            workspace,
            suite,
            Runs(before, None, flaky=before.flaky if before else (), known=terms.known_failing),
            tree,
            decided,
            terms.required,
            touching(changed, held),
        )
    workspace.restore(decided)
    told = timed(lambda: asked(workspace, suite, runs.before, runs.after, terms.required))
    checks = tuple(looked(workspace, suite, held, changed, tree, runs, terms, told))
    untimed = {name: timeless(getattr(runs, name)) for name in ("before", "after", "own")}
    verdict = judge(patch.digest, tree, runs._replace(**untimed), terms.required, checks, terms.policy)
    more = {"decided": decided, "tests_changed": held.tests, "steering": held.steering}
    return verdict.model_copy(update={**more, "secrets": ours().held(patch.text)})


def timeless(report: TestReport | None) -> TestReport | None:
    """A report as it is written down: how long each test took is for the checks alone."""
    return report and report.model_copy(update={"times": {}})


def patience(before: TestReport | None, most: float) -> float:
    """Seconds for a run of the tests on the patch: what hangs does so for long enough to be no mere slowness."""
    return min(most, max(LEAST, TIMES * before.seconds)) if before and not before.problem else most


def ran(
    workspace: Workspace,
    suite: Suite,
    runs: Runs,
    tree: str,
    decided: str,
    required: Sequence[str],
    part: Sequence[str],
) -> Runs:
    """Run the tests of the base on the patch, see whether they decide anything, then run the patch's own: all tests as
    it has them, or `part`, where that is all it touches."""
    if decided != tree:
        workspace.restore(decided)
    after = suite.run()
    assert runs.before
    shaky = passing(suite.again(broken(runs.before, after)))
    after = witnessed(workspace, suite, runs.before, after, required)
    own = None
    if decided != tree:
        workspace.restore(tree)
        own = suite.run(tests=part if after.runner == "pytest" else ())
        mine = fell(runs._replace(after=after, own=own))
        shaky += passing(suite.again([t for t in mine if t in after.outcomes and t not in shaky]))
    return runs._replace(after=after, own=own, flaky=(*runs.flaky, *shaky))


def touching(changed: Sequence[Changed], held: Touched) -> tuple[str, ...]:
    """The files of tests that a patch touches, by their paths; empty where it touches anything that others may need."""
    left = [change.path for change in changed if change.path in held.all and change.after]
    alone = len(left) == len(held.all) and all(re.fullmatch(ALONE, name) for name in left)
    return tuple(left) if alone else ()


def passing(outcomes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(test for test, outcome in outcomes.items() if outcome == PASSED)


def looked(
    workspace: Workspace,
    suite: Suite,
    held: Touched,
    changed: Sequence[Changed],
    tree: str,
    runs: Runs,
    terms: Terms,
    told: Checked,
) -> Iterator[Checked]:
    """What each check comes to; the first with what was `told` by asking elsewhere."""
    workspace.restore(tree)
    yield with_more(timed(lambda: tamper(workspace, held, changed, runs.after, terms.allow_test_edits)), told)
    workspace.restore(tree)
    yield from reading(workspace, changed, suite.command, tree, terms.online)
    code = [change for change in changed if not change.is_test]
    yield timed(lambda: own(workspace, code, tree, LINTING))
    for command in terms.external:
        yield timed(lambda command=command: external(workspace, command, tree))
    if terms.reproduction and suite.command:
        yield timed(
            lambda: reproduces(
                workspace, tree, terms.reproduction, suite, runs.before.outcomes if runs.before else ()
            )
        )
    before, after = runs.before, runs.after
    why = "no part of a quick verdict" if terms.quick else ""
    if not before or not after or broken(before, after) or after.problem:
        why = why or "not looked at, since the tests do not pass"
    if why or not before or not after:
        yield from (Checked(check=name, left=(why,)) for name in ("speed", "mutants"))
        return
    passed = after.having(PASSED)
    both = [test for test in passed if before.outcomes.get(test) == PASSED]
    yield timed(lambda: speed(workspace, changed, tree, suite, both, terms.workload, seconds=terms.budget))
    yield timed(lambda: mutants(workspace, changed, tree, suite, passed, seconds=terms.budget))


def reading(
    workspace: Workspace, changed: Sequence[Changed], command: str, tree: str, online: bool = False
) -> Iterator[Checked]:
    """What comes of reading the code, in a workspace that stands at the patched tree."""
    yield timed(lambda: static(workspace, changed, tree))
    yield timed(lambda: api(workspace, changed, command, online=online))


def tamper(
    workspace: Workspace,
    held: Touched,
    changed: Sequence[Changed],
    after: TestReport | None,
    allowed: bool,
) -> Checked:
    """What the patch does to the tests and to what steers them. Where that is allowed, it is only told."""
    found = eased(findings(workspace, held, changed), after)
    if allowed:
        found = tuple(f.model_copy(update={"severity": "warning"}) for f in found)
    return Checked(check="tamper", findings=found)


def with_more(one: Checked, other: Checked) -> Checked:
    """Two parts of one check."""
    more = {"findings": (*one.findings, *other.findings), "left": (*one.left, *other.left)}
    return one.model_copy(update={**more, "seconds": round(one.seconds + other.seconds, 3)})


def timed(check: Callable[[], Checked]) -> Checked:
    start = time.monotonic()
    done = check()
    return done.model_copy(update={"seconds": round(time.monotonic() - start, 3)})
