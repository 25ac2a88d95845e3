"""Models that stand in for each other: where one gives no answer for good, the run goes on with the next."""

import threading
from collections.abc import Callable, Sequence

from .base import Listener, Message, Model, ModelRefused, ModelUnreachable, Profile, Reply, Schema, several
from .select import Source


def with_fallbacks(first: Source, others: Sequence[Callable[[], Source]]) -> Source:
    """A source with what goes on where its models give no answer; the others are opened when they are needed."""
    sources = (first, *map(lazily, others))

    def close() -> None:
        for source in sources:
            source.close()

    return Source(first.make, close, sources[1:], first.introduce, first.single)


def lazily(open_it: Callable[[], Source]) -> Source:
    opened: list[Source] = []

    def there() -> Source:
        if not opened:
            opened.append(open_it())
        return opened[0]

    def close() -> None:
        for source in opened:
            source.close()

    return Source(lambda attempt: there().make(attempt), close, single=lambda number: there().single(number))


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

    name: str
    profile: Profile

    def __init__(self, models: Sequence[Callable[[], Model]], place: Place) -> None:
        self._makers, self._place = models, place
        self._made: dict[int, Model] = {}
        self._be(place.at)

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
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
        while True:
            number = self._place.at
            try:
                return several(self._be(number), messages, tools, count, listen, stop, most)
            except (ModelRefused, ModelUnreachable) as e:
                if number + 1 == len(self._makers):
                    raise
                self._place.leave(number)
                listen(f"\n[{e} The run goes on with {self._be(number + 1).name}.]\n")

    def close(self) -> None:
        for model in [*self._made.values()]:
            model.close()

    def _be(self, number: int) -> Model:
        if number not in self._made:
            self._made[number] = self._makers[number]()
        model = self._made[number]
        self.name, self.profile = model.name, model.profile
        return model
