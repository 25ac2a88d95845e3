"""A model that is asked again: what may pass is waited for, as long as one deadline for all of it allows."""

import random
import threading
import time
from collections.abc import Sequence

from .base import Listener, Message, Model, ModelUnreachable, Profile, Reply, Schema, Transient, several

WAITS = (1.0, 3.0, 8.0, 20.0, 45.0)
DEADLINE = 600.0
"""Seconds that are spent on tries and waits for one answer, before the run is left to be resumed."""
STRANGER = 2
"""Tries for an endpoint that was never reached: it is rather not there than busy."""


class Patient:
    """A model behind its own adapter, which makes one try a call."""

    profile: Profile

    def __init__(self, model: Model, waits: Sequence[float] = WAITS, deadline: float = DEADLINE) -> None:
        self.name, self.profile = model.name, model.profile
        self._model, self._waits, self._deadline = model, waits, deadline

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
        end, tries = time.monotonic() + self._deadline, 0
        while not stop.is_set():
            try:
                return several(self._model, messages, tools, count, listen, stop, most)
            except Transient as e:
                tries += 1
                # a little later than asked for, since others were asked to wait as long
                wait = e.after + random.uniform(0, min(e.after / 10, 5)) or self._waits[
                    min(tries, len(self._waits)) - 1
                ] * random.uniform(0.7, 1.3)
                if e.stranger and tries >= STRANGER:
                    raise ModelUnreachable(f"{e} {tries} tries were made.") from e
                if time.monotonic() + wait > end:
                    asks = f" It asks to wait {e.after:.0f} s." if e.after else ""
                    raise ModelUnreachable(f"{e} {tries} tries were made.{asks}") from e
                self._wait(wait, str(e), listen, stop)
        return [Reply(stop="stopped")] * count

    def close(self) -> None:
        self._model.close()

    @staticmethod
    def _wait(seconds: float, why: str, listen: Listener, stop: threading.Event) -> None:
        """Count down where somebody can see it."""
        listen(f"\n[{why} Next try in {seconds:.0f} s")
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not stop.wait(min(left, 10)):
            if left > 10:
                listen(f", {left - 10:.0f} s")
        listen("]\n")
