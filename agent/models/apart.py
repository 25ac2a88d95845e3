"""Something slow that is waited for in a way that another thread can break off."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class BrokenOff(OSError):
    """`close` was called."""


class Apart:
    """The items of what `start` gives, made in a thread of its own.

    After `close` whoever waits for one is free at once; the thread ends with its next item, or with the process.
    """

    def __init__(self, start: Callable[[], Iterable[Any]], silence: float) -> None:
        self._items, self._closed, self._silence = queue.SimpleQueue[Any](), threading.Event(), silence
        threading.Thread(target=self._run, args=[start], daemon=True, name="apart").start()

    def __iter__(self) -> Iterator[Any]:
        """Raises what `start` and its items raise, BrokenOff, and TimeoutError after `silence` seconds of nothing."""
        while True:
            try:
                item, error = self._items.get(timeout=self._silence)
            except queue.Empty as e:
                self.close()
                raise TimeoutError(f"nothing came for {self._silence:g} s") from e
            if error:
                raise error
            if item is None:
                return
            yield item

    def close(self) -> None:
        self._closed.set()
        self._items.put((None, BrokenOff("it was broken off")))

    def _run(self, start: Callable[[], Iterable[Any]]) -> None:
        try:
            for item in start():
                if self._closed.is_set():
                    return
                self._items.put((item, None))
            self._items.put((None, None))
        except Exception as e:
            self._items.put((None, e))
