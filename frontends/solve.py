"""`patchwright solve`: from the command line to a run that has begun."""

import argparse
import os
import sys
from pathlib import Path

from ..agent import config, run
from ..agent.models.select import choose
from ..agent.task import Task, TaskError
from ..sandbox.checkout import Repository
from ..tools.script import Script
from .cli import flags
from .ending import say

MOST_ISSUE = 200_000
PLACE = (
    *("model", "base_url", "protocol", "fallbacks", "effort", "sandbox", "image", "memory_mb", "network"),
    *("env_files", "test"),
)
SETTINGS = (*PLACE, "history", "candidates", "at_once", "others", "steps", "tokens", "dollars", "seconds")
"""Settings that have a flag of the same name."""


def solve(options: argparse.Namespace) -> int:
    """From an issue to a patch. The exit code comes from the verdict."""
    repository = Repository(Path(options.repo))
    given = flags(options, *SETTINGS)
    settings = config.load(repository.top, os.environ, given)
    task = Task(
        id="",
        repo=str(repository.top),
        issue=issue(options.issue),
        base=options.base,
        test_command=settings.test,
        required=tuple(options.failing),
        allow_test_edits=options.allow_test_edits,
        reproduce=options.reproduce,
    )
    choice = choose(settings.model, settings.base_url, os.environ, say, settings.profile, settings.effort)
    settings = settings.model_copy(update={"model": choice.name})
    begun = run.create(
        task, settings, repository, ahead=True, tell=say, scripts=consented(repository.top, settings.tools)
    )

    from .carry import carry_out  # only now: the sandbox opens while it is imported

    return carry_out(begun, choice, options)


def consented(top: Path, paths: tuple[str, ...]) -> tuple[Script, ...]:
    if not paths:
        return ()
    from . import tools  # rarely needed, and slow to import

    return tools.consented(top, paths)


def issue(given: str) -> str:
    """The issue's text from a file, standard input or the argument itself. Raises TaskError."""
    path = Path(given)
    if given == "-":
        text = sys.stdin.read()
    elif len(given) < 4096 and "\n" not in given and path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
    elif len(given) < 4096 and looks_like_a_path(given):
        raise TaskError(
            f"there is no file {given}: give the issue as a file, as text, or as - for standard input."
        )
    else:
        text = given
    if not text.strip():
        raise TaskError("the issue is empty: say what is wrong and what is expected.")
    if len(text) > MOST_ISSUE:
        raise TaskError(f"the issue has {len(text)} characters; {MOST_ISSUE} are the most that is taken.")
    return text


def looks_like_a_path(given: str) -> bool:
    """One word with a folder or a text file's ending in it."""
    return " " not in given.strip() and ("/" in given or given.endswith((".md", ".txt", ".rst")))
