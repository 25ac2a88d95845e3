"""`patchwright doctor`: what works on this machine or for a repository, and what to do about the rest."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence

from .. import __version__
from ..agent.models.base import ModelError
from ..agent.models.select import choose
from ..agent.run import state
from ..sandbox.machine import facts
from ..sandbox.probe import probe
from ..sandbox.secrets import ours
from .ending import MACHINE, OK

ENOUGH = 1_000_000_000

Row = tuple[str, bool, str]
"""A part's name, whether it is fine, and what to know or to do."""


def doctor(options: argparse.Namespace) -> int:
    """Probe each part, print a line for it; exit 0 where a run can be made, here or on the repository named."""
    if options.repo:
        from .rehearsal import rehearse

        return rehearse(options)
    names = ("bubblewrap", "docker") if options.sandbox in (None, "auto") else (options.sandbox,)
    sandboxes = [probe(name, options.image or "") for name in names]
    needed: list[Row] = [("git", *git()), ("model", *model()), ("state", *space())]
    show(
        [
            (
                "patchwright",
                True,
                f"{__version__}, Python {platform.python_version()}, {platform.platform()}",
            ),
            needed[0],
            *((fact.name, fact.works, fact.detail) for fact in facts()),
            *((found.name, found.works, found.detail) for found in sandboxes),
            *needed[1:],
        ]
    )
    ready = any(found.works for found in sandboxes) and all(fine for _, fine, _ in needed)
    print("ready" if ready else "not ready: see FAIL above", file=sys.stderr)
    return OK if ready else MACHINE


def show(rows: Sequence[Row]) -> None:
    for name, fine, detail in rows:
        print(f"{'ok  ' if fine else 'FAIL'}  {name:<12} {ours().redact(detail)}", flush=True)


def git() -> tuple[bool, str]:
    if not shutil.which("git"):
        return False, "not on PATH: install it (Debian: apt-get install git)"
    return True, subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.strip()


def model() -> tuple[bool, str]:
    try:
        return True, choose(
            os.environ.get("PATCHWRIGHT_MODEL", ""), os.environ.get("PATCHWRIGHT_BASE_URL", "")
        ).why
    except ModelError as e:
        return False, str(e)


def space() -> tuple[bool, str]:
    folder = state()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    help_ = "" if free > ENOUGH else ": free some, 1 GB at least, or set XDG_STATE_HOME to a larger disk"
    return free > ENOUGH, f"{state()}, {free / 1e9:.1f} GB free{help_}"
