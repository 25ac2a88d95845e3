"""`patchwright sandbox`: one command, file or patch, in a folder of the user's, as the agent would have it."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ..agent import config, run
from ..agent.outside import Outside
from ..agent.task import TaskError
from ..sandbox.base import Completed, SandboxUnavailable
from ..sandbox.checkout import Repository
from ..sandbox.onsite import leftovers, onsite
from ..sandbox.probe import undecided
from ..sandbox.readable import readable
from ..sandbox.toolchain import NEVER
from ..sandbox.withheld import WHY, listed
from ..sandbox.workspace import Workspace
from ..tools.base import ToolError
from ..tools.change import store
from ..tools.read import listing, load
from .cli import flags
from .ending import INPUT, OK, say
from .plain import Plain

TIMED_OUT, NOT_FOUND, KILLED = 124, 127, 137
MOST_SHOWN = 1_000_000


def sandbox(options: argparse.Namespace) -> int:
    """Do one thing in a sandbox."""
    return ACTIONS[options.action](options)


def execute(options: argparse.Namespace) -> int:
    """Run a command; its exit code."""
    with opened(options) as (workspace, below):
        if len(options.cmd) == 1:
            done = workspace.shell(options.cmd[0], options.timeout, cwd=below)
        else:
            done = workspace.execute(options.cmd, options.timeout, cwd=below)
        for hint in workspace.hints() if done.code == NOT_FOUND else []:
            say(hint.strip("[]"))
    sys.stdout.write(done.output)
    sys.stdout.flush()
    return ended(done, options.timeout)


def ended(done: Completed, seconds: float) -> int:
    if done.left_out:
        say(f"{done.left_out} bytes of output were left out")
    if done.ended == "timed out":
        say(f"killed: the time limit of {seconds:g} s")
        return TIMED_OUT
    if done.note:
        say(done.note)
    if done.ended:
        say(f"killed: {done.ended}")
        return KILLED
    return done.code


def patch(options: argparse.Namespace) -> int:
    """Print what the folder changes against HEAD."""
    with opened(options) as (workspace, _):
        found = workspace.diff(workspace.base, workspace.snapshot())
    for note in found.notes:
        say(note)
    if not found:
        say("no change against HEAD")
    sys.stdout.write(readable(found.text.encode()) if sys.stdout.isatty() else found.text)
    return OK


def read(options: argparse.Namespace) -> int:
    """Print a file, or list a folder."""
    with opened(options) as (workspace, below), refusing() as refusal:
        path = str(Path(below) / options.path)
        text = load(workspace, path)
        text = listing(workspace, path) + "\n" if text is None else text
        if len(text) > MOST_SHOWN:
            say(f"{len(text) - MOST_SHOWN} of {len(text)} characters are left out at the end")
        shown = text[:MOST_SHOWN]
        sys.stdout.write(readable(shown.encode()) if sys.stdout.isatty() else shown)
    return refusal.code


def write(options: argparse.Namespace) -> int:
    """Replace a file by what comes on standard input."""
    data = sys.stdin.buffer.read()
    with opened(options) as (workspace, below), refusing() as refusal:
        store(workspace, str(Path(below) / options.path), data)
        say(f"wrote {options.path}, {len(data)} bytes")
    return refusal.code


def collect(options: argparse.Namespace) -> int:
    """Remove what killed runs left behind."""
    done = leftovers(run.state())
    try:
        from ..sandbox import docker

        done += [f"container {name} is removed" for name in docker.leftovers()]
    except SandboxUnavailable as e:
        say(f"containers were not looked at: {e}")
    for line in done:
        say(line)
    say(f"{len(done)} leftovers")
    return OK


class refusing:
    """What a file tool refuses, as one line and an exit code."""

    code = OK

    def __enter__(self) -> "refusing":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ToolError):
            return False
        say(str(error))
        self.code = INPUT
        return True


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[tuple[Workspace, str]]:
    """The folder in its sandbox, and where in the repository it lies."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(options.repo)
    repository = Repository(folder)
    if str(repository.top) in NEVER:
        raise TaskError(f"{repository.top} is no folder to lend to a sandbox: give a clone or a worktree.")
    given = flags(options, "sandbox", "image", "memory_mb", "network", "env_files")
    settings = config.load(repository.top, os.environ, given)
    say(f"working in {repository.top} itself, sandbox {settings.sandbox}")
    below = folder.resolve().relative_to(repository.top)
    with TemporaryDirectory() as folder:
        outside = Outside(Path(folder), settings.network, partial(Plain().show, 0))
        try:
            if undecided(settings.sandbox, settings.image):
                with TemporaryDirectory() as kept:
                    base = repository.base(Path(kept), env_files=settings.env_files)
                    settings, _ = run.with_image(settings, base, Path(kept), say)
            sandboxes = run.sandboxes(settings, outside.socket, say)
            isolated = settings.sandbox != "host"
            with onsite(repository, run.state(), sandboxes, isolated, settings.env_files) as workspace:
                if hidden := workspace.folders.withheld if isolated else ():
                    say(f"empty inside: {listed(hidden)}; {WHY}")
                yield workspace, str(below)
        finally:
            outside.close()


ACTIONS = {"exec": execute, "patch": patch, "read": read, "write": write, "gc": collect}
