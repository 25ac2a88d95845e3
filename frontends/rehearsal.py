"""`patchwright doctor --repo R`: the repository's own tests in a sandbox, before a token is spent."""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

from ..agent import config, run
from ..agent.task import Task
from ..sandbox.base import SandboxError
from ..sandbox.checkout import Repository
from ..verify.report import ERROR, FAILED, PASSED, SKIPPED, TestReport
from .cli import flags
from .doctor import Row, show
from .ending import MACHINE, OK, say
from .plain import Plain

TAIL = 15


def rehearse(options: argparse.Namespace) -> int:
    """Measure the baseline as a run would, in a fresh workspace; exit 0 where the tests ran, green or red."""
    repository = Repository(Path(options.repo))
    given = flags(options, "sandbox", "image", "memory_mb", "network", "env_files", "test")
    settings = config.load(repository.top, os.environ, given)
    task = Task(
        id="", repo=str(repository.top), issue="doctor", base=options.base, test_command=settings.test
    )
    started = time.monotonic()
    try:
        begun = run.create(task, settings, repository, show=partial(Plain().show, 0), tell=say)
        try:
            at = begun.base.head[:10] + (", with uncommitted changes" if begun.base.dirty else "")
            show([("repository", True, f"{begun.base.repo} at {at}")])
            for note in begun.base.notes:
                say(note)
            report = run.shareable(begun.baseline())
        finally:
            begun.close(keep=False)
    except SandboxError as e:
        show([("sandbox", False, str(e))])
        return told(False)
    whole = time.monotonic() - started
    show([("sandbox", True, f"{settings.sandbox}, {whole - report.seconds:.1f} s besides the tests")])
    show(rows(report))
    if report.problem and report.output.strip():
        print("\n".join(f"      {line}" for line in report.output.strip().splitlines()[-TAIL:]))
    return told(ran(report))


def told(fine: bool) -> int:
    print("ready" if fine else "not ready: see FAIL above", file=sys.stderr)
    return OK if fine else MACHINE


def ran(report: TestReport) -> bool:
    """Whether the tests said something, be it good or bad."""
    return bool(report.command) and not report.problem


def rows(report: TestReport) -> list[Row]:
    """The command, and what it came to."""
    if not report.command:
        return [("tests", False, f"{report.problem}: name one with --test")]
    command: Row = ("command", True, report.command + (f" ({report.note})" if report.note else ""))
    if report.problem:
        return [command, ("tests", False, f"{report.problem}{remedy(report)}")]
    return [command, ("tests", True, f"{counts(report)}, in {report.seconds:.1f} s")]


def remedy(report: TestReport) -> str:
    if report.unrunnable:
        return ": what it needs has to be on PATH, or in the image (--image); or name another with --test"
    return ": name another command with --test" if "timed out" not in report.problem else ""


def counts(report: TestReport) -> str:
    if not report.outcomes:
        return f"exit code {report.code}; the runner's report is not understood, so only that counts"
    found = [(len(report.having(word)), word) for word in (PASSED, FAILED, ERROR, SKIPPED)]
    return ", ".join(f"{number} {word}" for number, word in found if number)
