"""Draws values of kinds with Hypothesis. The only file that imports it, and a program of its own: what Hypothesis draws
depends on the modules that are loaded beside it, and it keeps files where it is started.

Its input is JSON: where modules are found, a seed, a number of examples, and lists of kinds. It prints the examples of
each as a line of literals. (MacIver et al., "Hypothesis: A new approach to property-based testing", JOSS 2019.)
"""

import ast
import json
import sys
from collections.abc import Sequence
from typing import Any

LETTERS = "abcxyzAB 0129.,-_()é"
WORDS = ["Hello, World!", "racecar", "ab ab", "12", "-3.5", "a,b;c", "(()", "  x", "Ünï\n"]


def main() -> None:
    request = json.load(sys.stdin)
    sys.path += request["path"]
    for kinds in request["asked"]:
        try:
            rows = drawn(kinds, request["count"], request["seed"])
        except Exception:  # kinds that do not go together
            rows = []
        print(json.dumps([repr(row) for row in rows]))


def drawn(kinds: Sequence[Any], count: int, number: int) -> list[tuple[Any, ...]]:
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    def made(kind: Any) -> Any:
        name, parts, values = kind
        inner = [made(part) for part in parts]
        match name:
            case "int":
                return st.one_of(st.integers(-10, 20), st.integers(-1000, 1000))
            case "float":
                return st.one_of(
                    st.integers(-20, 20).map(float), st.floats(-100, 100).map(lambda x: round(x, 3))
                )
            case "str":
                return st.one_of(
                    st.lists(st.sampled_from(LETTERS), max_size=8).map("".join), st.sampled_from(WORDS)
                )
            case "bytes":
                return st.binary(max_size=6)
            case "bool":
                return st.booleans()
            case "None":
                return st.none()
            case "one":
                return st.sampled_from([ast.literal_eval(value) for value in values])
            case "union":
                return st.one_of(*inner)
            case "tuple":
                return st.tuples(*inner)
            case "dict":
                return st.dictionaries(*inner, max_size=5)
            case "set":
                return st.sets(*inner, max_size=5)
            case "row":
                return st.lists(*inner, max_size=6).map(tuple)
            case _:
                return st.lists(*inner, max_size=6)

    found = list[tuple[Any, ...]]()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=checks,
    )
    @given(st.tuples(*map(made, kinds)))
    def take(row: tuple[Any, ...]) -> None:
        found.append(row)

    take()
    return found


if __name__ == "__main__":
    main()
