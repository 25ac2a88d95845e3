"""`patchwright verify`: a verdict on a patch, whoever wrote it, and its receipt."""

import argparse
import json
import os
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..agent import config, run
from ..agent.task import Task, TaskError
from ..sandbox.checkout import Repository
from ..sandbox.patch import PatchError, parse
from ..sandbox.secrets import ours
from ..verify.receipt import Receipt, differences, markdown, slimmed, versions
from ..verify.report import ERROR, FAILED, PASSED, SKIPPED, TestReport
from ..verify.sarif import to_sarif
from ..verify.trial import Terms
from ..verify.trial import verify as judge
from ..verify.verdict import Verdict
from .cli import flags, version
from .ending import INPUT, NOT_VERIFIED, OK, say
from .plain import Plain, verdict_lines

UNFIT = ("unverified: empty patch", "unverified: does not apply")
"""States of what cannot be judged at all."""
KEPT = "receipt.json", "receipt.md", "patch.diff"


class Request(NamedTuple):
    """A patch that is to be judged, and how."""

    text: str
    repository: Repository
    base: str
    settings: config.Config
    terms: Terms
    notes: tuple[str, ...] = ()


def verify(options: argparse.Namespace) -> int:
    """Rebuild base and patch in a fresh workspace, test there, and print the verdict."""
    if options.receipt:
        return again(options)
    if bool(options.patch) == bool(options.worktree):
        raise TaskError("give one of the two: a PATCH, or --worktree DIR for what is uncommitted there.")
    request = of_worktree(options) if options.worktree else of_patch(options)
    try:
        receipt, folder = judged(request)
    except PatchError as e:
        if options.json:
            print(json.dumps({"verified": False, "state": "unverified: not a patch", "why": str(e)}))
        raise
    verdict = receipt.verdict
    if options.sarif:
        written = json.dumps(to_sarif(verdict.findings, receipt.patchwright), indent=1)
        try:
            Path(options.sarif).write_text(written, encoding="utf-8")
        except OSError as e:
            raise TaskError(f"{options.sarif}: {e.strerror}. The receipt is {folder / KEPT[0]}.") from e
    if options.json:
        print(json.dumps(shown(receipt, folder / KEPT[0]), indent=1, ensure_ascii=False))
    else:
        print("\n".join([*verdict_lines(verdict), f"   receipt {folder / KEPT[0]}"]))
    if verdict.state in UNFIT:
        say(verdict.refusal)
        return INPUT
    return OK if verdict.verified else NOT_VERIFIED


def of_patch(options: argparse.Namespace) -> Request:
    text = load(options.patch)
    repository = Repository(Path(options.repo))
    return Request(text, repository, options.base, settings(options, repository), terms(options))


def of_worktree(options: argparse.Namespace) -> Request:
    """What a working copy changes against its HEAD, which is the base."""
    if options.base:
        raise TaskError("--worktree is judged against its HEAD: leave --base out.")
    repository = Repository(Path(options.worktree))
    given = settings(options, repository)
    text, notes = repository.uncommitted(given.env_files)
    return Request(text, repository, "HEAD", given, terms(options), notes)


def settings(options: argparse.Namespace, repository: Repository, **more: Any) -> config.Config:
    names = ("sandbox", "image", "memory_mb", "network", "env_files", "test")
    given = {name: value for name, value in flags(options, *names).items() if value is not None}
    return config.load(repository.top, os.environ, more | given)


def terms(options: argparse.Namespace) -> Terms:
    """Raises TaskError where two of them do not go together."""
    if options.quick and options.workload:
        raise TaskError("--quick measures no speed: leave it out, or --workload.")
    return Terms(
        required=tuple(options.failing),
        known_failing=tuple(options.known_failing),
        allow_test_edits=options.allow_test_edits,
        policy=options.policy,
        quick=options.quick,
        workload=options.workload,
        external=tuple(options.check),
        online=options.online,
        reproduction=reproduction(options.reproduction, Path(options.worktree or options.repo)),
    )


def reproduction(name: str | None, repo: Path) -> dict[str, str]:
    """A file of tests by its path in the repository: its own there, or its name at the top."""
    if not name:
        return {}
    file, top = Path(name).resolve(), repo.resolve()
    inside = file.relative_to(top).as_posix() if file.is_relative_to(top) else file.name
    return {inside: load(name)}


def judged(request: Request) -> tuple[Receipt, Path]:
    """The verdict with what it rests on, and the folder where both are kept. Raises PatchError."""
    terms = request.terms
    task = Task(
        id="",
        repo=str(request.repository.top),
        issue="verify",
        base=request.base,
        test_command=request.settings.test,
        required=terms.required,
        allow_test_edits=terms.allow_test_edits,
    )
    begun = run.create(task, request.settings, request.repository, show=partial(Plain().show, 0), tell=say)
    try:
        for note in (*begun.base.notes, *request.notes):
            say(note)
        patch = parse(request.text, begun.base.tree, request.settings.env_files)
        before = baseline(begun)
        with begun.fresh("verify") as workspace:
            command = begun.command()
            tools, sandbox = versions(workspace), workspace.sandbox
            found = judge(workspace, patch, command, before if command else None, terms, begun.beside())
        verdict = Verdict.model_validate(ours().cleaned(found.model_dump()))
        checks = {name: value for check in verdict.checks for name, value in check.tools.items()}
        receipt = Receipt(
            patchwright=version().split()[-1],
            made=run.stamp(),
            repository=str(request.repository.top),
            commit=begun.base.head,
            base=begun.base.tree,
            exact=bool(request.base) or not begun.base.dirty,
            sandbox=sandbox.name,
            about=sandbox.about,
            tools=tools | checks,
            test_command=command,
            terms=terms,
            verdict=slimmed(verdict),
        )
        return receipt.model_copy(update={"verdict": verdict}), keep(begun.id, receipt, request.text)
    finally:
        begun.close(keep=False)


def baseline(begun: run.Run) -> TestReport:
    """The tests on the base. Raises TaskError where the user's command cannot be started."""
    before = begun.baseline()
    if begun.task.test_command and "could not be started" in before.problem:
        raise TaskError(f"{before.problem}. Give a test command that works in the sandbox with --test.")
    if not before.outcomes and not before.green and not before.problem:
        say(
            f"the test command ends with {before.code} on the base and names no test: {reason(before.output)}"
        )
    if before.green:
        say(
            "the tests pass before the patch too: they can show that nothing breaks, not that anything is fixed"
        )
    return before


def reason(output: str) -> str:
    """The line of an output that most likely tells why nothing ran."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"(E +)?[\w.]*(Error|Exception)\b.*: ", line)]
    telling = [line for line in lines if re.search(r"cannot|not found|no such", line, re.IGNORECASE)]
    return [*raised[-1:], *telling, *lines[-1:], "it prints nothing"][0][:300]


def keep(name: str, receipt: Receipt, patch: str) -> Path:
    """Write a receipt and its patch down; the folder."""
    folder = run.state() / "receipts" / name
    folder.mkdir(parents=True, mode=0o700)
    for file, text in zip(KEPT, (receipt.model_dump_json(indent=1), markdown(receipt), patch), strict=True):
        run.put(folder / file, text)
    return folder


def again(options: argparse.Namespace) -> int:
    """Come to a receipt's verdict once more, and tell what is different now."""
    path = Path(options.receipt)
    try:
        old = Receipt.model_validate_json(path.read_bytes())
    except OSError as e:
        raise TaskError(f"{path}: {e.strerror}.") from e
    except ValidationError as e:
        raise TaskError(f"{path} is no receipt of patchwright verify: {e.errors()[0]['msg']}.") from e
    text = load(options.patch or str(path.with_name(KEPT[2])))
    repository = Repository(Path(old.repository if options.repo == "." else options.repo))
    used = {"sandbox": old.sandbox, "image": old.about.get("image", ""), "test": old.test_command}
    given = settings(options, repository, **used)
    receipt, folder = judged(Request(text, repository, old.commit if old.exact else "", given, old.terms))
    differ = [*differences(old.verdict, receipt.verdict)]
    if old.base != receipt.base:
        differ.insert(
            0, f"the base is {receipt.base}, and was {old.base}: it was {'' if old.exact else 'not '}a commit"
        )
    if options.json:
        print(
            json.dumps(
                {"holds": not differ, "differences": differ} | shown(receipt, folder / KEPT[0]), indent=1
            )
        )
    else:
        holds = f"── the receipt holds: {old.verdict.state}"
        print(
            "\n".join(
                ["── the receipt does NOT hold", *(f"   {text}" for text in differ)] if differ else [holds]
            )
        )
    return NOT_VERIFIED if differ else OK


def shown(receipt: Receipt, path: Path) -> dict[str, Any]:
    """A verdict for programs."""
    verdict = receipt.verdict
    runs = {name: getattr(verdict, name) for name in ("before", "after", "own")}
    tests = {
        "command": receipt.test_command,
        **{name: run and tally(run) for name, run in runs.items()},
        **{
            name: getattr(verdict, name) for name in ("fixed", "broke", "failing", "flaky", "new", "vanished")
        },
    }
    return {
        "verified": verdict.verified,
        "state": verdict.state,
        "why": verdict.refusal,
        "findings": [finding.model_dump() for finding in verdict.findings],
        "tests": tests,
        "checks": [check.model_dump(exclude={"findings"}) for check in verdict.checks],
        "left": verdict.left,
        "secrets": verdict.secrets,
        "tests_changed": verdict.tests_changed,
        "steering": verdict.steering,
        "patch": verdict.patch,
        "base": receipt.base,
        "tree": verdict.tree,
        "decided": verdict.decided,
        "policy": verdict.policy,
        "receipt": str(path),
    }


def tally(report: TestReport) -> dict[str, Any]:
    counts = {name: len(report.having(name)) for name in (PASSED, FAILED, ERROR, SKIPPED)}
    return {"code": report.code, "seconds": report.seconds, "problem": report.problem, **counts}


def load(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except OSError as e:
        raise TaskError(f"{name}: {e.strerror}.") from e
    except UnicodeDecodeError as e:
        raise TaskError(f"{name} is no text in UTF-8: make a patch with `git diff --binary`.") from e
