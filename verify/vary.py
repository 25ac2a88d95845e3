"""Calls and lives like those that are known: with other arguments, alone and together, and other steps. Pure, and the
same for the same chance."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest
from random import Random
from typing import Any, TypeVar

from .inputs import Call, Life
from .inside.literal import written
from .neighbours import SHAPES, crossed, near, retyped, shaped

MIXED = 8
"""Calls in which every argument may be another one, for each that is known."""
STEPS = 3
"""Changes by which others lie farther off."""
TRIES = 4
"""How many times as many are made as are wanted: many are alike."""
One = TypeVar("One", Call, Life)


def calls(known: Sequence[Call], typed: Iterable[Call], most: int, chance: Random) -> list[Call]:
    """Calls of a function: known ones, up to a half, then those that lie near in turns with `typed` ones, then others."""
    every = list(distinct(known))
    kept = drawn(every, max(most // 2, 1), chance)
    one_by_one = woven([alone(call, chance) for call in kept])
    at_once = woven([together(call, every, chance) for call in kept])
    near_by = chain(kept, woven([one_by_one, at_once, typed]), every)
    return grown(near_by, most, chance, lambda call: other(call, chance))


def lives(
    known: Sequence[Life],
    typed: Iterable[Life],
    looks: Sequence[tuple[str, Call]],
    most: int,
    chance: Random,
) -> list[Life]:
    """Lives of objects, in the same way. `looks`: what is called at the end of each, to see what has become of it."""
    every = list(distinct(known))
    kept = drawn(every, max(most // 2, 1), chance)
    changed = [woven([other_calls(life, chance), other_steps(life, chance)]) for life in kept]
    near_by = chain(kept, woven([woven(changed), typed]), every)
    found = grown(near_by, most, chance, lambda life: other_life(life, chance))
    return [life._replace(steps=(*life.steps, *looks)) for life in found]


def grown(near_by: Iterable[One], most: int, chance: Random, change: Callable[[One], One]) -> list[One]:
    """The first of these, and where they are fewer, what comes of changing them a few times."""
    found = list(islice(distinct(near_by), most))

    def farther() -> Iterator[One]:
        for _ in range(TRIES * most if found else 0):
            one = chance.choice(found)
            for _ in range(chance.randint(1, STEPS)):
                one = change(one)
            yield one

    return list(islice(distinct(chain(found, farther())), most))


def drawn(every: Sequence[One], most: int, chance: Random) -> list[One]:
    """At most so many, in their order."""
    places = sorted(chance.sample(range(len(every)), min(most, len(every))))
    return [every[place] for place in places]


def distinct(several: Iterable[One]) -> Iterator[One]:
    """Those that can be written down, each once."""
    seen = {""}
    for one in several:
        if one.text not in seen:
            seen.add(one.text)
            yield one


def woven(streams: Sequence[Iterable[One]]) -> Iterator[One]:
    """One of each in turns, until all are through."""
    for row in zip_longest(*streams):
        yield from (one for one in row if one is not None)


def alone(call: Call, chance: Random) -> Iterator[Call]:
    """Calls with one other argument."""
    values = call.values
    lengths = sizes(values)
    streams = [
        [call.given([*values[:place], new, *values[place + 1 :]]) for new in near(value, chance, lengths)]
        for place, value in enumerate(values)
    ]
    yield from woven(streams)


def sizes(values: Sequence[Any]) -> list[int]:
    return sorted(
        {len(value) for value in values if isinstance(value, str | bytes | list | tuple | set | dict)}
    )


def other(call: Call, chance: Random) -> Call:
    """A call with one other argument, drawn by lot."""
    return drawn_one([*alone(call, chance)], call, chance)


def other_life(life: Life, chance: Random) -> Life:
    several = [*other_steps(life, chance)] if chance.random() < 0.5 else [*other_calls(life, chance)]
    return drawn_one(several, life, chance)


def drawn_one(several: Sequence[One], usual: One, chance: Random) -> One:
    return chance.choice(several) if several else usual


def together(call: Call, known: Sequence[Call], chance: Random) -> Iterator[Call]:
    """Calls with several other arguments: all in one other shape, as numbers of the kind that other calls have in their
    place, those that are equal alike, or a mixture, also with arguments of other calls, or parts of them."""
    values = call.values
    alike = [o.values for o in known if len(o.args) == len(call.args) and [*o.named] == [*call.named]]
    yield call.given(
        [retyped(value, [values[place] for values in alike]) for place, value in enumerate(values)]
    )
    yield from (call.given([shaped(name, value) for value in values]) for name in SHAPES)
    texts = [written(value) for value in values]
    for place, text in enumerate(texts):
        if text in texts[:place]:
            for new in near(values[place], chance):
                yield call.given([new if t == text else v for t, v in zip(texts, values, strict=True)])
    for _ in range(MIXED):
        yield call.given(
            [mixed(value, [values[place] for values in alike], chance) for place, value in enumerate(values)]
        )


def mixed(value: Any, others: Sequence[Any], chance: Random) -> Any:
    """The value, a neighbour, or what another call has in its place, or a part of each."""
    choices = [[value], near(value, chance), others, [crossed(value, other, chance) for other in others]]
    return chance.choice(chance.choice([choice for choice in choices if choice]))


def other_calls(life: Life, chance: Random) -> Iterator[Life]:
    """The same life with one call of other arguments."""
    several = [life.made, *(call for _, call in life.steps)]
    streams = [
        [life.given(place, new) for new in woven([alone(call, chance), together(call, [], chance)])]
        for place, call in enumerate(several)
    ]
    yield from woven(streams)


def other_steps(life: Life, chance: Random) -> Iterator[Life]:
    """A life in which a step is left out, is done twice, or changes its place."""
    for place in chance.sample(range(len(life.steps)), len(life.steps)):
        before, step, after = life.steps[:place], life.steps[place], life.steps[place + 1 :]
        yield life._replace(steps=(*before, *after))
        yield life._replace(steps=(*before, step, step, *after))
        yield life._replace(steps=(*before, *after, step))
