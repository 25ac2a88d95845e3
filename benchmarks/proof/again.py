"""The choice made once more among candidates that are known: what is put to the proof is the filter and the choice.

No model is asked. The candidates are laid into the logs of a run as if it had been interrupted before it tried them.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from patchwright.agent.attempt import opened
from patchwright.agent.control import Control
from patchwright.agent.events import Expected, Replied, Start
from patchwright.agent.log import Log
from patchwright.agent.models.base import SMALL, Reply
from patchwright.agent.models.scripted import Scripted, call
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.many import search

from .case import Attempt, Case, Searched
from .searching import begun, board_of

NOBODY = "nobody"
PROFILE = SMALL.model_copy(update={"many": True, "tools": ("patch", "test", "finish")})


def chosen_again(case: Case, row: Searched, work: Path) -> Searched:
    """What is chosen of a problem's candidates now. Raises SandboxError."""
    if len(row.attempts) < 2:
        return row
    started = time.monotonic()
    with begun(case, NOBODY, work, keep=False) as run:
        for attempt in row.attempts:
            lay(run, attempt, row.expected if attempt is row.attempts[0] else ())
        nobody = Source(lambda number: Scripted(name=NOBODY, profile=PROFILE))
        best = search(run, nobody, len(row.attempts), Control(), every=True)
        return row.model_copy(
            update={
                "chosen": best.attempt,
                "state": best.verdict.state,
                "standings": board_of(run).standings,
                "seconds": time.monotonic() - started,
            }
        )


def lay(run: Run, attempt: Attempt, expected: Sequence[Expected]) -> None:
    """Have the log of an attempt end with an answer that makes its patch."""
    calls = [call("patch", text=attempt.patch), call("test"), call("finish", summary="frozen")]
    numbered = tuple(c.model_copy(update={"id": f"1.{n}"}) for n, c in enumerate(calls, 1))
    log = Log(run.log_path(attempt.number))
    try:
        log.append(opened(run, attempt.number, NOBODY, Start()))
        for one in expected:
            log.append(one)
        log.append(Replied(reply=Reply(calls=numbered if attempt.patch else ())))
    finally:
        log.close()
