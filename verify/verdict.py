"""The verdict on a patch: rebuilt from its base in a fresh workspace, tested there, and said in plain words."""

from collections.abc import Sequence

from pydantic import ConfigDict, computed_field

from ..sandbox.base import Frozen
from ..sandbox.patch import Patch
from ..sandbox.secrets import ours
from ..sandbox.workspace import Workspace
from .report import ERROR, FAILED, PASSED, TestReport
from .suite import Suite
from .tamper import Tampering, some, tampering


class Verdict(Frozen):
    """What was checked, on which tree, and what came of it. It says nothing that was not run."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a stored `verified` is computed anew

    patch: str
    """Digest of the patch."""
    tree: str = ""
    """The git tree that base and patch together make: the one that the tests ran on."""
    applies: bool = True
    before: TestReport | None = None
    after: TestReport | None = None
    required: tuple[str, ...] = ()
    """Tests that have to pass for the patch to count."""
    fixed: tuple[str, ...] = ()
    broke: tuple[str, ...] = ()
    """Passed on the base and does not now; a test that vanished or is skipped counts."""
    failing: tuple[str, ...] = ()
    """Failed on the base and fails still."""
    tests_changed: tuple[str, ...] = ()
    """Test files of the base that the patch changes or deletes."""
    steering: tuple[str, ...] = ()
    """What steers the tests and is new or changed: settings of the runner, code that it loads by name."""
    secrets: tuple[str, ...] = ()
    """What the patch's text holds that should not be shared: variables of the environment, kinds of keys."""
    refusal: str = ""
    """Why the patch is not verified; empty where it is."""

    @computed_field
    @property
    def verified(self) -> bool:
        return not self.refusal


def verify(
    workspace: Workspace,
    patch: Patch,
    command: str,
    before: TestReport | None,
    required: Sequence[str] = (),
    allow_test_edits: bool = False,
    seconds: float = 600,
) -> Verdict:
    """Judge a patch in a workspace that is at its base and that no candidate has touched."""
    if not patch:
        return Verdict(patch=patch.digest, refusal="the patch is empty")
    applied = workspace.apply(patch)
    if not applied.ok:
        reason = " ".join(applied.output.split())[:300]
        return Verdict(
            patch=patch.digest, applies=False, refusal=f"the patch does not apply to its base: {reason}"
        )
    tampered = Tampering() if allow_test_edits else tampering(workspace, patch.files)
    tree = workspace.snapshot()
    after = Suite(workspace, command, seconds).run() if command else None
    verdict = judge(patch.digest, tree, before, after, tuple(required), tampered)
    return verdict.model_copy(update={"secrets": ours().held(patch.text)})


def judge(
    patch: str,
    tree: str,
    before: TestReport | None,
    after: TestReport | None,
    required: tuple[str, ...] = (),
    tampered: Tampering | None = None,
) -> Verdict:
    """Compare the runs on the base and on the patched tree. Pure.

    Without `required`, every test that failed on the base has to pass.
    """
    tampered = tampered or Tampering()
    if not before or not after:
        return Verdict(
            patch=patch,
            tree=tree,
            before=before,
            after=after,
            refusal="no tests were run: there is no test command",
        )
    wanted = required or before.failing
    fixed = tuple(t for t in before.failing if after.passes(t))
    broke = broken(before, after)
    failing = tuple(t for t in before.failing if not after.passes(t))
    refusal = refuse(before, after, [t for t in wanted if not after.passes(t)], broke, tampered)
    return Verdict(
        patch=patch,
        tree=tree,
        before=before,
        after=after,
        required=required,
        fixed=fixed,
        broke=broke,
        failing=failing,
        tests_changed=tampered.tests,
        steering=tampered.steering,
        refusal=refusal,
    )


def broken(before: TestReport, after: TestReport) -> tuple[str, ...]:
    """What passed and does not now, and what fails now without having been there."""
    lost = [t for t in before.having(PASSED) if after.outcomes.get(t) != PASSED]
    new = [t for t in after.having(FAILED, ERROR) if t not in before.outcomes]
    if not after.outcomes and not after.green and before.green:
        return (after.command,)
    return (*lost, *new)


def refuse(
    before: TestReport,
    after: TestReport,
    missing: Sequence[str],
    broke: Sequence[str],
    tampered: Tampering,
) -> str:
    if after.problem:
        return after.problem
    if broke:
        return f"it breaks {some(broke)}"
    if missing:
        return f"still failing: {some(missing)}"
    if tampered.refusal:
        return tampered.refusal
    if after.code and not before.code:
        return f"the test command ends with {after.code}, and ended with 0 before"
    return ""
