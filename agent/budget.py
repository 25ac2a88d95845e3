"""What may be spent. It is reserved at its worst before it is spent, so that no cap is ever passed.

Budgets lie within each other, a run's within the day's; attempts that are made at once share them.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .models.base import Usage
from .models.prices import Price


class Spent(Exception):
    """The next call could pass a cap. The text is the cap, in words."""


class Budget:
    """A cap on tokens and dollars; 0: none. What is called inside of `open` sees and leaves a whole state."""

    def __init__(self, whose: str, tokens: int = 0, dollars: float = 0.0, used: Usage | None = None) -> None:
        self.whose, self.tokens, self.dollars = whose, tokens, dollars
        self._used, self._held, self._lock = used or Usage(), Usage(dollars=0.0), threading.Lock()

    @contextmanager
    def open(self) -> Iterator[None]:
        with self._lock:
            yield

    @property
    def caps(self) -> bool:
        return bool(self.tokens or self.dollars)

    @property
    def holds(self) -> bool:
        """Whether some of it is reserved by others, and may come back."""
        return count(self._held) > 0

    def room(self, prompt: int, price: Price) -> int:
        """Tokens that an answer to so long a prompt may have, at the worst price; negative where none."""
        rooms = [10**9]
        if self.tokens:
            rooms.append(self.tokens - count(self._used) - count(self._held) - prompt)
        if self.dollars:
            left = self.dollars - spent(self._used) - spent(self._held) - price.at_most(prompt, 0)
            each = price.at_most(0, 1)
            rooms.append(int(left / each * (1 - 1e-9)) if each else (10**9 if left >= 0 else -1))
        return min(rooms)

    def hold(self, worst: Usage) -> None:
        self._held = total(self._held, worst)

    def settle(self, worst: Usage, actual: Usage) -> None:
        """Give back what was held, and count what was used."""
        self._held, self._used = total(self._held, worst, -1), total(self._used, actual)

    def __str__(self) -> str:
        caps = [f"{self.tokens} tokens"] if self.tokens else []
        caps += [f"${self.dollars:g}"] if self.dollars else []
        return f"the limit of {' and '.join(caps)} {self.whose}"


class Daily(Budget):
    """A cap on a day's dollars, over all runs of a user on a machine. A run counts to the day it began on, in UTC.

    What is held counts as used: a run that is killed has perhaps used it.
    """

    def __init__(self, folder: Path, dollars: float) -> None:
        super().__init__("a day", 0, dollars)
        self._path = folder / time.strftime("%Y-%m-%d", time.gmtime())

    @contextmanager
    def open(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._used = Usage(dollars=float(file.read() or 0))
            yield
            # of one length and in one call: a kill in between leaves the old amount or the new one
            os.pwrite(file.fileno(), f"{spent(self._used):32.12f}".encode(), 0)

    def hold(self, worst: Usage) -> None:
        self._used = total(self._used, worst)

    def settle(self, worst: Usage, actual: Usage) -> None:
        self._used = total(total(self._used, worst, -1), actual)


def count(usage: Usage) -> int:
    return usage.prompt + usage.completion


def spent(usage: Usage) -> float:
    return usage.dollars or 0.0


def total(a: Usage, b: Usage, sign: int = 1) -> Usage:
    return Usage(
        prompt=a.prompt + sign * b.prompt,
        completion=a.completion + sign * b.completion,
        dollars=spent(a) + sign * spent(b),
    )
