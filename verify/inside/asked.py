"""Notes what tests ask of the project, and asks it again when the test is over, in the tests' own process.

What a test has set up is gone by then, and what tells that tests are run is there still. Where nothing tells it
(`elsewhere`), the same questions are asked once more.
"""

import base64
import collections
import functools
import json
import logging
import os
import pickle
import re
import sys
import threading
import time
import types

from . import measure
from .watch import around, taken

MOST, CASES = 30, 4
"""Questions of one test, and cases of one test that are asked about."""
TELLING = ("PYTEST_", "PATCHWRIGHT", "PYTHONPATH")
"""Variables of the environment that tell of tests, or lead to this."""
LARGE, WHOLE = 20000, 2000000
"""Bytes of a question that is not kept, and of all that are."""
EVENTS = 20000
"""Calls and returns of one test that are looked at: each takes as long as a small function."""
INSTALLED = re.compile(r"/(site-packages|\.?venv|\.tox|\.nox)/")
RESUMED = 0x2A0
"""Flags of code that is entered more than once: generators and coroutines."""


class Question:
    """A call that a test made, and what there was around it. What is called is kept as bytes: it may change."""

    def __init__(self, frame, place, test, target, first, sample):
        code = frame.f_code
        self.reaches = False
        self.path, self.line, self.name = place, code.co_firstlineno, code.co_name
        self.bytes = pickle.dumps((target, first, sample.args, sample.named), 4)
        self.test = (test.f_code.co_filename, test.f_code.co_name, test.f_globals)
        self.deep = depth(frame)
        self.streams = sys.stdin, sys.stdout, sys.stderr
        self.handlers = logging.getLogger().handlers[:]
        self.env = {name: text for name, text in os.environ.items() if name.startswith("PYTEST_")}

    def put(self):
        """Call it from what looks like its test. -> what came out, what was raised, whether it was ended."""
        filename, name, space = self.test
        asking = ask.__code__.replace(co_filename=filename, co_name=name)
        call = called(*pickle.loads(self.bytes))
        root, streams = logging.getLogger(), (sys.stdin, sys.stdout, sys.stderr)
        handlers, env = root.handlers[:], {name: os.environ.get(name) for name in self.env}
        sys.stdin, sys.stdout, sys.stderr = self.streams
        root.handlers[:] = self.handlers
        os.environ.update(self.env)
        try:
            down = self.deep - depth(sys._getframe()) - 4
            _, value, raised, ended = measure.timed(
                functools.partial(deeper, down, types.FunctionType(asking, space), call)
            )
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams
            root.handlers[:] = handlers
            for name, text in env.items():
                os.environ.pop(name, None)
                if text is not None:
                    os.environ[name] = text
        return value, raised, ended


def ask(call):
    return call()


def deeper(levels, asking, call):
    return deeper(levels - 1, asking, call) if levels > 0 else asking(call)


def depth(frame):
    count = 0
    while frame:
        count, frame = count + 1, frame.f_back
    return count


def called(target, first, args, named):
    """The call of a function by its module and name, of a method by its object and name, or of a class.

    It is found before the question is put: what importing it does is no part of the answer.
    """
    if isinstance(target, tuple):
        thing = getattr(__import__(target[0], fromlist=["*"]), target[1])
    elif not target:
        thing = first
    elif any(isinstance(vars(one).get(target), property) for one in type(first).__mro__):
        return functools.partial(getattr, first, target)
    else:
        thing = getattr(first, target)
    return functools.partial(thing, *args, **named)


class Asked:
    """The tests that a patch is for (`first`) are asked about with all that they ask, others with what runs code of
    the changed files."""

    def __init__(self, folder, root, tests, changed, first, seconds):
        self.folder, self.root, self.tests = folder, os.path.realpath(root), re.compile(tests)
        self.changed, self.first = set(changed), set(first)
        self.deadline, self.seconds = 0.0, seconds
        self.known, self.places, self.hooked, self.questions, self.rows = {}, {}, set(), [], []
        self.owner, self.within, self.size = os.getpid(), False, 0
        self.cases = collections.Counter()

    def heard(self, event, args):
        """Tests are watched as soon as the project's files are run: by then their runner is there."""
        if event == "exec" and len(self.hooked) < 4 and self.owner == os.getpid():
            name = getattr(args[0], "co_filename", "")
            if name.startswith(self.root) or os.path.realpath(name).startswith(self.root):
                for place, run in ((place, run) for place, run in self.hooks() if place not in self.hooked):
                    module, owner, method = place
                    found = sys.modules.get(module)
                    if hasattr(found, owner or method):
                        self.hooked.add(place)
                        around(found, owner, method, run)

    def hooks(self):
        """What runs a test with all that belongs to it, and what runs no more than its body."""
        yield ("_pytest.runner", "", "runtestprotocol"), self.test
        yield ("unittest.case", "TestCase", "run"), self.test
        yield ("_pytest.python", "Function", "runtest"), self.body
        yield ("unittest.case", "TestCase", "_callTestMethod"), self.body

    def test(self, run, *args, **named):
        if (
            self.within
            or self.owner != os.getpid()
            or threading.current_thread() is not threading.main_thread()
        ):
            return run(*args, **named)
        self.within, self.questions = True, []
        try:
            return run(*args, **named)
        finally:
            self.again()
            self.within = False

    def body(self, run, *args, **named):
        if not self.within or sys.getprofile() == self.event or self.cases[self.case(*args)] >= CASES:
            return run(*args, **named)
        self.cases[self.case(*args)] += 1
        old, self.left = sys.getprofile(), EVENTS
        sys.setprofile(self.event)
        try:
            return run(*args, **named)
        finally:
            sys.setprofile(old)
            if getattr(self.case(*args), "__name__", "") not in self.first:
                self.questions = [question for question in self.questions if question.reaches]

    def case(self, test, method=None):
        """What the cases of one test have in common."""
        return method or getattr(test, "function", None) or test

    def event(self, frame, event, arg):
        self.left -= 1
        if self.left < 0:
            sys.setprofile(None)
        if event != "call":
            return
        code = frame.f_code
        ours = self.known.get(id(code))
        if ours is None:
            ours = self.known[id(code)] = (code, self.is_ours(code))  # which keeps the code, and so its id
        if ours[1]:
            try:
                if len(self.questions) < MOST:
                    self.called(frame, code)
            except Exception:
                pass  # what cannot be kept is not asked again
            if self.questions and self.place(code) in self.changed:
                self.questions[-1].reaches = True

    def place(self, code):
        """Where code stands in the project; empty for what is not the project's."""
        found = self.places.get(code.co_filename)
        if found is None:
            path = os.path.realpath(code.co_filename)
            inside = path.startswith(self.root + os.sep) and not INSTALLED.search(path)
            found = self.places[code.co_filename] = path[len(self.root) + 1 :] if inside else ""
        return found

    def is_test(self, code):
        place = self.place(code)
        return bool(place and self.tests.search(place))

    def is_ours(self, code):
        """Whether it is code of the project, and none of a test's."""
        named = not code.co_name.startswith("<") and not code.co_flags & RESUMED
        return bool(named and self.place(code) and not self.is_test(code))

    def called(self, frame, code):
        test = frame.f_back
        for _ in range(3):  # what decorates a function stands between
            if test is None or self.is_test(test.f_code):
                break
            test = test.f_back if found(test, test.f_code) is None else None
        if test is None or test.f_code.co_name == "<module>":
            return
        way = found(frame, code)
        if way and self.is_test(test.f_code):
            target, first, call, skip = way
            sample = taken(frame, code, call, skip)
            if sample:
                question = Question(frame, self.place(code), test, target, first, sample)
                self.size += len(question.bytes)
                if len(question.bytes) <= LARGE and self.size <= WHOLE:
                    self.questions.append(question)

    def again(self):
        """Put the questions of the test that is over, all of them twice."""
        self.deadline = self.deadline or time.monotonic() + self.seconds
        if not self.questions or not measure.able() or time.monotonic() > self.deadline:
            return
        ours = vars(threading.main_thread())
        was = ours["_daemonic"]
        ours["_daemonic"] = True  # a thread that an answer begins is not waited for in the end
        try:
            both = [[self.answer(question) for question in self.questions] for _ in range(2)]
        finally:
            ours["_daemonic"] = was
        env = {name: text for name, text in os.environ.items() if not name.startswith(TELLING)}
        self.rows.append(
            {
                "test": self.questions[0].test[1],
                "questions": [
                    {
                        "path": question.path,
                        "line": question.line,
                        "name": question.name,
                        "call": base64.b64encode(question.bytes).decode(),
                        "answer": one if one == other else None,
                    }
                    for question, one, other in zip(self.questions, *both)
                ],
                "python": sys.executable,
                "path": [path for path in sys.path if not path.startswith(self.folder)],
                "cwd": os.getcwd(),
                "env": env,
            }
        )
        path = os.path.join(self.folder, "%d.json" % os.getpid())
        with open(path + ".new", "w") as f:
            json.dump(self.rows, f)
        os.replace(path + ".new", path)

    def answer(self, question):
        if time.monotonic() > self.deadline:
            return None
        try:
            value, raised, ended = question.put()
        except Exception:
            return None
        return None if ended else measure.said(value, raised)


def found(frame, code):
    """How a call is made again: what is called, its first argument where that tells, the function, and how many
    arguments go before; None where no name leads to it."""
    module = frame.f_globals.get("__name__", "__main__")
    there = frame.f_globals.get(code.co_name)
    if bare(there) is code and module != "__main__":
        return (module, code.co_name), None, there, 0
    if not code.co_argcount:
        return None
    first = frame.f_locals[code.co_varnames[0]]
    if code.co_name == "__init__":
        return "", type(first), type(first), 1
    for one in (first if isinstance(first, type) else type(first)).__mro__:
        held = vars(one).get(code.co_name)
        if bare(held) is code:
            return code.co_name, first, held, 1
    return None


def bare(thing):
    """The code of what a name stands for, whatever is around it."""
    for _ in range(10):
        inner = None
        for name in ("__wrapped__", "__func__", "fget"):
            inner = inner or getattr(thing, name, None)
        if inner is None:
            break
        thing = inner
    return getattr(thing, "__code__", None)


def begin(folder, plan):
    sys.addaudithook(Asked(folder, **plan).heard)
