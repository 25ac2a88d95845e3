"""Notes what tests call of the functions that a patch changes, and measures those calls with larger inputs."""

import atexit
import collections
import functools
import json
import os
import sys
import threading
import time

from . import guess, measure, ways
from .grow import kept

SAMPLES = 3
"""Tests from which one function's inputs are taken."""
OBJECTS = 20
"""Objects of one class that are followed in one test."""
LARGE = 20000
"""Elements of an input that is not worth a copy."""


class Watch:
    """The targets, and what was seen of them. A target is {path, name, kind, first, last}."""

    samples = SAMPLES

    def __init__(self, folder, root, targets, seconds):
        self.folder, self.root, self.targets = folder, os.path.realpath(root), targets
        self.seconds, self.deadline = seconds, 0.0
        self.paths = collections.defaultdict(list)
        for number, target in enumerate(targets):
            self.paths[os.path.join(self.root, target["path"])].append((number, target))
        self.codes = {}
        self.pending = {}
        self.sessions = {}
        self.lives = {}
        self.seen = collections.Counter()
        self.heaviest = {}
        self.results = []
        self.begun = self.done = False
        self.ends = tuple(target["path"].rpartition("/")[2] for target in targets)
        self.owner = os.getpid()

    def heard(self, event, args):
        """Tests are watched once a file of the targets is imported: by then their runner is there."""
        if event == "exec" and not self.begun and self.owner == os.getpid():
            name = getattr(args[0], "co_filename", "")
            if name.endswith(self.ends) and os.path.realpath(name) in self.paths:
                self.begun = True
                around(sys.modules.get("_pytest.python"), "Function", "runtest", self.test)
                around(sys.modules.get("unittest.case"), "TestCase", "_callTestMethod", self.test)

    def test(self, run, *args):
        """Run one test, and measure what it called while what it called it with is still there."""
        if (
            self.done
            or self.owner != os.getpid()
            or threading.current_thread() is not threading.main_thread()
        ):
            return run(*args)
        old = sys.getprofile()
        sys.setprofile(self.event)
        try:
            return run(*args)
        finally:
            sys.setprofile(old)
            if self.pending or self.lives:
                self.settle()

    def event(self, frame, event, arg):
        if event != "call":
            return
        code = frame.f_code
        known = self.codes.get(id(code))
        if known is None:
            known = self.codes[id(code)] = (code, *self.find(code))  # which keeps the code, and so its id
        if known[1] is not None:
            self.called(frame, code, known[1], known[2])

    def find(self, code):
        """-> number of the target, target; None, None of code that is none of them."""
        name = code.co_filename
        if name == "<string>":
            return -1 if code.co_name == "__init__" else None, None  # a dataclass's
        if not name.endswith(self.ends):
            return None, None
        for number, target in self.paths.get(os.path.realpath(name), ()):
            if target["first"] <= code.co_firstlineno <= target["last"]:
                if target["kind"] == "class" and code.co_name in target["methods"]:
                    return number, target
                if target["kind"] == "function" and code.co_name == target["name"].rpartition(".")[2]:
                    return number, target
        return None, None

    def called(self, frame, code, number, target):
        try:
            if target is None or target["kind"] == "class":
                self.lived(frame, code, number, target)
            elif self.seen[number] < self.samples and not (frame.f_back and frame.f_back.f_code is code):
                self.sampled(frame, code, number, target)
        except Exception:
            return  # what cannot be looked at is not measured

    def sampled(self, frame, code, number, target):
        call = named(frame.f_globals, target["name"])
        bound = target["name"].count(".") and "cls" in code.co_varnames[:1]
        sample = taken(frame, code, call, 1 if bound else 0)
        if sample and sample.weight() > self.pending[number].weight() if number in self.pending else sample:
            self.pending[number] = sample

    def lived(self, frame, code, number, target):
        """An object was made, or a method of it called from outside."""
        if not code.co_argcount:
            return
        thing = frame.f_locals[code.co_varnames[0]]
        number, target = self.of(type(thing), number, target)
        if target is None or self.seen[number] >= self.samples:
            return
        back = frame.f_back
        if code.co_name == "__init__":
            if id(thing) not in self.lives and len(self.lives) < OBJECTS:
                made = taken(frame, code, type(thing), 1)
                if made:
                    self.lives[id(thing)] = (thing, number, ways.Session(made))
            return
        inner = back and back.f_code.co_argcount and back.f_locals.get(back.f_code.co_varnames[0]) is thing
        if inner or (code.co_name.startswith("__") and code.co_name not in target["spoken"]):
            return
        if id(thing) not in self.lives and len(self.lives) < OBJECTS and "__init__" not in vars(type(thing)):
            self.lives[id(thing)] = (thing, number, ways.Session(ways.Sample(type(thing), [], {})))
        if id(thing) in self.lives:
            sample = taken(frame, code, None, 1)
            if sample:
                self.lives[id(thing)][2].add(code.co_name, sample)

    def of(self, kind, number, target):
        """The target that an object belongs to: its class, or the nearest one that it is made of."""
        for one in kind.__mro__:
            path = getattr(sys.modules.get(one.__module__), "__file__", "") or ""
            for other, found in self.paths.get(os.path.realpath(path), ()):
                if found["kind"] == "class" and found["name"] == one.__qualname__:
                    return other, found
        return number, target

    def settle(self):
        """Measure what the test that ends has called."""
        self.deadline = self.deadline or time.monotonic() + self.seconds
        try:
            best = {}
            for _, number, session in self.lives.values():
                if session.calls and (number not in best or session.weight() > best[number].weight()):
                    best[number] = session
            for number, session in best.items():
                self.weighed(number, session, ways.of_object)
            for number, sample in list(self.pending.items()):
                self.weighed(number, sample, ways.of_function)
        finally:
            self.pending, self.lives = {}, {}
        full = all(self.seen[n] >= self.samples for n in range(len(self.targets)))
        self.done = full or time.monotonic() > self.deadline

    def weighed(self, number, seen, of):
        """Measure one thing, unless what was measured before was as large."""
        if seen.weight() <= self.heaviest.get(number, 0) or not measure.able():
            return
        self.heaviest[number] = seen.weight()
        self.seen[number] += 1
        given = measure.digest(seen.told())
        for how, build, otherwise in of(seen):
            self.tried(number, how, given, build, otherwise)
        self.write()

    def tried(self, number, how, given, build, otherwise):
        for way, make in ((how, build), (how + " again", otherwise)):
            if make is None or time.monotonic() > self.deadline:
                return
            try:
                rows = measure.measured(make, self.deadline, "..." not in how)
            except Exception:
                continue  # what it is given cannot be made larger
            fits = [row for row in rows if not row[3].startswith("raises")]
            if fits or "..." in how:
                target = self.targets[number]
                told = {
                    "path": target["path"],
                    "name": target["name"],
                    "how": way,
                    "given": given,
                    "rows": rows,
                }
                self.results.append(told)
            if fits:
                return

    def write(self):
        path = os.path.join(self.folder, "%d.json" % os.getpid())
        with open(path + ".new", "w") as f:
            json.dump(self.results, f)
        os.replace(path + ".new", path)

    def last(self):
        """At the end: the functions that no test has called."""
        if os.getpid() != self.owner or not self.begun:
            return
        self.settle()
        done = {(row["path"], row["name"]) for row in self.results}
        for number, target in enumerate(self.targets):
            if target["kind"] == "function" and (target["path"], target["name"]) not in done:
                path = os.path.join(self.root, target["path"])
                sample = guess.sample(path, target["name"])
                if sample:
                    self.weighed(number, sample, ways.of_function)


def around(module, owner, name, run):
    """Have a function of a module, or a method of a class in it, called through `run`."""
    kind = getattr(module, owner, None) if owner else module
    method = vars(kind).get(name) if kind else None
    if method:
        setattr(kind, name, functools.wraps(method)(lambda *args, **more: run(method, *args, **more)))


def named(space, name):
    """A function as those who call it see it: with what decorates it."""
    first, *rest = name.split(".")
    found = space[first]
    for part in rest:
        found = getattr(found, part)
    return found


def taken(frame, code, call, skip):
    """The arguments of a call that has just begun, without those that are left at their defaults."""
    count = code.co_argcount
    values, names = frame.f_locals, code.co_varnames
    args = [values[name] for name in names[skip:count]]
    only = names[count : count + code.co_kwonlyargcount]
    by_name = {name: values[name] for name in only}
    at = count + code.co_kwonlyargcount
    if code.co_flags & 4:
        args += values[names[at]]
        at += 1
    if code.co_flags & 8:
        by_name.update(values[names[at]])
    if any(ways.sized(value) > LARGE for value in args):
        return None
    inner = getattr(getattr(call, "__init__", None) if isinstance(call, type) else call, "__wrapped__", None)
    whole = inner or (getattr(call, "__init__", call) if isinstance(call, type) else call)
    defaults = getattr(whole, "__defaults__", None) or ()
    if not code.co_flags & 4:
        for default in reversed(defaults):
            if args and args[-1] is default:
                args.pop()
            else:
                break
    usual = getattr(whole, "__kwdefaults__", None) or {}
    by_name = {
        name: value for name, value in by_name.items() if name not in usual or usual[name] is not value
    }
    return ways.Sample(call, [kept(value) for value in args], {n: kept(v) for n, v in by_name.items()})


def begin(folder, plan):
    watch = Watch(folder, plan["root"], plan["targets"], plan["seconds"])
    atexit.register(watch.last)
    sys.addaudithook(watch.heard)
