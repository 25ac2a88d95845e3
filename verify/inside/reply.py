"""Puts inputs to functions of the project in a program of its own, without a test runner, and writes what they answer.

Its arguments are a file of inputs and the number of a round; the answers go beside it, a line each, and at the end one
that says so. The project is loaded in a child: what ends or hangs that costs one answer, and another child goes on.
"""

import functools
import importlib
import io
import json
import os
import resource
import select
import signal
import sys
import time
import types

from kit import measure  # pyright: ignore[reportMissingImports]
from kit.carried import arguments  # pyright: ignore[reportMissingImports]
from kit.form import brief, form  # pyright: ignore[reportMissingImports]

LOADING = 8.0
"""Seconds for a file to be loaded."""
GRACE = 1.0
"""Seconds beyond a call's own for what cannot be ended from inside."""
MEMORY = 1 << 30
FILE = 16 << 20
LONGEST = 8192
"""Bytes of an answer."""
PRINTED = 20000
"""Characters of what a call prints that are told apart."""
SLOW, DIES, ABSENT = "too slow", "dies", "absent"


def main(path, number):
    with open(path) as f:
        plan = json.load(f)
    ends, broken = time.monotonic() + plan["seconds"], {}
    plan["cap"], left = plan["rounds"][int(number)]
    with open(path + "." + number, "w", buffering=1) as out:

        def answered(number, text):
            out.write(json.dumps([number, text]) + "\n")

        while left and time.monotonic() < ends:
            left = Round(plan, left, broken, answered).run(ends)
        out.write("true\n")


class Round:
    """One child, and what it is asked. `broken`: files that cannot be loaded, with the answer for all that is in them."""

    def __init__(self, plan, left, broken, answered):
        self.plan, self.left, self.broken, self.answered = plan, left, broken, answered
        self.at, self.due, self.buffer = None, time.monotonic() + LOADING, b""

    def run(self, ends):
        """-> what is left to ask, without that which ended or hung the child."""
        source, sink = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                os.close(source)
                os.setpgrp()
                child(self.plan, self.left, self.broken, sink)
            finally:
                os._exit(0)
        os.close(sink)
        why = self.hear(source, ends)
        for kill in (os.killpg, os.kill):  # what it started as well
            try:
                kill(pid, signal.SIGKILL)
            except OSError:
                pass
        os.waitpid(pid, 0)
        os.close(source)
        if why and isinstance(self.at, str):
            self.broken[self.at] = why + " when it is loaded"
        elif why and self.at is not None:
            self.put(self.at, why)
        elif why == DIES:
            self.left = []  # before it began
        return self.left

    def hear(self, source, ends):
        """Take in what the child says, to its end; why it came to none of its own. Nothing: the time is up."""
        while self.left:
            now = time.monotonic()
            if now >= min(self.due, ends):
                return SLOW if now >= self.due else ""
            if not select.select([source], [], [], min(self.due, ends) - now)[0]:
                continue
            data = os.read(source, 65536)
            *lines, self.buffer = (self.buffer + data).split(b"\n")
            for line in lines:
                self.line(line)
            if not data or len(self.buffer) > 4 * LONGEST:
                return DIES
        return ""

    def line(self, line):
        try:
            said = json.loads(line)
        except ValueError:
            return
        if isinstance(said, str):
            self.at, self.due = said, time.monotonic() + LOADING
        elif isinstance(said, list) and len(said) == 2 and isinstance(said[1], str):
            self.put(said[0], said[1])
        elif isinstance(said, int) and said in self.left:
            self.at, self.due = said, time.monotonic() + 3 * self.plan["cap"] + GRACE

    def put(self, number, text):
        if number in self.left:
            self.left = [other for other in self.left if other != number]
            self.answered(number, text[:LONGEST])
            self.at = None


def child(plan, left, broken, sink):
    alone(plan)
    loaded = {}

    def say(what):
        os.write(sink, json.dumps(what).encode() + b"\n")

    for number in left:
        one = plan["inputs"][number]
        path = one["path"]
        if path not in broken and path not in loaded:
            say(path)
            loaded[path] = load(plan["root"], path)
        say(number)
        module, why = loaded.get(path) or (None, broken[path])
        say([number, why or answer(module, one, plan["cap"])])


def alone(plan):
    """Nothing to read, nowhere to print, and no names of ours in the project's way."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    sys.stderr = open(os.devnull, "w")
    for kind, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_FSIZE, FILE)):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # there is a lower limit
            pass
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for name in [name for name in sys.modules if name.partition(".")[0] == "kit"]:
        del sys.modules[name]
    sys.argv = [""]
    sys.path[:1] = plan["paths"]
    os.chdir(plan["root"])


def load(root, path):
    """A file of the project as a module; else why there is none."""
    file, why = os.path.realpath(os.path.join(root, path)), ""
    if not os.path.isfile(file):
        return None, ABSENT
    for name in names(file):
        try:
            module = importlib.import_module(name)
        except BaseException as e:
            why = why or "raises %s when it is loaded" % type(e).__name__
            continue
        if os.path.realpath(getattr(module, "__file__", None) or "") == file:
            return module, ""
    return None, why or "another module is loaded in its place"


def names(file):
    """What a file may be imported as, and is: by the packages around it, then by the folders that are searched."""
    folder, name = os.path.split(file[: -len(".py")])
    parts = [] if name == "__init__" else [name]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    yield ".".join(parts)
    for top in list(sys.path):
        if top and folder.startswith(top.rstrip("/") + "/"):
            yield ".".join(folder[len(top.rstrip("/")) + 1 :].split("/") + parts)


def answer(module, one, cap):
    """What a function, or an object in its life, answers to one input."""
    if found(module, one["name"]) is None:
        return ABSENT
    _, said, raised, ended = measure.timed(lambda: asked(found(module, one["name"]), one), cap)
    if ended:
        return SLOW
    return said if isinstance(said, str) else "raises %s" % (raised or "nothing")


def found(module, name):
    for part in name.split("."):
        module = getattr(module, part, None)
    return module


def asked(target, one):
    printed, old = Printed(), sys.stdout
    sys.stdin, sys.stdout = io.StringIO(), printed  # anew: the one before may be closed
    try:
        if one["made"] is None:
            said = [outcome(target, text)[0] for _, text in one["calls"]]
        else:
            said = list(lived(target, one))
    finally:
        sys.stdout = old
    return "; ".join(said + printed.said())


def lived(target, one):
    """What each call of an object's life answers, after that which makes it."""
    said, thing = outcome(target, one["made"], shown=not one["calls"])
    if said:
        yield said
    if thing is None:
        return
    for name, text in one["calls"]:
        yield outcome(functools.partial(spoken, thing, name), text)[0]


def spoken(thing, name, /, *args, **named):
    """Call a method; or read an attribute, or set it, where it is a property."""
    if any(isinstance(vars(kind).get(name), property) for kind in type(thing).__mro__):
        return setattr(thing, name, *args) if args else getattr(thing, name)
    found = getattr(thing, name)
    return found(*args, **named) if callable(found) else found


def outcome(call, text, shown=True):
    """-> what a call answers and how it leaves what it was given, and the value itself; empty where that is not to be
    shown and nothing was raised."""
    args, named = arguments(text)
    before = [form(value) for value in (*args, *named.values())]
    value, said = None, ""
    try:
        value = call(*args, **named)
        if isinstance(value, types.CoroutineType):
            import asyncio

            value = asyncio.run(value)
        said = form(value) if shown else ""
    except measure.Capped:
        raise
    except BaseException as e:
        value, said = None, "raises " + type(e).__name__
    after = [form(value) for value in (*args, *named.values())]
    changed = [new for old, new in zip(before, after) if old != new]
    return said + "".join(" leaving " + new for new in changed), value


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed, and counts the rest."""

    def __init__(self):
        self.text, self.more = "", 0

    def writable(self):
        return True

    def write(self, text):
        room = PRINTED - len(self.text)
        self.text += text[:room]
        self.more += max(0, len(text) - room)
        return len(text)

    def said(self):
        if not self.text:
            return []
        return [
            "prints " + brief(repr(self.text)) + (" and %d characters more" % self.more if self.more else "")
        ]


main(os.path.abspath(sys.argv[1]), sys.argv[2])
os._exit(0)
