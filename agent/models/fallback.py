"""Models that stand in for each other: where one gives no answer for good, the run goes on with the next."""

import threading
from collections.abc import Callable, Sequence

from .base import Listener, Message, Model, ModelRefused, ModelUnreachable, Profile, Reply, Schema
from .select import Source


def with_fallbacks(first: Source, others: Sequence[Callable[[], Source]]) -> Source:
    """A source with what goes on where its models give no answer; the others are opened when they are needed."""
    sources = (first, *map(lazily, others))

    def close() -> None:
        for source in sources:
            source.close()

    return Source(first.make, close, sources[1:])


def lazily(open_it: Callable[[], Source]) -> Source:
    opened: list[Source] = []

    def make(attempt: int) -> Model:
        if not opened:
            opened.append(open_it())
        return opened[0].make(attempt)

    return Source(make, lambda: [source.close() for source in opened] and None)


class Place:
    """Which of the models a run is at: its attempts share it, and it only goes on."""

    def __init__(self) -> None:
        self._at, self._lock = 0, threading.Lock()

    @property
    def at(self) -> int:
        return self._at

    def leave(self, number: int) -> None:
        with self._lock:
            self._at = max(self._at, number + 1)


class Fallback:
    """A model that is several, opened as they are needed. A conversation that is too long, or a cap, moves it nowhere."""

    def __init__(self, models: Sequence[Callable[[], Model]], place: Place) -> None:
        self._makers, self._place = models, place
        self._made: dict[int, Model] = {}

    @property
    def name(self) -> str:
        return self._now().name

    @property
    def profile(self) -> Profile:
        return self._now().profile

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        while True:
            number = self._place.at
            try:
                return self._now(number).complete(messages, tools, listen, stop, most)
            except (ModelRefused, ModelUnreachable) as e:
                if number + 1 == len(self._makers):
                    raise
                self._place.leave(number)
                listen(f"\n[{e} The run goes on with {self._now(number + 1).name}.]\n")

    def close(self) -> None:
        for model in [*self._made.values()]:
            model.close()

    def _now(self, number: int | None = None) -> Model:
        number = self._place.at if number is None else number
        if number not in self._made:
            self._made[number] = self._makers[number]()
        return self._made[number]
