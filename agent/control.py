"""The one way from the outside into a running session: stop it, or say something to the model."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from ..sandbox.base import SandboxError

TRIES = 100


class Stopped(Exception):
    """Somebody asked for the end. What was done is in the log; `patchwright resume` goes on from there."""


class Control:
    """Shared by a session and whoever watches it."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.said: deque[str] = deque()
        self._noticed = threading.Event()
        self._cut: tuple[Callable[[], None], ...] = ()

    def on_stop(self, *cut: Callable[[], None]) -> None:
        """What cuts short the command or the answer that is waited for when the stop is asked for."""
        self._cut = cut

    def request_stop(self) -> None:
        """Stop at once. From another thread than the session's, which may hold what is cut.

        What runs is cut again until the session notices: a command may be just about to start.
        """
        self.stop.set()
        for _ in range(TRIES):
            for cut in self._cut:
                with suppress(SandboxError):
                    cut()
            if self._noticed.wait(0.1):
                return

    def over(self) -> None:
        """The session is over: there is nothing to cut any more."""
        self._noticed.set()

    def check(self) -> None:
        """Raises Stopped where a stop was asked for."""
        if self.stop.is_set():
            self._noticed.set()
            raise Stopped
