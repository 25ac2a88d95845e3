"""What is asked: a call of a function, or an object's life; as data, as a literal, and as one would write it. Pure."""

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..sandbox.base import Frozen
from .inside.carried import MARK
from .inside.literal import call_written, written
from .parse import expression


class Input(Frozen):
    """A call of a function, or an object's life: how it is made, and what is then called of it."""

    path: str
    name: str
    made: str | None = None
    """The literal of the arguments that make an object; None: it is a function."""
    calls: tuple[tuple[str, str], ...] = ()
    """Names of methods, empty for the function itself, with the literals of their arguments."""

    @property
    def carried(self) -> bool:
        """Whether arguments of it are pickled instead: nothing can be made of it but itself."""
        return any(text.startswith(MARK) for text in (self.made or "", *(text for _, text in self.calls)))


class Call(NamedTuple):
    """Arguments in their order, and by name."""

    args: tuple[Any, ...] = ()
    named: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The literal that it is sent as; empty where it has none."""
        return call_written(self.args, self.named) or ""

    @property
    def values(self) -> list[Any]:
        return [*self.args, *self.named.values()]

    def given(self, values: Sequence[Any]) -> "Call":
        """The same call of other values."""
        count = len(self.args)
        return Call(tuple(values[:count]), dict(zip(self.named, values[count:], strict=True)))


class Life(NamedTuple):
    """How an object is made, and the methods that are called of it, in their order."""

    made: Call
    steps: tuple[tuple[str, Call], ...] = ()

    @property
    def text(self) -> str:
        """What tells it from others; empty where a part of it has no literal."""
        parts = [("", self.made.text), *((name, call.text) for name, call in self.steps)]
        return repr(parts) if all(text for _, text in parts) else ""

    def given(self, place: int, call: Call) -> "Life":
        """The same life with another call at a place; 0: that which makes the object."""
        if place == 0:
            return self._replace(made=call)
        name = self.steps[place - 1][0]
        return Life(self.made, (*self.steps[: place - 1], (name, call), *self.steps[place:]))


def as_input(path: str, name: str, one: Call | Life) -> Input:
    if isinstance(one, Call):
        return Input(path=path, name=name, calls=(("", one.text),))
    steps = tuple((method, call.text) for method, call in one.steps)
    return Input(path=path, name=name, made=one.made.text, calls=steps)


def as_life(one: Input) -> Life:
    """Raises ValueError."""
    return Life(read(one.made or ""), tuple((name, read(text)) for name, text in one.calls))


def read(text: str) -> Call:
    """Raises ValueError for what is no literal of a call."""
    try:
        args, named = ast.literal_eval(expression(text))
        call = Call(tuple(args), {str(name): value for name, value in dict(named).items()})
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as e:
        raise ValueError(f"no literal of a call: {text[:80]}") from e
    if not all(name.isidentifier() for name in call.named):
        raise ValueError(f"no names of arguments: {text[:80]}")
    return call


def readable(label: str, one: Input) -> str:
    """As one would write it."""
    if one.made is None:
        return "; ".join(label + arguments(text) for _, text in one.calls)
    steps = [f"it.{name}{arguments(text)}" for name, text in one.calls]
    return "; ".join([f"it = {label}{arguments(one.made)}", *steps])


def arguments(text: str) -> str:
    if text.startswith(MARK):
        return f"({text.removeprefix(MARK).partition(' ')[2]})"
    args, named = read(text)
    words = [*map(said, args), *(f"{name}={said(value)}" for name, value in named.items())]
    return f"({', '.join(words)})"


def said(value: Any) -> str:
    return written(value) or "…"
