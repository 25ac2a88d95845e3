"""The calls that tests make of the subjects, recorded while the tests run."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from .inputs import Input, as_life, read
from .probe import probe
from .subjects import Subject
from .suite import Suite

EACH = 40
"""Calls, or lives of objects, of one subject."""


class Recorded(NamedTuple):
    inputs: tuple[Input, ...] = ()
    beyond: tuple[str, ...] = ()
    """Labels of subjects that were also called with what cannot be said."""


def recorded(
    suite: Suite,
    subjects: Sequence[Subject],
    tree: str,
    tests: Sequence[str],
    seconds: float,
    objects: bool = False,
) -> Recorded:
    """Run the tests on a tree that the workspace stands at. What they come to does not matter. `objects`: what no literal
    can say is pickled; only for a tree whose code may run in the place of others'."""
    here = [s for s in subjects if tree in s.where]
    if not here:
        return Recorded()
    targets = [s.where[tree].model_dump() for s in here]
    plan = {"root": suite.workspace.root, "targets": targets, "calls": EACH, "objects": objects}
    with probe(suite.workspace, suite, plan) as probed:
        probed.suite.run(seconds=seconds, tests=tests)
        return told(probed.told(), here, objects)


def told(text: str, subjects: Sequence[Subject], objects: bool = False) -> Recorded:
    """What the probe wrote, as far as it is what it should be: code that is tested may have written it."""
    labels = {(s.path, s.name): s.label for s in subjects}
    inputs, beyond = dict[Input, None](), dict[str, None]()
    for one in rows(text):
        if (one.path, one.name) not in labels:
            continue
        if one.made is None and not one.calls:
            beyond[labels[one.path, one.name]] = None
        elif objects if one.carried else fits(one):
            inputs[one] = None
    return Recorded(tuple(inputs), tuple(beyond))


def rows(text: str) -> Iterator[Input]:
    for line in text.splitlines():
        try:
            found: Any = json.loads(line)
        except (ValueError, RecursionError):
            continue  # cut off, or written by another
        for row in found if isinstance(found, list) else ():
            try:
                yield Input.model_validate(row)
            except ValidationError:
                continue


def fits(one: Input) -> bool:
    """Whether all of it are literals of calls, of methods that have a name where it is an object."""
    if any(bool(name) == (one.made is None) or not f"{name}_".isidentifier() for name, _ in one.calls):
        return False
    try:
        if one.made is not None:
            return bool(as_life(one).text)
        return len(one.calls) == 1 and bool(read(one.calls[0][1]).text)
    except ValueError:
        return False
