"""`patchwright candidates`: a run's candidates as a table, or two of them side by side."""

import argparse
import shutil

from pydantic import ValidationError

from ..agent import run
from ..agent.attempt import candidate
from ..agent.events import Ended
from ..agent.log import load
from ..agent.search.board import DECISION, Board
from ..agent.task import TaskError
from ..sandbox.patch import Patch
from .beside import beside
from .board import table
from .ending import OK
from .plain import summary


def candidates(options: argparse.Namespace) -> int:
    """Show the table, or the patches of two."""
    folder = run.find(options.run)
    if not options.beside:
        board = kept(folder)
        rows = [board.model_dump_json()] if options.json else table(board)
    else:
        left, right = (patch_of(folder, number) for number in options.beside)
        width = shutil.get_terminal_size((120, 40)).columns
        rows = [" │ ".join(summary(p.files, p.added, p.removed) for p in (left, right))]
        rows += beside(left.text.splitlines(), right.text.splitlines(), width)
    for row in rows:
        print(row)
    return OK


def kept(folder: run.Path) -> Board:
    """How the candidates of a run stood last. Raises TaskError."""
    try:
        return Board.model_validate_json((folder / DECISION).read_bytes())
    except FileNotFoundError as e:
        raise TaskError(
            f"run {folder.name} made one attempt: `patchwright replay {folder.name}` shows it."
        ) from e
    except (OSError, ValidationError) as e:
        raise TaskError(f"{folder / DECISION} cannot be read: {type(e).__name__}.") from e


def patch_of(folder: run.Path, number: int) -> Patch:
    """What an attempt left. Raises TaskError."""
    path = folder / f"{number}.jsonl"
    events = load(path) if path.exists() else []
    if not any(isinstance(e, Ended) for e in events):
        raise TaskError(f"run {folder.name} has no attempt {number} that came to its end.")
    return candidate(path, events).patch
