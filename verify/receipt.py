"""What a verdict rests on, written down so that anyone can have it checked again."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import ConfigDict

from ..sandbox.base import Frozen
from ..sandbox.workspace import Workspace
from .finding import some
from .report import TestReport
from .trial import Terms
from .verdict import Verdict

ROUGH = frozenset({"speed", "mutants"})
"""Checks that measure or stop at a time: what they find may differ from one machine to the next."""
ASKED = """for words in 'git --version' 'python3 --version' 'node --version' 'go version'; do
  told=$($words 2>/dev/null) && echo "${words%% *} $told"
done"""


class Receipt(Frozen):
    """A verdict with all that is needed to come to it again. The patch lies beside it, in a file of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[1] = 1
    patchwright: str
    made: str
    """When, in UTC."""
    repository: str
    """The folder of the repository on the machine where it was made."""
    commit: str
    """The commit that the base was taken from."""
    base: str
    """The git tree of the base."""
    exact: bool
    """Whether the base is that commit's tree, and not a checkout as it stood."""
    sandbox: str
    about: Mapping[str, str] = {}
    """What the sandbox is made of: the image and its digest."""
    tools: Mapping[str, str] = {}
    """Versions of what was there in the sandbox, and of what looked at the patch."""
    test_command: str
    terms: Terms
    verdict: Verdict

    @property
    def patch(self) -> str:
        """The patch's sha256."""
        return self.verdict.patch


def slim(report: TestReport | None) -> TestReport | None:
    """A run by its command, exit code and test ids, without what it printed."""
    return report and report.model_copy(update={"failures": (), "output": "", "kept": ""})


def slimmed(verdict: Verdict) -> Verdict:
    runs = {name: slim(getattr(verdict, name)) for name in ("before", "after", "own")}
    return verdict.model_copy(update=runs)


def versions(workspace: Workspace) -> dict[str, str]:
    """What the programs in a sandbox say of their versions."""
    rows = (row.partition(" ") for row in workspace.shell(ASKED, 30).output.splitlines())
    return {name: told for name, _, told in rows}


def differences(old: Verdict, new: Verdict) -> Iterator[str]:
    """What keeps a verdict from being the same as one on another day, a sentence each; flaky tests may differ."""
    for name, what in (("patch", "the patch"), ("tree", "the tree"), ("decided", "the tree that decides")):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{what} is {now or 'none'}, and was {was or 'none'}"
    shaky = {*old.flaky, *new.flaky}
    for name, what in (
        ("before", "on the base"),
        ("after", "after the patch"),
        ("own", "with its own tests"),
    ):
        was, now = outcomes(getattr(old, name)), outcomes(getattr(new, name))
        other = [t for t in {**was, **now} if was.get(t) != now.get(t) and t not in shaky]
        if other:
            told = (f"{t} ({now.get(t, 'not run')}, was {was.get(t, 'not run')})" for t in other)
            yield f"other outcomes {what}: {some(told)}"
    was, now = (
        {(f.check, f.rule, f.severity, f.path) for f in verdict.findings if f.check not in ROUGH}
        for verdict in (old, new)
    )
    for found, word in ((was - now, "no longer found"), (now - was, "newly found")):
        if found:
            yield f"{word}: {some(f'{check}/{rule} {path}' for check, rule, _, path in sorted(found))}"
    if old.state != new.state:
        yield f"it is {new.state!r}, and was {old.state!r}"


def outcomes(report: TestReport | None) -> Mapping[str, str]:
    return report.outcomes if report else {}


def markdown(receipt: Receipt) -> str:
    """A receipt for people: in a pull request, say."""
    return "\n".join([*head(receipt), *tests(receipt.verdict), *found(receipt.verdict)]) + "\n"


def head(receipt: Receipt) -> Iterator[str]:
    verdict = receipt.verdict
    yield f"# {'Verified' if verdict.verified else 'Not verified'}: {verdict.state}"
    yield ""
    if verdict.refusal:
        yield f"{verdict.refusal}\n"
    rows = {
        "patch, sha256": verdict.patch,
        "base": f"{receipt.base} ({'commit' if receipt.exact else 'a checkout that stood on'} {receipt.commit})",
        "tree that is handed over": verdict.tree,
        "tree that decided": verdict.decided,
        "test command": f"`{receipt.test_command}`",
        "sandbox": " ".join([receipt.sandbox, *(f"{key} {value}" for key, value in receipt.about.items())]),
        "policy": verdict.policy,
        "made": f"{receipt.made} by patchwright {receipt.patchwright}",
        "tools": ", ".join(f"{key}: {value}" for key, value in sorted(receipt.tools.items())),
    }
    yield "| | |\n| --- | --- |"
    for name, value in rows.items():
        if value:
            yield f"| {name} | {value.replace('|', chr(92) + '|')} |"


def tests(verdict: Verdict) -> Iterator[str]:
    yield "\n## Tests\n"
    yield "| run | exit code | passed | failed | errors | skipped | seconds |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    runs = {"on the base": verdict.before, "with the base's tests, deciding": verdict.after}
    for name, run in {**runs, "with the patch's own tests": verdict.own}.items():
        if run:
            counts = [len(run.having(o)) for o in ("passed", "failed", "error", "skipped")]
            yield f"| {name} | {run.code} | {' | '.join(map(str, counts))} | {run.seconds:.1f} |"
    for word in ("fixed", "broke", "failing", "flaky", "new"):
        for test in getattr(verdict, word):
            yield f"\n- {word}: `{test}`" if test == getattr(verdict, word)[0] else f"- {word}: `{test}`"


def found(verdict: Verdict) -> Iterator[str]:
    yield "\n## Findings\n"
    for finding in verdict.findings:
        where = f"{finding.path}:{finding.line}" if finding.line else finding.path
        yield f"- **{finding.severity}** {finding.check}/{finding.rule} `{where}`: {finding.message}"
    if not verdict.findings:
        yield "None."
    yield "\n## What was looked at\n"
    for check in verdict.checks:
        figures = ", ".join(f"{name} {value:g}" for name, value in check.figures.items())
        yield f"- {check.check}: {len(check.findings)} findings{f'; {figures}' if figures else ''}"
        yield from (f"  - not: {text}" for text in check.left)
