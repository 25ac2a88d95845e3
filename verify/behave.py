"""What tells candidates apart that all pass the same tests: what each answers to the same inputs.

The inputs are what tests ask of the functions that the candidates change, and what lies near. Each candidate is asked
in a process of its own, twice; what one of them answers by chance is asked of none.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import NamedTuple

from ..sandbox.workspace import Workspace
from .behaviours import Behaviours, compared
from .finding import some
from .inputs import Call, Input, Life, as_input, as_life, read, readable
from .interpreter import Interpreter, interpreter
from .recorded import Recorded, recorded
from .replies import replies
from .subjects import Subject, subjects
from .suite import Suite
from .traceless import Traceless
from .typed import Typed, examples, looks, typed
from .usual import Kind, kind
from .vary import calls, lives

TRIES = 2
"""Trees on which calls are recorded, until there are some, before the base's are."""
RECORDING = 3.0
"""How many times as long as a tree may be asked the tests may run for that."""


class Asked(NamedTuple):
    """An input, and the label of what is asked."""

    label: str
    input: Input
    kind: Kind
    """By the calls that tests and docstrings make."""


class Memory:
    """What was found out about trees, so that those that are compared once more need not be run for it again. Not kept
    is what may have failed for want of time."""

    def __init__(self) -> None:
        self._recorded = dict[tuple[object, ...], Recorded]()
        self._inputs: Sequence[Input] = ()
        self._answers = dict[str, Sequence[str | None]]()
        """Of the latest inputs, and the trees that were asked them last."""

    def recorded(
        self,
        turns: Traceless,
        suite: Suite,
        found: Sequence[Subject],
        tree: str,
        tests: Sequence[str],
        seconds: float,
        objects: bool = False,
    ) -> Recorded:
        """The calls that tests make on a tree, see `recorded`."""
        here = tuple((s.path, s.name) for s in found if tree in s.where)
        key = (tree, here, tuple(tests), objects)
        if not (known := self._recorded.get(key)):
            turns.at(tree)
            known = recorded(suite, found, tree, tests, seconds, objects)
            if known.inputs:
                self._recorded[key] = known
        return known

    def replies(
        self,
        turns: Traceless,
        python: Interpreter,
        trees: Sequence[str],
        inputs: Sequence[Input],
        seconds: float,
        seed: int,
    ) -> dict[str, Sequence[str | None]]:
        """What each tree answers, see `replies`."""
        before = self._answers if inputs == self._inputs else {}
        answers = dict[str, Sequence[str | None]]()
        for tree in trees:
            if tree not in before:
                turns.at(tree)
                answers[tree] = replies(turns.workspace, python, inputs, seconds, seed)
            else:
                answers[tree] = before[tree]
        self._inputs = inputs
        self._answers = {tree: said for tree, said in answers.items() if None not in said}
        return answers


def behave(
    workspace: Workspace,
    suite: Suite,
    trees: Sequence[str],
    tests: Sequence[str] = (),
    *,
    given: Sequence[Input] = (),
    most: int = 200,
    seconds: float = 10.0,
    seed: int = 0,
    memory: Memory | None = None,
) -> Behaviours:
    """Ask several trees the same, at most so many inputs and for so many seconds each.

    Asked are functions and classes of Python that one of the trees changes, with inputs made from the calls that the
    tests (`tests`, or all) make of them, that stand in their docstrings, and that their annotations allow; before them
    those that are `given`. With a `memory` of earlier comparisons only what is new is run. The workspace is left at its base, without what git ignores. Raises SandboxError.
    """
    trees, memory = tuple(dict.fromkeys(trees)), memory or Memory()
    found, left = subjects(workspace, trees)
    if not found:
        return Behaviours(answers=dict.fromkeys(trees, ()), left=left)
    with Traceless(workspace) as turns:
        turns.at(workspace.base)
        if (python := interpreter(workspace, suite.command)) is None:
            return Behaviours(
                answers=dict.fromkeys(trees, ()), left=(*left, "no Python was found to ask with")
            )
        with ThreadPoolExecutor(1) as pool:
            guesses = pool.submit(typed, found, seed)
            known = listened(turns, suite, found, trees, tests, seconds * RECORDING, memory)
            several = inputs(found, known.inputs, guesses.result(), most, Random(seed), given)
        answers: dict[str, Sequence[str | None]] = dict.fromkeys(trees, ())
        if several:
            answers = memory.replies(turns, python, trees, [one.input for one in several], seconds, seed)
    left = (*left, *unasked(found, known, several))
    return compared(
        [one.label for one in several],
        [readable(one.label, one.input) for one in several],
        answers,
        left,
        [one.kind for one in several],
    )


def listened(
    turns: Traceless,
    suite: Suite,
    found: Sequence[Subject],
    trees: Sequence[str],
    tests: Sequence[str],
    seconds: float,
    memory: Memory,
) -> Recorded:
    """The calls that tests make on the first tree on which they make any, else on the base; and those of the base whose
    arguments no literal can say."""
    known = Recorded()
    if not suite.command:
        return known
    for tree in trees[:TRIES]:
        known = memory.recorded(turns, suite, found, tree, tests, seconds)
        if known.inputs:
            break
    if known.inputs and not known.beyond:
        return known
    base = memory.recorded(turns, suite, found, turns.workspace.base, tests, seconds, objects=True)
    carried = [one for one in base.inputs if one.carried or not known.inputs]
    return Recorded((*known.inputs, *carried), base.beyond)


def inputs(
    found: Sequence[Subject],
    known: Sequence[Input],
    guesses: Sequence[Typed],
    most: int,
    chance: Random,
    given: Sequence[Input] = (),
) -> list[Asked]:
    """What is asked. Each subject has its share. Pure."""
    several = list[Asked]()
    for number, (subject, guess) in enumerate(zip(found, guesses, strict=True)):
        own = [one for one in known if (one.path, one.name) == (subject.path, subject.name)]
        share = (most - len(several)) // (len(found) - number)
        first = [one for one in given if (one.path, one.name) == (subject.path, subject.name)][: share // 2]
        carried = [ending(one, looks(subject)) for one in own if one.carried][: max(share // 4, 1)]
        plain = [one for one in own if not one.carried]
        made = (of_class if subject.is_class else of_function)(
            subject, plain, guess, share - len(first) - len(carried), chance
        )
        written = [as_input(subject.path, subject.name, one) for one in made]
        kind_of = kind(() if subject.is_class else known_calls(subject, plain))
        every = dict.fromkeys((*first, *written, *carried))
        several += [Asked(subject.label, one, kind_of(one)) for one in every]
    return several


def ending(one: Input, looks: Sequence[tuple[str, Call]]) -> Input:
    """An object's life with what tells of it in the end."""
    if one.made is None:
        return one
    return one.model_copy(update={"calls": (*one.calls, *((name, call.text) for name, call in looks))})


def of_function(
    subject: Subject, known: Sequence[Input], guess: Typed, most: int, chance: Random
) -> Sequence[Call]:
    asked = known_calls(subject, known)
    return calls(asked, () if guess.vague and asked else guess.calls, most, chance)


def known_calls(subject: Subject, known: Sequence[Input]) -> list[Call]:
    """Those of a function that tests make, and that stand in its docstring."""
    return [read(one.calls[0][1]) for one in known if one.made is None] + examples(subject).calls


def of_class(
    subject: Subject, known: Sequence[Input], guess: Typed, most: int, chance: Random
) -> Sequence[Life]:
    asked = [as_life(one) for one in known if one.made is not None] + examples(subject).lives
    return lives(asked, () if guess.vague and asked else guess.lives, looks(subject), most, chance)


def unasked(found: Sequence[Subject], known: Recorded, several: Sequence[Asked]) -> Iterator[str]:
    """Subjects of which nothing is asked, or not all that tests do."""
    asked = {one.label for one in several}
    if silent := [s.label for s in found if s.label not in asked]:
        yield f"{some(silent)}: no call is known, and an argument is of no builtin type"
    if beyond := [label for label in known.beyond if label in asked]:
        yield f"{some(beyond)}: calls whose arguments can be neither written down nor pickled are not asked"
