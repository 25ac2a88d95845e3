"""`patchwright watch`: a run on the screen, while it goes on or when it is over."""

import argparse
import sys
from pathlib import Path

from ..agent import run
from ..agent.task import TaskError
from .ending import OK


def watch(options: argparse.Namespace) -> int:
    """Show a run until one leaves; it goes on as if nobody had looked."""
    folder, attempt = place(options.run)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise TaskError(f"watch needs a terminal: `patchwright replay {folder.name}` prints the same.")
    from .tui.app import Watch  # takes long to import

    app = Watch(folder, attempt)
    app.run()
    if app.failure:
        raise app.failure
    return OK


def place(given: str) -> tuple[Path, int | None]:
    """The run's folder, and the attempt where a log is named. Raises TaskError."""
    path = Path(given)
    if given.endswith(".jsonl"):
        if not path.is_file():
            raise TaskError(f"there is no log {given}.")
        if not path.stem.isdigit():
            raise TaskError(f"{given} is no attempt's log: it is named by a number, as in 1.jsonl.")
        return path.parent, int(path.stem)
    if given and path.is_dir() and (path / "run.json").exists():
        return path, None
    return run.find(given), None
