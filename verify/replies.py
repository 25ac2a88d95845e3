"""What the tree that a workspace stands at answers to inputs, in a program of its own that runs no tests."""

import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import NamedTuple

from ..sandbox.readable import readable
from ..sandbox.workspace import Workspace
from .behaviours import DIES, SLOW, VARIES
from .inputs import Input
from .interpreter import Interpreter
from .probe import inside, installed

CAP = 0.3
"""Seconds of one call. The second time it may take three times as long, so that only what is far slower is too slow."""
KIT = "__init__.py", "carried.py", "form.py", "grow.py", "measure.py"
"""What the program needs of ours."""
ASK = """
cd "$1"; for n in 0 1; do PYTHONHASHSEED=$((n + 1)) "$2" -B app.py plan $n; done </dev/null >/dev/null 2>&1
"""
MOST = 8 << 20
"""Bytes of answers that are read."""
LONGEST = 8192
"""Characters of an answer."""


class Round(NamedTuple):
    """One time that all was asked."""

    answers: Mapping[int, str]
    ended: bool
    """It came to its own end, if only since its time was up."""


def replies(
    workspace: Workspace, python: Interpreter, inputs: Sequence[Input], seconds: float, seed: int
) -> tuple[str | None, ...]:
    """An answer for each input; None for those that nothing was heard of, since the time was up."""
    folder = f"/tmp/{random.choice('abcdefgh')}{random.randbytes(5).hex()}"
    order = list(range(len(inputs)))
    plan = {
        "root": workspace.root,
        "paths": [normpath(join(workspace.root, path)) for path in python.roots],
        "seconds": seconds * 0.45,
        "inputs": [one.model_dump() for one in inputs],
        "rounds": [[CAP, order], [3 * CAP, random.Random(seed).sample(order, len(order))]],
    }
    every = inside()
    files = {f"kit/{name}": every[name] for name in KIT} | {
        "app.py": every["reply.py"],
        "plan": json.dumps(plan),
    }
    installed(workspace, folder, files)
    try:
        workspace.execute(["sh", "-c", ASK, "sh", folder, python.executable], seconds + 2)
        first, second = (heard(workspace, f"{folder}/plan.{number}", len(inputs)) for number in range(2))
    finally:
        workspace.sandbox.run(["rm", "-rf", folder])
    return tuple(settled(first, second, len(inputs)))


def heard(workspace: Workspace, path: str, count: int) -> Round:
    try:
        data = workspace.read(path, MOST)
    except OSError:
        return Round({}, False)
    return answers(data.decode("utf-8", "replace"), count)


def answers(text: str, count: int) -> Round:
    """What was written, as far as it is what it should be, without what a terminal obeys. Pure."""
    found, ended = dict[int, str](), False
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # cut off
        match row:
            case [int(number), str(said)] if 0 <= number < count:
                said = readable(said[:LONGEST].encode("utf-8", "replace"))
                found.setdefault(number, sys.intern(said))  # most trees answer most inputs alike
            case True:
                ended = True
            case _:
                continue
    return Round(found, ended)


def settled(first: Round, second: Round, count: int) -> Iterator[str | None]:
    """What both rounds come to. Pure.

    What is not answered was not asked in time. Where the time went to what is too slow or dies, or where the program
    itself is gone, that is the answer; else there is none.
    """
    spent = next((said for said in first.answers.values() if said in (SLOW, DIES)), None)
    missing = spent if first.ended else DIES
    for number in range(count):
        one = first.answers.get(number, missing)
        other = second.answers.get(number)
        if other is None and not (one in (SLOW, DIES) or spent):
            yield None
        else:
            yield one if other in (None, one) else VARIES
