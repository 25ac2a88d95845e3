"""Prints minus the percentage of bins beyond the least, for each instance and on the whole."""

import sys

from heuristic import priority
from packing import instance, least, pack

INSTANCES = 4

first = int(sys.argv[1]) if len(sys.argv) > 1 else 0
scores = []
for seed in range(first, first + INSTANCES):
    items = instance(seed)
    scores.append(-100 * (pack(items, priority) / least(items) - 1))
    print(f"instance {seed}: {scores[-1]:.4f}")
print(f"mean: {sum(scores) / len(scores):.4f}")
