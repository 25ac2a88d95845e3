"""What the model is sent, as a pure function of the log.

A request extends the one before, so that a provider's cache of prefixes serves it, until the conversation outgrows
its window. Then old observations are masked, oldest first, in one go and down to a fraction of the window: each
time costs the cache once, and it is long until the next. Masking costs half of what summaries do and loses no
more (Lindenbauer et al., The Complexity Trap, 2025). What may not be forgotten is never masked: the rules, the
task, the user's words; what the log knows of the state of the work stands where the masked part ends. Only where
masking is not enough do old turns go, with a summary in their place where the model could write one.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from . import brief, tokens
from .events import Event, Narrowed, Observed, Replied, Said, Summarised
from .models.base import CAPABLE, Message
from .progress import progress

DOWN_TO = 0.4
"""Share of the window that is left when old observations have been masked."""
RECENT = 3
"""Turns that stay whole while anything older can go: the last answers with what came of them."""
CUTS = tuple(partial(brief.cut, most=most) for most in (8_000, 4_000, 2_000, 1_000, 400))
"""Done to the very latest results, one after the other, where nothing else is left; in characters."""
NOTHING = "(nothing)"
"""What stands for an empty answer: some providers take no message without a text."""
ASTRAY = 2.0
"""A provider's count that is more times ours is taken for a mistake."""

Size = Callable[[Message], int]
Shorten = Callable[[list[Message]], list[Message]]


class Turn:
    """An answer of the model with what came of its calls; or something that was said to it, which is pinned."""

    def __init__(self, first: Message, tokens: int, pinned: bool = False) -> None:
        self.shown, self.tokens, self.pinned = [first], tokens, pinned
        self.shortened: set[Shorten] = set()
        """What was done to it, which changes nothing when it is done again."""


class Conversation:
    """The turns so far, kept within the window as they come. Of a log that grows, only what is new is read.

    Whether it is asked at every request or only at the last one makes no difference to what it says.
    """

    def __init__(self, window: int) -> None:
        self.window, self.turns, self._size = window, list[Turn](), bound
        self._tokens = 0
        """Of all turns, and of what stands between them."""
        self._events: Sequence[Event] = ()
        self._read = 0
        """How many of the events are taken in."""
        self._latest = 0
        """The number of the latest answer's turn."""
        self._counted, self._scale = 0, 1.0
        """The provider's count of the latest request, and how many times ours that was."""
        self._state, self._until = "", 0
        """What the log says of the work up to the turn before the number `_until`, the last that was shortened."""
        self._summary, self._gone = "", 0
        """What the model wrote of the turns before the number `_gone`, which were dropped."""

    def messages(self, events: Sequence[Event]) -> list[Message]:
        """The conversation as it is sent now."""
        self._take(events)
        self._hold()
        return list(self._shown())

    def going(self, events: Sequence[Event]) -> list[Message]:
        """What will be dropped from the next request, as far as it is still shown, after the last summary."""
        self._take(events)
        self._mask()
        gone = [m for turn in self._superfluous() for m in turn.shown]
        return [said(self._summary), *gone] if gone and self._summary else gone

    def _take(self, events: Sequence[Event]) -> None:
        self._events = events
        while self._read < len(events):
            self._take_one(events[self._read])
            self._read += 1

    def _take_one(self, event: Event) -> None:
        match event:
            case Said(text=text, about="reminder"):
                self._add(said(text))
            case Said(role=role, text=text):
                self._begin(Message(role=role, text=text), pinned=True)
            case Replied(reply=reply):
                self._hold()  # as it was when this was asked for
                self._counted = reply.usage.prompt
                self._calibrate(self._tokens)
                self._latest = len(self.turns)
                text = reply.text if reply.text or reply.calls else NOTHING
                answer = Message(role="assistant", text=text, calls=reply.calls, thinking=reply.thinking)
                self._begin(answer)
            case Observed(observation=o):
                self._add(Message(role="tool", text=o.text, call=o.call))
            case Narrowed(window=narrower):
                self._hold()
                self.window = min(self.window, narrower)
            case Summarised(text=text):
                self._hold(text)
            case _:
                return

    def _begin(self, m: Message, pinned: bool = False) -> None:
        self.turns.append(Turn(m, self._size(m), pinned))
        self._tokens += self.turns[-1].tokens

    def _add(self, m: Message) -> None:
        """Take in what came of the latest answer."""
        tokens = self._size(m)
        self.turns[self._latest].shown.append(m)
        self.turns[self._latest].tokens += tokens
        self._tokens += tokens

    def _calibrate(self, ours: int) -> None:
        """Compare the provider's count of the latest request with ours.

        Some count only what their cache did not have, so less than ours says nothing.
        """
        if self._counted and ours:
            self._scale = min(max(self._counted / ours, 1.0), ASTRAY)

    def _over(self, share: float = 1.0) -> int:
        """Tokens, as we count, that are too many for that share of the window; not above 0 where it fits."""
        return self._tokens - int(self.window * share / self._scale)

    def _hold(self, summary: str = "") -> None:
        """Mask, then drop, then cut the latest results too, where the conversation has outgrown its window."""
        self._mask()
        if gone := self._superfluous():
            self._gone = self.turns.index(gone[-1]) + 1
            self._shrink(gone, dropped, DOWN_TO)
            self._say(self._state, summary or self._summary)
        if self._over() > 0:
            self._squeeze()

    def _mask(self) -> None:
        if self._over() > 0 and self._size is bound:
            self._count_exactly()
        if self._over() > 0:
            self._shrink(self._answers()[:-RECENT], brief.masked, DOWN_TO)

    def _count_exactly(self) -> None:
        """From now on, and what is there; nothing was shortened yet."""
        self._size = size
        for turn in self.turns:
            turn.tokens = sum(map(size, turn.shown))
        self._tokens = sum(turn.tokens for turn in self.turns)
        self._calibrate(sum(turn.tokens for turn in self.turns[: self._latest]))

    def _superfluous(self) -> list[Turn]:
        """The oldest turns, where some have to go since masking was not enough."""
        over, gone = self._over(DOWN_TO) if self._over() > 0 else 0, list[Turn]()
        for turn in self._answers()[:-RECENT]:
            if over <= 0:
                break
            if turn.shown:
                over -= turn.tokens
                gone.append(turn)
        return gone

    def _squeeze(self) -> None:
        """Make the latest turns fit too: mask and drop all but the last, then cut its results and arguments."""
        answers = self._answers()
        self._shrink(answers[:-1], brief.masked)
        self._shrink(answers[:-1], dropped)
        for cut in CUTS:
            self._shrink(answers[-1:], cut)
        self._shrink(answers[-1:], brief.without_arguments)

    def _shrink(self, old: Sequence[Turn], how: Shorten, share: float = 1.0) -> None:
        """Do this to turns, in order, until enough is gone. Where it changed something, the state is said anew."""
        last = None
        for turn in old:
            if self._over(share) <= 0:
                break
            if how not in turn.shortened and self._show(turn, how(turn.shown)):
                last = turn
            turn.shortened.add(how)
        if last:
            self._until = max(self._until, self.turns.index(last) + 1)
            self._say(progress(self._events[: self._read]), self._summary)

    def _show(self, turn: Turn, shown: list[Message]) -> bool:
        """Show a turn so from now on; whether that makes a difference."""
        if shown == turn.shown:
            return False
        tokens = sum(map(self._size, shown))
        self._tokens += tokens - turn.tokens
        turn.shown, turn.tokens = shown, tokens
        return True

    def _say(self, state: str, summary: str) -> None:
        """Let this stand between the turns."""
        for old, new in ((self._state, state), (self._summary, summary)):
            self._tokens += sum(self._size(said(text)) for text in (new,) if text)
            self._tokens -= sum(self._size(said(text)) for text in (old,) if text)
        self._state, self._summary = state, summary

    def _answers(self) -> list[Turn]:
        return [turn for turn in self.turns if not turn.pinned]

    def _shown(self) -> Iterator[Message]:
        for number, turn in enumerate(self.turns, 1):
            yield from turn.shown
            if self._summary and number == self._gone:
                yield said(self._summary)
            if self._state and number == self._until:
                yield said(self._state)


def messages(events: Sequence[Event], window: int = CAPABLE.window) -> list[Message]:
    """The conversation that a log comes to."""
    return Conversation(window).messages(events)


def said(text: str) -> Message:
    return Message(role="user", text=text)


def dropped(shown: list[Message]) -> list[Message]:
    return []


def size(m: Message) -> int:
    """Tokens of a message."""
    return sum(map(tokens.count, texts(m))) + 8 * (1 + len(m.calls))


def bound(m: Message) -> int:
    """More tokens than a message can have."""
    return sum(map(tokens.most, texts(m))) + 8 * (1 + len(m.calls))


def texts(m: Message) -> Iterator[str]:
    yield m.text
    for call in m.calls:
        yield call.tool
        yield brief.arguments(call)
    for block in m.thinking:
        yield str(block)


def counted(sent: Sequence[Message]) -> int:
    """Tokens of a conversation."""
    return sum(map(size, sent))


def narrower(sent: Sequence[Message], limit: int) -> int:
    """The window to try where this was too long: below what the model says that it takes, and below this."""
    ours = counted(sent)
    return int(min(ours * 0.7, limit * 0.8 if limit else ours))
