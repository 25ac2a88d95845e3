"""`patchwright sessions` and `patchwright replay`: what was done before."""

import argparse
from pathlib import Path

from pydantic import ValidationError

from ..agent import log, run
from ..agent.events import SHOWING, Ended, Event, Judged
from ..agent.limits import copied
from ..agent.search.board import DECISION, Board
from ..agent.task import TaskError
from .ending import OK
from .plain import WIDE, Plain, as_json

WHOLE = 100_000
"""Characters of a text that are shown where it is to be shown whole."""


def sessions(options: argparse.Namespace) -> int:
    """List the runs, newest last."""
    for folder in run.runs():
        row = about(folder)
        if options.json:
            print(as_json(row))
        else:
            print(
                f"{row['run']}  {row['state']:<12}  {row['attempts']} attempts  {row['repo']}  {row['issue']}"
            )
    return OK


def about(folder: Path) -> dict[str, object]:
    try:
        plan = run.Plan.model_validate_json((folder / "run.json").read_bytes())
    except (OSError, ValidationError):
        return {"run": folder.name, "state": "unreadable", "attempts": 0, "repo": "", "issue": ""}
    logs = run.logs(folder)
    try:
        how = state(folder, log.load(logs[-1]) if logs else [])
    except TaskError:  # another version's, or damaged: `replay` says which
        how = "unreadable"
    return {
        "run": folder.name,
        "state": how,
        "attempts": sum(path.stem != str(SHOWING) for path in logs),
        "repo": plan.base.repo,
        "issue": " ".join(plan.task.issue.split())[:60],
    }


def state(folder: Path, events: list[Event]) -> str:
    """How a run stands: verified, not verified, or to be resumed."""
    if (folder / "base").is_dir():
        return "interrupted" if not any(isinstance(e, Ended) for e in events) else "unfinished"
    if (kept := folder / DECISION).exists():
        rows = Board.model_validate_json(kept.read_bytes()).rows
        return "verified" if any(row.state == "verified" for row in rows) else "not verified"
    verdict = next((e.verdict for e in events if isinstance(e, Judged)), None)
    return "verified" if verdict and verdict.verified else "not verified"


def replay(options: argparse.Namespace) -> int:
    """Show a log, or every attempt of a run, line by line as it was shown then.

    Not of the log, and so not shown again: what patchwright says about itself (`patchwright: …`), waits and troubles
    of the moment (`[…]`), and connections that were made while no attempt was open.
    """
    given = Path(options.run) if options.run else None
    if given and given.suffix == ".jsonl":
        paths = [given]
    elif given and given.is_dir():
        paths = run.logs(given)
    else:
        paths = run.logs(run.find(options.run))
    if not paths:
        raise TaskError(f"{options.run or 'the newest run'} has no log: it ended before its first attempt.")
    import sys

    plain = Plain(sys.stdout, WHOLE if options.whole else WIDE, many=len(paths) > 1)
    for path in paths:
        events = log.load(path)
        another = copied(events)  # these were shown where they happened
        for event in events[:1] + events[max(another, 1) :]:
            plain.show(int(path.stem) if path.stem.isdigit() else 0, event)
    if len(paths) > 1 and (kept := paths[0].with_name(DECISION)).exists():
        plain.board(Board.model_validate_json(kept.read_bytes()))
    return OK
