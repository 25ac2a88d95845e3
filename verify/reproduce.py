"""Whether a test that was written from the issue shows it: it fails on the base, and passes with the patch."""

from collections.abc import Collection, Mapping
from time import monotonic
from typing import Literal

from ..sandbox.workspace import Workspace
from .finding import Checked, Finding, Severity
from .report import ERROR, FAILED, PASSED, TestReport
from .suite import Suite

Outcome = Literal["reproduces", "passes-on-base", "fails-on-patch", "does-not-run"]
SAID: Mapping[Outcome, tuple[Severity, str]] = {
    "reproduces": ("note", "fails on the base and passes with the patch"),
    "passes-on-base": ("error", "passes on the base too: it does not show what the issue is about"),
    "fails-on-patch": ("error", "fails with the patch too"),
    "does-not-run": ("error", "does not run"),
}


def reproduces(
    workspace: Workspace, tree: str, files: Mapping[str, str], suite: Suite, known: Collection[str] = ()
) -> Checked:
    """Run test files, which neither tree has to hold, on the base and on a patched tree. `known`: the base's own tests,
    by their ids. The files of the working copy are the tree's afterwards."""
    begun = monotonic()
    try:
        base, patch = (ran(workspace, where, files, suite) for where in (workspace.base, tree))
    finally:
        workspace.restore(tree)
    outcome, why = decided(base, patch, files, known)
    severity, what = SAID[outcome]
    path = next(iter(files), "")
    message = f"the test written from the issue {what}{f': {why}' if why else ''}"
    found = Finding(check="reproduction", rule=outcome, severity=severity, message=message, path=path)
    figures = {"seconds on the base": base.seconds, "seconds on the patch": patch.seconds}
    return Checked(check="reproduction", findings=(found,), figures=figures, seconds=monotonic() - begun)


def ran(workspace: Workspace, tree: str, files: Mapping[str, str], suite: Suite) -> TestReport:
    from .runners import PYTEST, Project, quoted, recognise
    from .runners.runner import ending

    workspace.restore(tree)
    for path, text in files.items():
        workspace.write(path, text.encode())
    if recognise(ending(suite.command), Project())[0] is PYTEST:
        return suite.run(" ".join(map(quoted, files)))
    return suite.run()


def decided(
    base: TestReport, patch: TestReport, files: Collection[str], known: Collection[str] = ()
) -> tuple[Outcome, str]:
    """What the two runs come to, and why where that is not plain. Pure.

    A file that cannot be loaded on the base, since what it imports is not there yet, fails there.
    """
    if patch.problem or (base.problem and not base.having(FAILED, ERROR)):
        return "does-not-run", patch.problem or f"on the base: {base.problem}"
    if not patch.outcomes:
        if not patch.green:
            return "fails-on-patch", "the command's exit code says so"
        return ("passes-on-base" if base.green else "reproduces"), ""
    own = written(patch, files, known)
    if not own:
        return "does-not-run", "it holds no test"
    bad = [t for t in own if patch.outcomes[t] in (FAILED, ERROR)]
    if bad:
        return "fails-on-patch", first(patch, bad[0])
    if not any(patch.outcomes[t] == PASSED for t in own):
        return "does-not-run", "all of it is skipped"
    if all(base.passes(t) for t in own if patch.outcomes[t] == PASSED):
        return "passes-on-base", ""
    return "reproduces", ""


def written(report: TestReport, files: Collection[str], known: Collection[str]) -> list[str]:
    """The tests of the files: by the file in their id where the runner puts it there, else those that are not known."""
    of_files = [t for t in report.outcomes if t.partition("::")[0] in files]
    return of_files or [t for t in report.outcomes if t not in known]


def first(report: TestReport, test: str) -> str:
    """The first line of what a test's failure says."""
    message = next((f.message for f in report.failures if f.test == test), "")
    return " ".join(message.split("\n")[0].split())[:200]
