"""Answers of a model that fills in what is missing: places of the suspected code, one after the other, seen from both
sides. What comes to be as it was tells nothing; what does not is where the model would have written something else."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from ...tools.base import Call
from ...tools.desk import Desk
from ...tools.holes import Hole, around, variants
from ...tools.locate import Located
from ..control import Control
from ..models.base import SMALL, Gap, Listener, Message, Model, Reply, Usage, several

LOOKED, LINE = 12, 64
"""Places that are filled in for one batch at most, and tokens that a line may have."""
SHOWN = 160
"""Characters of a line in an answer."""


class Filling(NamedTuple):
    hole: int
    """Which of the places it was, counted from 1."""
    reply: Reply
    seconds: float


class Filler:
    """What a run fills in. `hole`: how many of the places it looked at before."""

    def __init__(self, issue: str, control: Control, listen: Listener, hole: int = 0) -> None:
        self._issue, self._control, self._listen, self.hole = issue, control, listen, hole
        self._known = set[str]()
        self._lost, self._seconds = Usage(), 0.0
        """Of what came to nothing; it counts with the next one that does not."""

    def fillings(self, model: Model, desk: Desk, most: int) -> Iterator[Filling]:
        """Up to so many answers that change something. The working copy has to be as on the base. Raises ModelError."""
        made, located = 0, Located(desk.workspace, desk.baseline())
        for hole in located.holes()[self.hole : self.hole + LOOKED]:
            text = located.text(hole.path).replace("\r\n", "\n")
            self.hole += 1
            for reply in self._asked(model, text, hole, most - made):
                made += 1
                yield Filling(self.hole, reply, self._seconds)
                self._seconds = 0.0
                if made == most:
                    return

    def _asked(self, model: Model, text: str, hole: Hole, most: int) -> Iterator[Reply]:
        before, after = around(text, hole, self._issue)
        asked = [Message(role="user", text=before, hole=Gap(after=after, line=hole.line))]
        count, longest = (1, LINE) if hole.line else (most, SMALL.answer)
        started = time.monotonic()
        replies = several(model, asked, (), count, self._listen, self._control.stop, longest)
        self._control.check()
        self._seconds += time.monotonic() - started
        for reply in replies:
            self._lost += reply.usage
            for code in variants(text, hole, reply.text):
                if code not in self._known:
                    self._known.add(code)
                    yield answer(text, hole, reply, code).model_copy(update={"usage": self._lost})
                    self._lost = Usage()


def answer(text: str, hole: Hole, reply: Reply, code: str) -> Reply:
    """What was filled in, as if it had been said: the conversation can go on from there."""
    old, new = text.split("\n")[hole.first - 1].strip(), (reply.text.strip() or "nothing").split("\n")[0]
    said = f"Wrong: `{old[:SHOWN]}`\nFix: `{new[:SHOWN]}`\n"
    call = Call(id="", tool="define", args={"path": hole.path, "code": code})
    return Reply(text=said, calls=(call,), stop=reply.stop)
