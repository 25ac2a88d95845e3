"""Answers of a model that fills in what is missing: places of the suspected code, one after the other, seen from both
sides. What comes to be as it was tells nothing; what does not is where the model would have written something else."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ...tools.base import Call
from ...tools.desk import Desk
from ...tools.holes import Hole, around, variants
from ...tools.locate import Located
from ..control import Control
from ..events import Event, Filled, Replied
from ..models.base import SMALL, Gap, Listener, Message, Model, Reply, Usage, several

LOOKED, LINE, TRIES = 20, 64, 4
"""Places that are filled in for one batch at most, tokens that a line may have, and tries at a line in the second
round."""
SHOWN = 160
"""Characters of a line in an answer."""


class Filling(NamedTuple):
    place: int
    """Which of the places it was, counted from 1."""
    reply: Reply


class Place(NamedTuple):
    """A hole of the suspected code, in one of two rounds."""

    text: str
    """The file's."""
    hole: Hole
    first: bool
    """Whether it is the first round: what is likeliest is asked for, then what else is likely."""


class Filler:
    """What a run fills in. `looked`: at how many places it was done before; `known`: what came of it."""

    def __init__(
        self, issue: str, control: Control, listen: Listener, looked: int = 0, known: Iterable[str] = ()
    ) -> None:
        self._issue, self._control, self._listen, self.looked = issue, control, listen, looked
        self._places: list[Place] | None = None
        self._known = {*known}
        self._usage, self._seconds = Usage(), 0.0
        """Of what is in no log yet."""

    def places(self, desk: Desk) -> list[Place]:
        """All of them, in their order. The working copy has to be as on the base."""
        if self._places is None:
            located = Located(desk.workspace, desk.baseline())
            holes = [(located.text(hole.path).replace("\r\n", "\n"), hole) for hole in located.holes()]
            again = [Place(text, hole, first=False) for text, hole in holes if hole.line]
            self._places = [*(Place(text, hole, first=True) for text, hole in holes), *again]
        return self._places

    def fillings(self, model: Model, desk: Desk, most: int) -> Iterator[Filling]:
        """Up to so many answers that change something. The working copy has to be as on the base. Raises ModelError."""
        made = 0
        for place in self.places(desk)[self.looked : self.looked + LOOKED]:
            if not model.profile.fills:
                return
            replies = self._ask(model, place, most - made)
            self.looked += 1
            for reply in self._new(model, place, replies):
                made += 1
                yield Filling(self.looked, reply)
                if made == most:
                    return

    def account(self) -> Filled | None:
        """What was done since this was asked for last, and what it took; None: nothing."""
        if not self._seconds:
            return None
        done = Filled(looked=self.looked, usage=self._usage, seconds=self._seconds)
        self._usage, self._seconds = Usage(), 0.0
        return done

    def _ask(self, model: Model, place: Place, most: int) -> Sequence[Reply]:
        text, hole, first = place
        before, after = around(text, hole, self._issue)
        gap = Gap(after=after, line=hole.line, likeliest=hole.line and first)
        asked = [Message(role="user", text=before, hole=gap)]
        count, longest = (1 if first else TRIES, LINE) if hole.line else (most, SMALL.answer)
        started = time.monotonic()
        replies = several(model, asked, (), count, self._listen, self._control.stop, longest)
        self._seconds += time.monotonic() - started
        self._usage += sum((reply.usage for reply in replies), Usage())
        self._control.check()
        return replies

    def _new(self, model: Model, place: Place, replies: Sequence[Reply]) -> Iterator[Reply]:
        """What changes something, and was not there before."""
        text, hole, _ = place
        for reply in replies:
            new = variants(text, hole, reply.text) if model.profile.fills else []  # it may be another by now
            for code in new:
                if code not in self._known:
                    self._known.add(code)
                    yield answer(text, hole, reply, code)


def answer(text: str, hole: Hole, reply: Reply, code: str) -> Reply:
    """What was filled in, as if it had been said: the conversation can go on from there."""
    old, new = text.split("\n")[hole.first - 1].strip(), (reply.text.strip() or "nothing").split("\n")[0]
    said = f"Wrong: `{old[:SHOWN]}`\nFix: `{new[:SHOWN]}`\n"
    call = Call(id="", tool="define", args={"path": hole.path, "code": code})
    return Reply(text=said, calls=(call,), stop=reply.stop)


def codes(events: Sequence[Event]) -> set[str]:
    """What was filled in by such answers."""
    replies = (e.reply for e in events if isinstance(e, Replied))
    return {str(call.args["code"]) for reply in replies for call in reply.calls}
