"""The arguments of a call that no literal can say, pickled. Unpickling runs what the pickle says, so these are made on
the base alone, whose tests are trusted, and read inside the sandbox alone."""

import ast
import base64
import pickle

from .form import form

MARK = "pickled "
LARGE = 20000
"""Bytes of one call."""


def call_carried(args, named):
    """None for what cannot be pickled. It ends in how the arguments read."""
    try:
        data = pickle.dumps((tuple(args), dict(named)), 4)
        words = [form(value) for value in args] + [
            "%s=%s" % (name, form(value)) for name, value in named.items()
        ]
    except Exception:
        return None
    if len(data) > LARGE:
        return None
    return MARK + base64.b64encode(data).decode() + " " + " ".join(", ".join(words).split())


def arguments(text):
    """What a call is made with: from a literal, or what was carried."""
    if text.startswith(MARK):
        return pickle.loads(base64.b64decode(text[len(MARK) :].partition(" ")[0]))
    return ast.literal_eval(text)
