"""What tests came to on a base, kept from one run to the next: the same tree, tools and command say the same."""

import hashlib
import json
import os
from pathlib import Path

from pydantic import ValidationError

from .. import __version__
from ..sandbox import toolchain
from ..sandbox.base import Sandbox
from ..verify.report import TestReport

MOST = 200
"""Reports that are kept."""


def key(sandbox: Sandbox, tree: str, command: str, *more: str) -> str:
    """What a report stands under; empty where nothing tells whether the tools are still the same."""
    if sandbox.name == "bubblewrap":
        made: object = toolchain.fingerprint(os.environ)
    elif "digest" in sandbox.about:
        made = sandbox.about["digest"]
    else:
        return ""
    told = json.dumps([__version__, sandbox.name, made, tree, command, *more])
    return hashlib.sha256(told.encode()).hexdigest()


def find(folder: Path, name: str) -> TestReport | None:
    """The report that is kept under a key."""
    path = folder / f"{name}.json"
    try:
        report = TestReport.model_validate_json(path.read_bytes())
        os.utime(path)
    except (OSError, ValidationError):
        return None
    return report


def prune(folder: Path) -> None:
    """Remove the reports that were not used for longest."""
    found = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in found[:-MOST]:
        path.unlink(missing_ok=True)
