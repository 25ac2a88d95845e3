"""`patchwright doctor`: what works on this machine, and what to do about the rest."""

import argparse
import os
import platform
import shutil
import subprocess
import sys

from .. import __version__
from ..agent.models.base import ModelError
from ..agent.models.select import choose
from ..agent.run import state
from ..sandbox.probe import probe
from .ending import MACHINE, OK

ENOUGH = 5_000_000_000


def doctor(options: argparse.Namespace) -> int:
    """Probe each part, print a line for it; exit 0 where a run can be made."""
    sandboxes = [probe("bubblewrap"), probe("docker", options.image)]
    rows = [
        ("patchwright", True, f"{__version__}, Python {platform.python_version()}, {platform.platform()}"),
        ("git", *git()),
        *((found.name, found.works, found.detail) for found in sandboxes),
        ("model", *model()),
        ("state", *space()),
    ]
    for name, fine, detail in rows:
        print(f"{'ok  ' if fine else 'FAIL'}  {name:<12} {detail}")
    ready = any(found.works for found in sandboxes) and all(
        row[1] for row in rows if row[0] in ("git", "model", "state")
    )
    print("ready" if ready else "not ready: see FAIL above", file=sys.stderr)
    return OK if ready else MACHINE


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
    return free > ENOUGH // 5, f"{state()}, {free / 1e9:.1f} GB free"
