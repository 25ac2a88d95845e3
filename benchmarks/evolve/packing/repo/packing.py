"""Online bin packing: every item is put into a bin when it comes, and stays there."""

import math
import random

CAPACITY = 100


def pack(items, priority):
    """How many bins the items take. Bins that have the same room left are the same to a priority."""
    rooms, bins = {CAPACITY: 1}, 0
    for item in items:
        best = max((room for room in sorted(rooms) if room >= item), key=lambda room: priority(item, room))
        if best == CAPACITY:
            bins += 1
        else:
            rooms[best] -= 1
            if not rooms[best]:
                del rooms[best]
        left = best - item
        rooms[left] = rooms.get(left, 0) + 1
    return bins


def least(items):
    """As many bins as there have to be."""
    return math.ceil(sum(items) / CAPACITY)


def instance(seed, size=5_000):
    """Sizes after a Weibull distribution of shape 3 and scale 45, as in FunSearch's experiments."""
    source = random.Random(seed)
    return [min(CAPACITY, max(1, round(source.weibullvariate(45, 3)))) for _ in range(size)]
