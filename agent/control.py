"""The one way from the outside into a running session: stop it, or say something to the model."""

import threading
from collections import deque
from collections.abc import Callable


class Stopped(Exception):
    """Somebody asked for the end. What was done is in the log; `patchwright resume` goes on from there."""


class Control:
    """Shared by a session and whoever watches it."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.said: deque[str] = deque()
        self._cut: tuple[Callable[[], None], ...] = ()

    def on_stop(self, *cut: Callable[[], None]) -> None:
        """What cuts short the command or the answer that is waited for when the stop is asked for."""
        self._cut = cut

    def request_stop(self) -> None:
        """Stop at once. From another thread than the session's, which may hold what is cut."""
        self.stop.set()
        for cut in self._cut:
            cut()

    def check(self) -> None:
        """Raises Stopped where a stop was asked for."""
        if self.stop.is_set():
            raise Stopped
