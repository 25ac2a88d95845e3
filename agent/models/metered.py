"""A model whose calls are paid from budgets and paced by a rate."""

import json
import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from ..budget import Budget, Spent
from ..budget import count as tokens_of
from ..task import TaskError
from .base import Listener, Message, Model, ModelError, Profile, Reply, Schema, Transient, Usage, several
from .prices import FREE, Price, price
from .wire import message

BYTES_A_TOKEN = 2.0
"""Fewest bytes of UTF-8 that a token has on the whole of a text: source code has about 3.5."""
LEAST = 256
"""Tokens of an answer below which it is not worth asking."""
ANSWER = 16_000
"""Tokens that an answer may have where a cap has to hold and nothing else says so."""


class Rate:
    """Most requests and tokens in any minute, for all who share it. 0: no limit."""

    def __init__(
        self,
        requests: int = 0,
        tokens: int = 0,
        clock: Callable[[], float] = time.monotonic,
        minute: float = 60.0,
    ) -> None:
        self.requests, self.tokens = requests, tokens
        self._clock, self._minute = clock, minute
        self._lock, self._past = threading.Lock(), list[list[float]]()

    @property
    def caps(self) -> bool:
        return bool(self.requests or self.tokens)

    def room(self, prompt: int) -> int:
        """Tokens that an answer to so long a prompt may have. Raises Spent where no minute holds it."""
        left = self.tokens - prompt if self.tokens else 10**9
        if left < LEAST:
            raise Spent(f"the limit of {self.tokens} tokens a minute")
        return left

    def begin(self, tokens: int) -> list[float] | None:
        """Take a place in the present minute, or None where there is none yet."""
        with self._lock:
            now = self._clock()
            self._past = [place for place in self._past if place[0] > now - self._minute]
            if self.requests and len(self._past) >= self.requests:
                return None
            if self.tokens and sum(t for _, t in self._past) + tokens > self.tokens:
                return None
            place = [math.inf, float(tokens)]  # as long as it lasts
            self._past.append(place)
            return place

    def end(self, place: list[float], tokens: int) -> None:
        """The call took so many tokens after all. They count from its end: when the provider counts it is not known."""
        with self._lock:
            place[:] = [self._clock(), tokens]


class Metered:
    """A model behind its budgets."""

    profile: Profile

    def __init__(self, model: Model, budgets: Sequence[Budget] = (), rate: Rate | None = None) -> None:
        self.name, self.profile, self._model, self._rate = model.name, model.profile, model, rate or Rate()
        self._budgets = [b for b in budgets if b.caps]
        self._last: tuple[list[Message], int] = [], 0
        """The latest conversation, and the tokens that the provider counted in it, answer included."""

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        """As Model.complete. Raises Spent where the answer could pass a cap, TaskError where a cap cannot be kept."""
        return self.complete_many(messages, tools, 1, listen, stop, most)[0]

    def complete_many(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        count: int,
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> list[Reply]:
        """As `complete`. Where there is room for fewer answers than `count`, there are fewer."""
        if not self._budgets and not self._rate.caps:
            replies = several(self._model, messages, tools, count, listen, stop, most)
            return [r.model_copy(update={"usage": self._priced(r.usage)}) for r in replies]
        each = self._prompt(messages, tools)
        wanted = min(most or self.profile.answer or ANSWER, self._rate.room(each))
        count, most = self._reserve(each, wanted, count, stop)
        prompt = each * count  # it is paid once where the model reads it once; who knows before
        worst = self._worst(prompt, most * count)
        place = self._place(tokens_of(worst), stop)
        actual = Usage()
        try:
            replies = several(self._model, messages, tools, count, listen, stop, most)
            counted = [self._counted(reply, each) for reply in replies]
            actual = sum(counted, Usage())
        except Transient as e:
            asked = prompt if e.usage.prompt else 0
            actual = self._priced(e.usage.model_copy(update={"prompt": asked}))
            raise
        except ModelError as e:
            actual = self._priced(e.usage)
            raise
        finally:
            self._settle(worst, actual)
            if place:
                self._rate.end(place, tokens_of(actual))
        self._last = ([*messages], tokens_of(actual)) if count == 1 else self._last
        return [r.model_copy(update={"usage": u}) for r, u in zip(replies, counted, strict=True)]

    def close(self) -> None:
        self._model.close()

    def _prompt(self, messages: Sequence[Message], tools: Sequence[Schema]) -> int:
        """The most tokens that the provider may count: what it counted last time, and the rest by its bytes."""
        before, counted = self._last
        known = counted and list(messages[: len(before)]) == before
        new = (
            messages[len(before) + 1 :] if known else messages
        )  # the answer itself is counted, but for its frame
        framed = 16 * sum(1 + len(m.calls) for m in messages[len(before) :]) if known else 0
        text = json.dumps([message(m, self.profile) for m in new], ensure_ascii=False)
        more = 0 if known else len(json.dumps(tools).encode())
        more += sum(len(m.hole.after.encode()) for m in new if m.hole)
        return int(
            (counted if known else 0) + (len(text.encode()) + more) / BYTES_A_TOKEN + 16 * len(new) + framed
        )

    def _worst(self, prompt: int, most: int) -> Usage:
        known = self._price
        return Usage(prompt=prompt, completion=most, dollars=known.at_most(prompt, most) if known else None)

    def _reserve(self, each: int, wanted: int, count: int, stop: threading.Event) -> tuple[int, int]:
        """Hold what the call may cost at worst; how many answers there may be, and how long each. Waits while others
        hold the rest."""
        known = self._price
        if not known and any(b.dollars and not b.tokens for b in self._budgets):
            raise TaskError(
                f"the price of {self.name} is not known: limit its tokens instead of its dollars."
            )
        tightest: Budget | None = None
        while not stop.is_set():
            with ExitStack() as stack:
                for budget in self._budgets:
                    stack.enter_context(budget.open())
                for times in range(count, 0, -1):
                    prompt = each * times
                    rooms = [(b.room(prompt, known or FREE), b) for b in self._budgets]
                    room, tightest = min(rooms, key=lambda pair: pair[0], default=(wanted * times, None))
                    least = wanted * times if times > 1 else min(LEAST, wanted)
                    if not tightest or room >= least:
                        answers = min(wanted * times, room)
                        for budget in self._budgets:
                            budget.hold(self._worst(prompt, answers))
                        return times, answers // times
                if tightest and not tightest.holds:
                    raise Spent(str(tightest))
            stop.wait(0.05)
        return count, wanted

    def _settle(self, worst: Usage, actual: Usage) -> None:
        for budget in self._budgets:
            with budget.open():
                budget.settle(worst, actual)

    def _place(self, tokens: int, stop: threading.Event) -> list[float] | None:
        while not stop.is_set():
            if place := self._rate.begin(tokens):
                return place
            stop.wait(0.05)
        return None

    def _counted(self, reply: Reply, prompt: int) -> Usage:
        """What an answer cost; estimated, and on the high side, where the provider does not say."""
        if tokens_of(reply.usage):
            return self._priced(reply.usage)
        written = reply.text + reply.reasoning + "".join(str(c.args) for c in reply.calls)
        return self._priced(Usage(prompt=prompt, completion=int(len(written.encode()) / BYTES_A_TOKEN)))

    def _priced(self, usage: Usage) -> Usage:
        known = self._price
        if usage.dollars is not None or not known:
            return usage
        return usage.model_copy(update={"dollars": known.of(usage)})

    @property
    def _price(self) -> Price | None:
        return price(self.name)
