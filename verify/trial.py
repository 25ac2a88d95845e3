"""A patch on trial: rebuilt from its base in a fresh workspace, tested there, and looked at by every check."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import NamedTuple

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
from .suite import TRIES, Suite
from .tamper import Touched, eased, findings, put_back, touched
from .verdict import Policy, Runs, Verdict, broken, fell, judge

ALONE = r"(.*/)?(test_[^/]*|[^/]*_test)\.py"
"""Names of files that hold tests, and nothing for others to use."""
LEAST, TIMES = 60.0, 20
"""A run on the patch may take so many seconds, and so many times as long as on the base."""
LINTING = 120.0
"""Seconds for the project's own linters and type checkers."""
Beside = Callable[[], AbstractContextManager[Workspace]]
"""Opens another workspace like the one that a patch is judged in."""


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


class Case(NamedTuple):
    """A patch, and what it is judged by."""

    patch: Patch
    command: str
    seconds: float
    """The most for one run of the tests."""
    before: TestReport | None
    terms: Terms
    changed: tuple[Changed, ...]
    held: Touched
    tree: str
    """With the patch."""
    decided: str
    """With the patch, and the tests as they decide."""


def verify(
    workspace: Workspace,
    patch: Patch,
    command: str,
    before: TestReport | None,
    terms: Terms,
    beside: Beside | None = None,
) -> Verdict:
    """Judge a patch in a workspace that is at its base and that no candidate has touched; with `beside`, in two at once."""
    known = Verdict(patch=patch.digest, policy=terms.policy)
    if not patch:
        return known.refused("unverified: empty patch", "the patch is empty")
    applied = workspace.apply(patch)
    if not applied.ok:
        why = f"the patch does not apply to its base: {misfit(patch.text, applied.output)}"
        known = known.model_copy(update={"applies": False})
        return known.refused("unverified: does not apply", why)
    tree = workspace.snapshot()
    changed = changes(workspace, tree)
    held = touched(workspace, changed)
    decided = tree if terms.allow_test_edits else put_back(workspace, tree, held.all)
    seconds = patience(before, terms.seconds)
    case = Case(patch, command, seconds, before, terms, changed, held, tree, decided)
    if beside:
        runs, (told, *read) = at_once(workspace, beside, case)
    else:
        runs = tested(workspace, case, lambda _: None)
        told, *read = aside(workspace, case, lambda: runs.after)
    checks = tuple(looked(workspace, case, runs, told, read))
    untimed = {name: timeless(getattr(runs, name)) for name in ("before", "after", "own")}
    verdict = judge(patch.digest, tree, runs._replace(**untimed), terms.required, checks, terms.policy)
    more = {"decided": decided, "tests_changed": held.tests, "steering": held.steering}
    return verdict.model_copy(update={**more, "secrets": ours().held(patch.text)})


def at_once(workspace: Workspace, beside: Beside, case: Case) -> tuple[Runs, list[Checked]]:
    """The runs of the tests, and meanwhile, in a second workspace, what needs none or only the first of them."""
    after, opened = Future[TestReport | None](), list[Workspace]()

    def side() -> list[Checked]:
        with beside() as other:
            opened.append(other)
            other.apply(case.patch)
            put_back(other, other.snapshot(), case.held.all)  # its trees are those of the first workspace
            return aside(other, case, after.result)

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(side)
        try:
            runs = tested(workspace, case, after.set_result)
            if not after.done():
                after.set_result(None)
            return runs, work.result()
        except BaseException:
            after.cancel()
            for other in opened:
                other.sandbox.close()  # nobody waits for what it does
            raise


def aside(workspace: Workspace, case: Case, after: Callable[[], TestReport | None]) -> list[Checked]:
    """What needs no run of the tests, and, before it, what tests ask, which needs to know how they ran."""
    workspace.restore(case.tree)
    read = [*reading(workspace, case.changed, case.command, case.tree, case.terms.online)]
    code = [change for change in case.changed if not change.is_test]
    read.append(timed(lambda: own(workspace, code, case.tree, LINTING)))
    report, suite = after(), Suite(workspace, case.command, case.seconds)
    workspace.restore(case.decided)
    return [timed(lambda: asked(workspace, suite, case.before, report, case.terms.required)), *read]


def tested(workspace: Workspace, case: Case, hear: Callable[[TestReport], None]) -> Runs:
    """Run the tests of the base on the patch, see whether they decide anything, then run the patch's own: all tests as
    it has them, or those that it touches, where that is all. `hear` is told of the first run at once."""
    before, terms = case.before, case.terms
    runs = Runs(before, None, flaky=before.flaky if before else (), known=terms.known_failing)
    if not case.command:
        return runs
    suite = Suite(workspace, case.command, case.seconds)
    workspace.restore(case.decided)
    after = suite.run()
    hear(after)
    assert before
    shaky = passing(suite.again(broken(before, after), TRIES))
    after = witnessed(workspace, suite, before, after, terms.required)
    own = None
    if case.decided != case.tree:
        workspace.restore(case.tree)
        part = touching(case.changed, case.held) if after.runner == "pytest" else ()
        own = suite.run(tests=part)
        mine = fell(runs._replace(after=after, own=own))
        shaky += passing(suite.again([t for t in mine if t in after.outcomes and t not in shaky], TRIES))
    return runs._replace(after=after, own=own, flaky=(*runs.flaky, *shaky))


def timeless(report: TestReport | None) -> TestReport | None:
    """A report as it is written down: how long each test took is for the checks alone."""
    return report and report.model_copy(update={"times": {}})


def patience(before: TestReport | None, most: float) -> float:
    """Seconds for a run of the tests on the patch: what hangs does so for long enough to be no mere slowness."""
    return min(most, max(LEAST, TIMES * before.seconds)) if before and not before.problem else most


def touching(changed: Sequence[Changed], held: Touched) -> tuple[str, ...]:
    """The files of tests that a patch touches, by their paths; empty where it touches anything that others may need."""
    left = [change.path for change in changed if change.path in held.all and change.after]
    alone = len(left) == len(held.all) and all(re.fullmatch(ALONE, name) for name in left)
    return tuple(left) if alone else ()


def passing(outcomes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(test for test, outcome in outcomes.items() if outcome == PASSED)


def looked(
    workspace: Workspace, case: Case, runs: Runs, told: Checked, read: Sequence[Checked]
) -> Iterator[Checked]:
    """What each check comes to; the first with what was `told` by asking elsewhere, then what was `read`."""
    tree, changed, terms = case.tree, case.changed, case.terms
    suite = Suite(workspace, case.command, case.seconds)
    workspace.restore(tree)
    allowed = terms.allow_test_edits
    yield with_more(timed(lambda: tamper(workspace, case.held, changed, runs.after, allowed)), told)
    yield from read
    workspace.restore(tree)
    for command in terms.external:
        yield timed(lambda command=command: external(workspace, command, tree))
    before, after = runs.before, runs.after
    if terms.reproduction and suite.command:
        known = before.outcomes if before else ()
        yield timed(lambda: reproduces(workspace, tree, terms.reproduction, suite, known))
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
