"""Seeded holes are told as errors, and the same features without them are left alone."""

import holes
import insecure
import pytest
from insecure import Pair
from patchwright.verify.delta import Changed
from patchwright.verify.newly import Issue
from patchwright.verify.static import looked

PAIRS = (*insecure.PAIRS, *holes.PAIRS)


def told(pair: Pair, after: str) -> list[Issue]:
    found = looked([Changed(path=pair.path, before=pair.before, after=after)])
    assert not found.left
    return found.issues


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_hole_is_an_error_and_the_same_without_it_is_nothing(pair: Pair) -> None:
    assert [i for i in told(pair, pair.bad) if i.severity == "error"]
    assert [i for i in told(pair, pair.good) if i.severity != "note"] == []


def test_what_was_there_before_is_not_told() -> None:
    for pair in PAIRS:
        assert looked([Changed(path=pair.path, before=pair.bad, after=pair.bad + "\n")]).issues == []
