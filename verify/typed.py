"""Calls and lives of the kinds that signatures name, drawn by Hypothesis where that is installed, and examples from the
docstrings. Nothing of the project is imported."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from .examples import calls_in, lives_in
from .inputs import Call, Life
from .kinds import Kind, small
from .parameters import Parameter, attributes, parameters
from .parse import expression
from .script import Function
from .subjects import Subject
from .targets import free

COUNT = 80
"""Calls of one function."""
STEPS = 4
"""Calls of one object."""
LOOKS = 3
"""What is called at the end of an object's life."""
SECONDS = 20.0
"""For all values to be drawn: it takes one, and a busy machine more."""
SPOKEN = ("__len__", "__iter__", "__str__", "__repr__", "__bool__")
"""Special methods that tell of an object."""
WAITING = frozenset({"run", "serve", "serve_forever", "start", "wait", "join", "main", "loop"})
MAKING = "__init__"
Row = Sequence[Any]
Signatures = Mapping[str, tuple[Parameter, ...]]


class Typed(NamedTuple):
    """What is known of a subject without a test."""

    calls: list[Call] = []
    lives: list[Life] = []
    vague: bool = False
    """They are worth asking only where nothing else is known: nothing tells the kinds of some arguments."""


def typed(subjects: Sequence[Subject], seed: int) -> list[Typed]:
    """For each subject, in their order."""
    known = [signatures(subject) for subject in subjects]
    rows = iter(drawn([[p.kind for p in one] for each in known for one in each.values()], seed))
    found = list[Typed]()
    for each in known:
        chance = Random(seed)
        calls = {name: [composed(one, row, chance) for row in next(rows)] for name, one in each.items()}
        vague = any(p.vague for one in each.values() for p in one)
        found.append(Typed(calls.get("", []), lived(calls, chance) if MAKING in calls else [], vague))
    return found


def examples(subject: Subject) -> Typed:
    """The calls that stand in the docstrings of a subject, on the base first."""
    name = subject.name.rpartition(".")[2]
    texts = list(dict.fromkeys(ast.get_docstring(node) or "" for node in reversed([*subject.nodes.values()])))
    if subject.is_class:
        return Typed(lives=[life for text in texts for life in lives_in(text, name)])
    return Typed(calls=[call for text in texts for call in calls_in(text, name)])


def signatures(subject: Subject) -> Signatures:
    """The parameters of a function, by an empty name; of a class, of what makes an object and of its methods. Those of
    which one is of an unknown kind are left out, and all of a class that cannot be made."""
    node = next(iter(subject.nodes.values()))
    if isinstance(node, Function):
        bound = int(
            "." in subject.name and "classmethod" in {getattr(d, "id", "") for d in node.decorator_list}
        )
        found = {"": parameters(node, bound)}
    elif (made := attributes(node)) is None:
        return {}
    else:
        found = {MAKING: made} | {n.name: parameters(n, 1) for n in methods(node) if n.name[0] != "_"}
    return {name: one for name, one in found.items() if one is not None}


def methods(node: ast.ClassDef) -> list[Function]:
    """Those that need an object, without what sets or deletes a property."""
    several = [n for n in node.body if isinstance(n, Function) and not free(n)]
    return [
        n for n in several if not {getattr(d, "attr", "") for d in n.decorator_list} & {"setter", "deleter"}
    ]


def looks(subject: Subject) -> list[tuple[str, Call]]:
    """Methods that need no argument, and properties: what tells of an object in every tree that has the class."""
    sides = [
        {n.name for n in methods(node) if parameters(n, 1) is not None and not needed(n)}
        for node in subject.nodes.values()
        if isinstance(node, ast.ClassDef)
    ]
    shared = set[str].intersection(*sides) if sides else set[str]()
    first = next(iter(subject.nodes.values()))
    own = [n.name for n in methods(first) if n.name in shared] if isinstance(first, ast.ClassDef) else []
    public = [name for name in own if name[0] != "_" and name not in WAITING]
    return [(name, Call()) for name in [*(n for n in SPOKEN if n in shared), *public][:LOOKS]]


def needed(node: Function) -> bool:
    """Whether it needs an argument besides its object."""
    return any(not one.optional for one in parameters(node, 1) or ())


def composed(several: Sequence[Parameter], row: Sequence[Any], chance: Random) -> Call:
    """A call with these values, in which any that may be left out is, or is not."""
    args, named, by_place = list[Any](), dict[str, Any](), True
    for one, value in zip(several, row, strict=True):
        if one.optional and chance.random() < 0.5:
            by_place = by_place and one.by_name
        elif one.several:
            args += value if by_place else ()
        elif one.by_name or not by_place:
            named[one.name] = value
        else:
            args.append(value)
    return Call(tuple(args), named)


def lived(calls: Mapping[str, Sequence[Call]], chance: Random) -> list[Life]:
    """Lives of an object: each method alone, then several."""
    names = [name for name in calls if name != MAKING and calls[name]]
    if not calls[MAKING]:
        return []

    def step(name: str) -> tuple[str, Call]:
        return name, chance.choice(calls[name])

    found = [Life(chance.choice(calls[MAKING]), (step(name),)) for name in names]
    for _ in range(COUNT):
        several = chance.choices(names, k=chance.randint(1, STEPS)) if names else []
        found.append(Life(chance.choice(calls[MAKING]), tuple(map(step, several))))
    return found


def drawn(asked: Sequence[Sequence[Kind]], seed: int) -> list[list[Row]]:
    """Rows of values, for each list of kinds: by Hypothesis, or from a small table where that gives none."""
    rows = by_hypothesis([kinds for kinds in asked if kinds], seed)
    found = list[list[Row]]()
    for kinds in asked:
        chance = Random(seed)
        own: list[Row] = next(rows, []) if kinds else [()]
        found.append(own or [[small(kind, chance) for kind in kinds] for _ in range(COUNT)])
    return found


def by_hypothesis(asked: Sequence[Sequence[Kind]], seed: int) -> Iterator[list[Row]]:
    """Nothing where it is not installed. It runs in a process of its own, in a folder that is removed."""
    request = json.dumps({"path": places(), "seed": seed, "count": COUNT, "asked": asked})
    script = Path(__file__).with_name("strategies.py").read_text()
    argv = [sys.executable, "-I", "-S", "-c", script]
    with TemporaryDirectory(prefix="patchwright-") as folder:
        how: Any = {"cwd": folder, "env": {}, "timeout": SECONDS, "input": request, "text": True}
        try:
            done = subprocess.run(argv, capture_output=True, **how)
        except (OSError, subprocess.TimeoutExpired):
            return
    for line in done.stdout.splitlines():
        yield [ast.literal_eval(expression(text)) for text in json.loads(line)]


def places() -> list[str]:
    """Where our own modules are found."""
    return [path for path in sys.path if path and Path(path).is_absolute()]
