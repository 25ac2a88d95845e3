"""What the model is sent, as a pure function of the log.

A request extends the one before, so that a provider's cache of prefixes serves it, until the conversation outgrows
its window. Then old observations are masked, oldest first, in one go and down to a fraction of the window: each
time costs the cache once, and it is long until the next. Masking costs half of what summaries do and loses no
more (Lindenbauer et al., The Complexity Trap, 2025). What may not be forgotten is never masked: the rules, the
task, the user's words; what the log knows of the state of the work stands where the masked part ends.
"""

from collections.abc import Callable, Iterator, Sequence

from ..tools.base import Call
from .events import Event, Narrowed, Observed, Replied, Said
from .models.base import CAPABLE, Message
from .progress import progress

DOWN_TO = 0.4
"""Share of the window that is left when old observations have been masked."""
PER_TOKEN = 3.0
"""Characters of a token: rather few, since what is too long costs an error. Code has about 3.5."""
RECENT = 3
"""Turns that are never masked: the last answers with what came of them."""
LONG = 400
"""Characters of a call's argument that survive masking."""


class Turn:
    """An answer of the model with what came of its calls; or something that was said to it, which is pinned."""

    def __init__(self, first: Message, pinned: bool = False) -> None:
        self.shown, self.pinned = [first], pinned

    def mask(self) -> None:
        self.shown = [brief(m) for m in self.shown]

    def drop(self) -> None:
        self.shown = []


class Conversation:
    """The turns so far, kept within the window as they come."""

    def __init__(self, window: int) -> None:
        self.window, self.turns, self.tokens = window, list[Turn](), 0.0
        self._state, self._until = "", 0
        """What is pinned of the turns before the number `_until`, all of which are masked or dropped."""

    def begin(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.tokens += tokens(turn.shown)

    def answer(self, m: Message) -> None:
        """Take in what came of a call of the latest answer."""
        next(t for t in reversed(self.turns) if not t.pinned).shown.append(m)
        self.tokens += size(m)

    def hold(self, events: Sequence[Event], number: int) -> None:
        """Mask, then drop, where the conversation has outgrown its window. The log is as far as `number`."""
        if self.tokens <= self.window:
            return
        old = [t for t in self.turns if not t.pinned][:-RECENT]
        last = self._shrink(old, Turn.mask)
        if self.tokens > self.window:
            last = self._shrink(old, Turn.drop) or last
        if last:
            self.tokens -= len(self._state) / PER_TOKEN
            self._state, self._until = progress(events[:number]), max(self._until, self.turns.index(last) + 1)
            self.tokens += len(self._state) / PER_TOKEN

    def _shrink(self, old: Sequence[Turn], how: Callable[[Turn], None]) -> Turn | None:
        """Do this to old turns until enough is gone; the last one that it changed."""
        last = None
        for turn in old:
            if self.tokens <= self.window * DOWN_TO:
                break
            before = tokens(turn.shown)
            how(turn)
            if gone := before - tokens(turn.shown):
                self.tokens, last = self.tokens - gone, turn
        return last

    def messages(self) -> Iterator[Message]:
        for number, turn in enumerate(self.turns, 1):
            yield from turn.shown
            if self._state and number == self._until:
                yield Message(role="user", text=self._state)


def messages(events: Sequence[Event], window: int = CAPABLE.window) -> list[Message]:
    """The conversation as it is sent now."""
    kept = Conversation(window)
    for number, event in enumerate(events):
        match event:
            case Said(role=role, text=text):
                kept.begin(Turn(Message(role=role, text=text), pinned=True))
            case Replied(reply=reply):
                kept.hold(events, number)  # as it was when this was asked for
                kept.begin(
                    Turn(
                        Message(role="assistant", text=reply.text, calls=reply.calls, thinking=reply.thinking)
                    )
                )
            case Observed(observation=o):
                kept.answer(Message(role="tool", text=o.text, call=o.call))
            case Narrowed(window=narrower):
                kept.window = min(kept.window, narrower)
            case _:
                continue
    kept.hold(events, len(events))
    return list(kept.messages())


def size(m: Message) -> float:
    """Tokens of a message, as estimated."""
    calls = sum(len(str(value)) for c in m.calls for value in c.args.values())
    thinking = sum(len(str(block)) for block in m.thinking)
    return (len(m.text) + calls + thinking) / PER_TOKEN + 8


def tokens(sent: Sequence[Message]) -> float:
    """Tokens of a conversation, as estimated."""
    return sum(map(size, sent))


def narrower(sent: Sequence[Message], limit: int) -> int:
    """The window to try where this was too long: below what the model says that it takes, and below this."""
    return int(min(tokens(sent) * 0.7, limit * 0.8 if limit else tokens(sent)))


def brief(m: Message) -> Message:
    """A message of a masked turn: what was asked for stays, what came of it is only named."""
    if len(m.text) > LONG and m.role == "tool":
        first = m.text.partition("\n")[0][:120]
        rest = f"[{m.text.count(chr(10))} more lines were here and are left out by now]"
        return m.model_copy(update={"text": f"{first}\n{rest}"})
    if any(isinstance(v, str) and len(v) > LONG for c in m.calls for v in c.args.values()):
        return m.model_copy(update={"calls": tuple(shortened(c) for c in m.calls)})
    return m


def shortened(call: Call) -> Call:
    args = {
        k: f"[{len(v)} characters left out]" if isinstance(v, str) and len(v) > LONG else v
        for k, v in call.args.items()
    }
    return call.model_copy(update={"args": args})
