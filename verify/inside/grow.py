"""Larger values of the kind of a value that a test used: made of it, in a fixed way, with elements that differ.

Numbers and words of the n-th copy of an element are shifted by n, the same everywhere, so that what referred to each
other (an order to its customer) still does.
"""

import collections
import copy
import datetime
import decimal
import enum
import os
import re

STEP = 1000
"""What a number is shifted by: more than those in one test's data lie apart, mostly."""
SOLID = (type(None), bool, float, complex, bytes, enum.Enum, type)
DEPTH = 4
MANY = (list, tuple, set, frozenset, collections.deque)


def collection(value):
    """Whether a value holds many of a kind."""
    return (type(value) in MANY or isinstance(value, dict)) and len(value) > 0


def word(value):
    return isinstance(value, str) and len(value) > 2


def number(value):
    return isinstance(value, int) and not isinstance(value, (bool, enum.Enum))


def grown(value, size, apart=True):
    """A value of `size` elements; `apart`: they differ, else those that there are stand there again and again."""
    if isinstance(value, str):
        return text(value, size, apart)
    if number(value):
        return size
    if isinstance(value, dict):
        return same_kind(value, pairs(value, size, apart))
    if not collection(value):
        return value
    return type(value)(many(ordered(value), size, apart))


def many(given, size, apart):
    return [shifted(given[i % len(given)], i // len(given) if apart else 0) for i in range(size)]


def nested(value):
    """Whether a collection holds collections."""
    return collection(value) and any(map(collection, value.values() if isinstance(value, dict) else value))


def grown_inside(value, size, apart=True):
    """A value in which the largest of the collections that it holds is grown, and no other."""
    held = value.values() if isinstance(value, dict) else value
    largest = max(filter(collection, held), key=len)

    def change(part):
        return grown(part, size, apart) if part is largest else part

    if isinstance(value, dict):
        return same_kind(value, [(key, change(part)) for key, part in value.items()])
    return type(value)(map(change, ordered(value)))


def pairs(value, size, apart):
    given = list(value.items())
    for i in range(size):
        key, held = given[i % len(given)]
        turn = i // len(given)
        yield shifted(key, turn), shifted(held, turn if apart else 0)


def same_kind(value, made):
    if isinstance(value, collections.defaultdict):
        return collections.defaultdict(value.default_factory, made)
    return collections.OrderedDict(made) if isinstance(value, collections.OrderedDict) else dict(made)


def ordered(value):
    """A set's order is not the same in every process."""
    return sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)


def text(value, size, apart):
    """A longer text of the same form: of lines, words, or parts between commas; else of itself."""
    for mark in ("\n", " ", ",", ";", "/", "."):
        parts = value.strip(mark).split(mark)
        if len(parts) > 1:
            return mark.join(map(str, many(parts, max(size, len(parts)), apart))) + (
                mark if value.endswith(mark) else ""
            )
    return (value * (size // max(len(value), 1) + 1))[: max(size, 1)]


def shifted(value, turn, depth=0):
    """The `turn`-th copy of an element."""
    if not turn or depth > DEPTH or isinstance(value, SOLID):
        return value
    if isinstance(value, int):
        return value + turn * STEP if value >= 0 else value - turn * STEP
    if isinstance(value, str):
        return word_shifted(value, turn)
    if isinstance(value, decimal.Decimal):
        return value + turn
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value + datetime.timedelta(days=turn % 3000)
    return parts_shifted(value, turn, depth + 1)


def word_shifted(value, turn):
    """A word with another number in its end, or at its end: what stands before a mark keeps its form."""
    if not value or not re.search(r"\w", value):
        return value
    found = re.match(r"(.*?\w)(\W*)$", value, re.DOTALL)
    head, tail = found.groups() if found else (value, "")
    digits = re.search(r"\d+$", head)
    if digits:
        return head[: digits.start()] + str(int(digits.group()) + turn * STEP) + tail
    if "@" in head:
        name, _, host = head.partition("@")
        return "%s%d@%s%s" % (name, turn, host, tail)
    return "%s%d%s" % (head, turn, tail)


def parts_shifted(value, turn, depth):
    if isinstance(value, dict):
        return same_kind(value, [(key, shifted(held, turn, depth)) for key, held in value.items()])
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[shifted(part, turn, depth) for part in value])
    if type(value) in MANY:
        return type(value)(shifted(part, turn, depth) for part in ordered(value))
    if (
        type(value).__module__ in ("builtins", "re", "pathlib")
        or not hasattr(value, "__dict__")
        or callable(value)
    ):
        return value
    try:
        made = copy.copy(value)
        for name, held in list(vars(value).items()):
            object.__setattr__(made, name, shifted(held, turn, depth))
    except Exception:
        return value
    return made


def kept(value, depth=0):
    """A copy that later changes do not reach; the value itself where it has none (a connection, a lock)."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def plain(value, depth=0):
    """What a value says, the same in every process: to see whether two runs came to the same."""
    if depth > DEPTH:
        return "..."
    if isinstance(value, float):
        return "%.9g" % value
    if isinstance(value, dict):
        return "{%s}" % ",".join(
            "%s:%s" % (plain(k, depth + 1), plain(v, depth + 1)) for k, v in value.items()
        )
    if isinstance(value, (set, frozenset)):
        return "<%s>" % ",".join(sorted(plain(part, depth + 1) for part in value))
    if isinstance(value, (list, tuple, collections.deque)):
        return "[%s]" % ",".join(plain(part, depth + 1) for part in value)
    if isinstance(value, os.PathLike) or (isinstance(value, str) and value[:1] == "/"):
        return os.path.basename(os.fspath(value))  # it lies in another temporary folder each time
    said = type(value).__repr__ is object.__repr__
    if hasattr(value, "__dict__") and said and not callable(value):
        return "%s(%s)" % (type(value).__name__, plain(vars(value), depth + 1))
    if said:
        return type(value).__name__
    return unplaced(value)


def unplaced(value):
    """What an object says of itself, without where it lies."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value)).replace(str(id(value)), "")
