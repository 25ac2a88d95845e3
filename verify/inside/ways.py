"""The ways in which what a test called is called again with more: a name, and what makes the call of a size."""

import sys

from . import grow

PUMPS = (("a", "!"), ("1", "x"), (" ", "x"), ("a ", "!"))
"""Texts that patterns with nested repeats choke on: many of one kind, and an end that fits nothing."""
CALLS = 3
"""Calls of one method that stand for all that a test made of it."""
BIG = 16


class Sample:
    """One call: the function, its arguments in their order, and those by name."""

    def __init__(self, call, args, named):
        self.call, self.args, self.named = call, args, named

    def values(self):
        return list(self.args) + list(self.named.values())

    def weight(self):
        """How much there is to grow: of two calls the larger tells more."""
        return sum(weigh(value) for value in self.values())

    def told(self):
        """Its inputs, the same in every process."""
        return grow.plain([self.args, sorted(self.named.items())])

    def with_each(self, change):
        """The call with arguments that `change` makes of the given ones."""
        args = [change(value) for value in self.args]
        named = {name: change(value) for name, value in self.named.items()}
        return lambda: self.call(*args, **named)


def weigh(value):
    if grow.collection(value):
        return 10 * len(value)
    if grow.word(value):
        return len(value)
    if grow.number(value):
        return 1
    return sum(10 * len(held) for held in inner(value).values())


def inner(value):
    """The collections that an object of the project holds."""
    module = type(value).__module__.partition(".")[0]
    known = getattr(sys, "stdlib_module_names", ("builtins", "re", "pathlib", "threading", "sqlite3"))
    if module in known or callable(value) or not hasattr(value, "__dict__"):
        return {}
    return {name: held for name, held in vars(value).items() if grow.collection(held)}


def of_function(sample):
    """-> (name, build, another that is tried where the first raises), ..."""
    values = sample.values()
    many = [value for value in values if grow.collection(value) or inner(value)]
    if many:
        yield "collections", by(sample, is_many, True), by(sample, is_many, False)
    if any(grow.nested(value) for value in many):
        yield "inner collections", by(sample, grow.nested, True, grow.grown_inside), None
    if any(grow.word(value) for value in values):
        yield "text", by(sample, grow.word, True), by(sample, grow.word, False)
        for pump, end in PUMPS:
            yield "text %r...%r" % (pump, end), pumped(sample, pump, end), None
    elif not many and any(grow.number(value) for value in values):
        yield "number", by(sample, grow.number, True), None


def is_many(value):
    return grow.collection(value) or bool(inner(value))


def by(sample, fits, apart, make=grow.grown):
    """Calls in which each argument that fits is grown."""

    def change(value, size):
        if not fits(value):
            return grow.kept(value)
        held = inner(value)
        if not held:
            return make(value, size, apart)
        made = grow.kept(value)
        for name, part in held.items():
            object.__setattr__(made, name, make(part, size, apart))
        return made

    return lambda size: sample.with_each(lambda value: change(value, size))


def pumped(sample, pump, end):
    return lambda size: sample.with_each(
        lambda value: (pump * size)[:size] + end if grow.word(value) else grow.kept(value)
    )


class Session:
    """What tests did to one object: how it was made, and the methods that were called from outside, in their order."""

    def __init__(self, made):
        self.made, self.calls = made, []

    def add(self, name, sample):
        if sum(name == other for other, _ in self.calls) < CALLS:
            self.calls.append((name, sample))

    def weight(self):
        return len({name for name, _ in self.calls}) * 100 + self.made.weight() + len(self.calls)

    def told(self):
        return grow.plain([self.made.told(), [(name, sample.told()) for name, sample in self.calls]])


def of_object(session):
    yield "object", played(session, True, grow.collection), played(session, False, grow.collection)
    if any(grow.number(value) for value in session.made.values()):  # a limit, which hides what grows below it
        yield (
            "larger object",
            played(session, True, lambda value: grow.collection(value) or grow.number(value)),
            None,
        )


def played(session, apart, fits):
    """The same life with more: what it is made of is grown, and each call is made as often as the size says, or once
    with a grown collection."""

    def build(size):
        make = session.made.with_each(
            lambda value: grow.grown(value, size, apart) if fits(value) else grow.kept(value)
        )
        calls = [(name, list(repeated(sample, size, apart))) for name, sample in session.calls]
        return lambda: life(make(), calls, size)

    return build


def repeated(sample, size, apart):
    if any(grow.collection(value) for value in sample.values()):
        return [
            arguments(
                sample, lambda value: grow.grown(value, size, apart) if grow.collection(value) else value
            )
        ]
    return [
        arguments(sample, lambda value, turn=turn: grow.shifted(value, turn if apart else 0))
        for turn in range(size)
    ]


def arguments(sample, change):
    return [change(value) for value in sample.args], {name: change(v) for name, v in sample.named.items()}


def life(thing, calls, size):
    """Make the calls; what came of each method's last one, and how often one raised."""
    said, fits = [], False
    for name, rows in calls:
        method, raised, last = getattr(thing, name), 0, None
        for number, (args, named) in enumerate(rows):
            try:
                last = method(*args, **named)
            except Exception:
                raised += 1
                if raised == number + 1 > BIG:
                    break
                continue
            fits = True
            if hasattr(last, "__next__"):
                last = list(last)
            if number >= 2 and sized(last) > max(BIG, size // 4):
                break  # what comes out is as large as what is held: that each call takes its time is no waste
        said.append((name, raised, last if sized(last) < 1000 else sized(last)))
    if not fits:
        raise ValueError("none of the calls fits")
    return said


def sized(value):
    try:
        return len(value)
    except Exception:
        return 0
