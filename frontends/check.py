"""`patchwright verify`: a verdict on a patch, whoever wrote it."""

import argparse
import os
import sys
from pathlib import Path

from ..agent import config, run
from ..agent.task import Task, TaskError
from ..sandbox.checkout import Repository
from ..sandbox.patch import parse
from ..sandbox.secrets import ours
from ..verify.verdict import Verdict
from ..verify.verdict import verify as judge
from .cli import flags
from .ending import NOT_VERIFIED, OK, say
from .plain import Plain, verdict_lines


def verify(options: argparse.Namespace) -> int:
    """Rebuild base and patch in a fresh workspace, test there, and print the verdict."""
    text = load(options.patch)
    repository = Repository(Path(options.repo))
    given = flags(options, "sandbox", "image", "memory_mb", "network", "env_files", "test")
    settings = config.load(repository.top, os.environ, given)
    task = Task(
        id="",
        repo=str(repository.top),
        issue="verify",
        base=options.base,
        test_command=settings.test,
        required=tuple(options.failing),
        allow_test_edits=options.allow_test_edits,
    )
    begun = run.create(task, settings, repository, show=Plain().show, tell=say)
    try:
        for note in begun.base.notes:
            say(note)
        patch = parse(text, begun.base.tree, settings.env_files)
        before = begun.baseline()
        if task.test_command and "could not be started" in before.problem:
            raise TaskError(f"{before.problem}. Give a test command that works in the sandbox with --test.")
        if before.green:
            say(
                "the tests pass before the patch too: they can show that nothing breaks, not that anything is fixed"
            )
        with begun.fresh("verify") as workspace:
            command = begun.command()
            kept = before if command else None
            judged = judge(workspace, patch, command, kept, task.required, task.allow_test_edits)
        verdict = Verdict.model_validate(ours().cleaned(judged.model_dump()))
        run.put(begun.folder / "verdict.json", verdict.model_dump_json(indent=1))
    finally:
        begun.close(keep=False)
    print(verdict.model_dump_json(indent=1) if options.json else "\n".join(verdict_lines(verdict)))
    return OK if verdict.verified else NOT_VERIFIED


def load(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode()
    except OSError as e:
        raise TaskError(f"{name}: {e.strerror}.") from e
    except UnicodeDecodeError as e:
        raise TaskError(f"{name} is no text in UTF-8: make it with `git diff --binary`.") from e
