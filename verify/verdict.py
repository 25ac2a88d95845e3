"""The verdict on a patch as data, and how it follows from the runs and the checks."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import ConfigDict, computed_field

from ..sandbox.base import Frozen
from .finding import Checked, Finding, Severity, some
from .report import ERROR, FAILED, PASSED, SKIPPED, TestReport

State = Literal[
    "verified",
    "tests green, not sufficient",
    "green with findings",
    "still failing",
    "breaks tests",
    "unverified: the run says nothing",
    "unverified: no tests ran",
    "unverified: does not apply",
    "unverified: empty patch",
    "unverified: not judged",
]
"""What a verdict comes to, from the best to the least that is known. Only the first one is `verified`."""
Policy = Literal["strict", "default", "report"]
BLOCKING: Mapping[Policy, tuple[Severity, ...]] = {
    "strict": ("error", "warning"),
    "default": ("error",),
    "report": (),
}
"""Which findings keep a patch from being verified."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
ENOUGH = 0.6
"""The share of mutants that tests have to notice under the strict policy."""


class Verdict(Frozen):
    """What was checked, on which tree, and what came of it. It says nothing that was not run."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a stored `verified` is computed anew

    patch: str
    """Digest of the patch."""
    tree: str = ""
    """The git tree that base and patch together make: the one that is handed over."""
    decided: str = ""
    """The tree of the run that decides: `tree`, but for the tests, which are as on the base."""
    applies: bool = True
    before: TestReport | None = None
    after: TestReport | None = None
    """The run that decides."""
    own: TestReport | None = None
    """The tests as the patch has them, where it touches them."""
    required: tuple[str, ...] = ()
    """Tests that have to pass for the patch to count."""
    fixed: tuple[str, ...] = ()
    broke: tuple[str, ...] = ()
    """Passed on the base and does not now; a test that vanished or is skipped counts. And what fails of the patch's
    own tests."""
    failing: tuple[str, ...] = ()
    """Failed on the base and fails still."""
    flaky: tuple[str, ...] = ()
    """Failed and then passed when run once more, alone, on the same files: it counts for nothing."""
    new: tuple[str, ...] = ()
    """Tests that are the patch's own."""
    tests_changed: tuple[str, ...] = ()
    """Test files of the base that the patch changes or deletes."""
    steering: tuple[str, ...] = ()
    """What steers the tests and is new or changed: settings of the runner, code that it loads by name."""
    checks: tuple[Checked, ...] = ()
    """What looked at the patch besides the tests, each with what it found."""
    policy: Policy = "default"
    secrets: tuple[str, ...] = ()
    """What the patch's text holds that should not be shared: variables of the environment, kinds of keys."""
    state: State = "verified"
    refusal: str = ""
    """Why the patch is not verified, in a sentence; empty where it is."""

    def refused(self, state: State, why: str) -> "Verdict":
        """This verdict with its state."""
        return self.model_copy(update={"state": state, "refusal": why})

    @computed_field
    @property
    def verified(self) -> bool:
        """The patch applies to its base; with the tests of the base every test that has to pass does, and none is
        lost; the patch's own tests pass; no finding blocks under the policy."""
        return self.state == "verified" and not self.refusal

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of all checks, the worst first."""
        every = [finding for check in self.checks for finding in check.findings]
        return tuple(sorted(every, key=lambda f: SEVERITIES.index(f.severity)))

    @property
    def left(self) -> tuple[str, ...]:
        """What was not looked at, and why."""
        return tuple(f"{check.check}: {text}" for check in self.checks for text in check.left)

    @computed_field
    @property
    def vanished(self) -> tuple[str, ...]:
        """Those of `broke` that were not run any more, or skipped."""
        if not self.before or not self.after:
            return ()
        lost = set(broken(self.before, self.after)) & self.before.outcomes.keys()
        return tuple(t for t in self.broke if t in lost and self.after.outcomes.get(t, SKIPPED) == SKIPPED)


class Runs(NamedTuple):
    """What the tests came to: on the base, on the tree that decides, and with the patch's own tests."""

    before: TestReport | None
    after: TestReport | None
    own: TestReport | None = None
    flaky: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    """Tests whose failing is not the patch's to mend."""


def judge(
    patch: str,
    tree: str,
    runs: Runs,
    required: tuple[str, ...] = (),
    checks: tuple[Checked, ...] = (),
    policy: Policy = "default",
) -> Verdict:
    """Compare the runs on the base and on the patched tree, and weigh what the checks found. Pure.

    Without `required`, every test that failed on the base has to pass. A test that is flaky on the base or after it
    counts neither for the patch nor against it, unless it is required.
    """
    before, after, own, flaky, excused = runs
    known = Verdict(patch=patch, tree=tree, before=before, after=after, checks=checks, policy=policy)
    if not before or not after:
        return known.refused("unverified: no tests ran", "no tests were run: there is no test command")
    failed = tuple(t for t in before.failing if t not in flaky and t not in excused)
    wanted = [t for t in required or failed if not after.passes(t) and not (own and comes(t, before, own))]
    ran = {**after.outcomes, **(own.outcomes if own else {})}
    new = tuple(t for t in ran if t not in before.outcomes) if before.outcomes else ()
    lost = dict.fromkeys(t for t in (*broken(before, after), *fell(runs)) if t not in flaky)
    told = {
        "own": own,
        "required": required,
        "fixed": tuple(t for t in failed if after.passes(t)),
        "broke": tuple(lost),
        "failing": tuple(t for t in failed if not after.passes(t)),
        "flaky": flaky,
        "new": new,
    }
    known = known.model_copy(update=told)
    return known.refused(*refuse(known, before, after, wanted))


def comes(test: str, before: TestReport, own: TestReport) -> bool:
    """Whether a test is the patch's own, and passes. The command as a whole is not: the tests of the base decide it."""
    return test != before.command and test not in before.outcomes and own.passes(test)


def fell(runs: Runs) -> tuple[str, ...]:
    """What fails as the patch has the tests, and is not left from the base. What they do not run any more is no matter
    here: the tests of the base have decided about that."""
    before, after, own = runs.before, runs.after, runs.own
    if not before or not after or not own or own.problem:
        return ()
    left = {*before.failing, *runs.known}
    return tuple(t for t in own.failing if t not in left or (t in before.failing and after.passes(t)))


def broken(before: TestReport, after: TestReport) -> tuple[str, ...]:
    """What passed and does not now, and what fails now without having been there."""
    lost = [t for t in before.having(PASSED) if after.outcomes.get(t) != PASSED]
    new = [t for t in after.having(FAILED, ERROR) if t not in before.outcomes]
    if not after.outcomes and not after.green and before.green:
        return (after.command,)
    return (*lost, *new)


def refuse(
    known: Verdict, before: TestReport, after: TestReport, missing: Sequence[str]
) -> tuple[State, str]:
    """What keeps a patch from being verified, the worst first, and the sentence for it."""
    if after.problem:
        return "unverified: the run says nothing", after.problem
    if known.broke:
        lost = [t for t in broken(before, after) if t in known.broke]
        return (
            "breaks tests",
            f"it breaks {some(lost)}" if lost else f"its own tests fail: {some(known.broke)}",
        )
    if missing:
        return "still failing", f"still failing: {some(missing)}"
    if after.code and not before.code:
        return "breaks tests", f"the test command ends with {after.code}, and ended with 0 before"
    if against := [f for f in known.findings if f.severity in BLOCKING[known.policy]]:
        return "green with findings", some([told(f) for f in against])
    if known.own and known.own.problem:
        return "unverified: the run says nothing", f"with the patch's own tests: {known.own.problem}"
    if reason := insufficient(known):
        return "tests green, not sufficient", reason
    return "verified", ""


def told(finding: Finding) -> str:
    """A finding in a sentence that names its file."""
    where = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return f"{where}: {finding.message}" if where else finding.message


def insufficient(known: Verdict) -> str:
    """Why green tests are too little under the strict policy; empty where they are enough."""
    if known.policy != "strict":
        return ""
    shown = any(f.rule == "reproduces" for f in known.findings)
    if not known.fixed and not known.new and not shown:
        return "no test failed before and passes now, and the patch brings none: nothing shows what it is for"
    figures = [check.figures for check in known.checks if "score" in check.figures]
    score = min((each["score"] for each in figures), default=1.0)
    return f"the tests notice {score:.0%} of the mutants of the changed lines" if score < ENOUGH else ""
