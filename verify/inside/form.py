"""What a value says to those who compare it: a short text, the same in every process.

What is equal reads alike: 2 and 2.0, a dict in any order, a subclass of a list and the list. Numbers count to nine
digits. Of an object only what is public, or what it says of itself.
"""

import collections
import enum
import hashlib
import io
import itertools

from .grow import unplaced

LONG, SHOWN = 300, 200
"""Characters above which a text ends in a digest, and those that stand before it."""
PARTS = 20000
"""Values inside of one that are looked at."""
TAKEN = 1000
"""What is taken from a generator."""
DEPTH = 30


def form(value):
    return brief(Form().of(value))


def brief(text):
    if len(text) <= LONG:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return "%s… (%d characters, %s)" % (text[:SHOWN], len(text), digest)


class Form:
    """One value with all that it holds."""

    def __init__(self):
        self.left = PARTS
        self.within = []

    def of(self, value):
        self.left -= 1
        if self.left < 0 or len(self.within) > DEPTH or any(value is one for one in self.within):
            return "…"
        plain = simple(value)
        if plain is not None:
            return plain
        self.within.append(value)
        try:
            return self.whole(value)
        finally:
            self.within.pop()

    def whole(self, value):
        if isinstance(value, dict):
            pairs = sorted("%s: %s" % (self.of(k), self.of(v)) for k, v in dict.items(value))
            return "{%s}" % ", ".join(pairs)
        if isinstance(value, (set, frozenset)):
            return "{%s}" % ", ".join(sorted(map(self.of, value))) if value else "set()"
        if isinstance(value, list):
            return "[%s]" % self.row(list.__iter__(value))
        if isinstance(value, tuple):
            return "(%s%s)" % (self.row(tuple.__iter__(value)), "," * (len(value) == 1))
        if isinstance(value, collections.deque):
            return "deque([%s])" % self.row(value)
        if hasattr(type(value), "__next__") and not isinstance(value, io.IOBase):
            return self.lazy(value)
        return self.thing(value)

    def row(self, parts):
        return ", ".join(map(self.of, itertools.islice(parts, self.left + 1)))

    def lazy(self, value):
        """What a generator gives, up to a bound, and what it raises."""
        given, ended = [], ", …"
        try:
            for _ in range(TAKEN):
                given.append(self.of(next(value)))
        except StopIteration:
            ended = ""
        except Exception as e:
            ended = ", then raises " + type(e).__name__
        return "yields [%s%s]" % (", ".join(given), ended)

    def thing(self, value):
        kind = type(value)
        if kind.__repr__ is object.__repr__:
            if callable(value):
                return "a callable " + kind.__name__
            held = sorted((str(name), part) for name, part in getattr(value, "__dict__", {}).items())
            shown = ["%s=%s" % (name, self.of(part)) for name, part in held if name[:1] != "_"]
            return "%s(%s)" % (kind.__name__, ", ".join(shown))
        try:
            return unplaced(value)
        except Exception as e:
            return "a %s whose repr raises %s" % (kind.__name__, type(e).__name__)


def simple(value):
    """The text of what holds nothing else; None for what does."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, enum.Enum):
        return "%s.%s" % (type(value).__name__, value.name)
    if isinstance(value, int):
        return whole_number(value)
    if isinstance(value, float):
        value = float.__add__(value, 0.0)
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else "%.9g" % value
    if isinstance(value, str):
        return str.__repr__(value)
    return bytes.__repr__(value) if isinstance(value, bytes) else None


def whole_number(value):
    try:
        return int.__repr__(value)
    except ValueError:  # very many digits
        return "%#x" % value
