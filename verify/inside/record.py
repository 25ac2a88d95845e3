"""Notes the calls that tests make of the functions that differ, as text that they can be made of again."""

import atexit
import collections
import json
import os
import sys
import time

from .carried import call_carried
from .literal import call_written
from .watch import Watch, around, named, taken

LOOKED = 3000
"""Calls of one function that are looked at: most of them are alike."""
AT_ONCE = 50
"""Rows that are each written as soon as they are there, since the process may be ended at any time; later ones from
time to time."""
PAUSE = 0.2
RESUMED = 0x2A0
"""Flags of code that is entered more than once: generators and coroutines."""


class Record(Watch):
    """What was called, a row for each function and arguments, or for an object's life. `objects`: also with arguments
    that no literal can say."""

    def __init__(self, folder, root, targets, calls, objects):
        super().__init__(folder, root, targets, 0)
        self.samples, self.objects = calls, objects
        self.known, self.others, self.looked = set(), set(), collections.Counter()
        self.written = 0.0

    def heard(self, event, args):
        """A test runner's tests are watched one by one, another program as a whole."""
        was = self.begun
        super().heard(event, args)
        if self.begun and not was:
            around(sys.modules.get("_pytest.doctest"), "DoctestItem", "runtest", self.test)
            if "_pytest.python" not in sys.modules:
                sys.setprofile(self.event)

    def event(self, frame, event, arg):
        if self.done:
            sys.setprofile(None)
        elif event == "call":
            super().event(frame, event, arg)

    def sampled(self, frame, code, number, target):
        self.looked[number] += 1
        if self.looked[number] > LOOKED:
            self.seen[number] = self.samples
            return
        if code.co_flags & RESUMED and frame.f_lineno != code.co_firstlineno:
            return
        bound = target["name"].count(".") and "cls" in code.co_varnames[:1]
        sample = taken(frame, code, named(frame.f_globals, target["name"]), 1 if bound else 0)
        if sample:
            self.noted(number, None, [("", sample)])

    def noted(self, number, made, calls):
        """A row of what can be said. Of an object's calls those that cannot are left out."""
        first = self.said(made) if made else None
        said = [[name, self.said(sample)] for name, sample in calls]
        fit = [pair for pair in said if pair[1] is not None]
        if len(fit) < len(said) or (made and first is None):
            self.others.add(number)
        if (made and first is None) or (said and not fit):
            return
        row = self.row(number, first, fit)
        key = json.dumps(row)
        if key in self.known:
            return
        self.known.add(key)
        self.results.append(row)
        self.seen[number] += 1
        self.done = all(self.seen[n] >= self.samples for n in range(len(self.targets)))
        now = time.monotonic()
        if len(self.results) <= AT_ONCE or now > self.written + PAUSE:
            self.written = now
            self.write()

    def said(self, sample):
        text = call_written(sample.args, sample.named)
        return call_carried(sample.args, sample.named) if text is None and self.objects else text

    def row(self, number, made, calls):
        target = self.targets[number]
        return {"path": target["path"], "name": target["name"], "made": made, "calls": calls}

    def settle(self):
        """At the end of a test: what the objects that it made have lived."""
        lives, self.lives = self.lives, {}
        for _, number, session in lives.values():
            if self.seen[number] < self.samples:
                self.noted(number, session.made, session.calls)

    def last(self):
        """At the end: also, by a row without calls, of which functions there were calls that cannot be said."""
        if os.getpid() == self.owner and self.begun:
            self.settle()
            self.results.extend(self.row(number, None, []) for number in sorted(self.others))
            self.write()


def begin(folder, plan):
    record = Record(folder, **plan)
    atexit.register(record.last)
    sys.addaudithook(record.heard)
